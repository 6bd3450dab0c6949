//! Forms are accepted from our own pages only (security.md CS1).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use vantail::serveur::{RefusHttp, ReglagesHttp};

use super::outils::{HOTE, reglages, repondre, requete};

#[tokio::test]
async fn les_envois_d_un_autre_site_sont_refuses() {
    let faits = Arc::new(AtomicUsize::new(0));
    let compteur = faits.clone();
    let router = Router::new().route(
        "/",
        any(async move || {
            compteur.fetch_add(1, Ordering::SeqCst);
            "fait"
        }),
    );
    let reglages = ReglagesHttp {
        origines: vec!["https://ami.test".into()],
        ..reglages()
    };
    let nous = format!("http://{HOTE}");
    let cas: [(&[(&str, &str)], bool); 15] = [
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "Same-Origin")], false),
        (
            &[("sec-fetch-site", "cross-site"), ("origin", &nous)],
            false,
        ),
        (&[("origin", "https://pirate.test")], false),
        (&[("origin", "http://a.portail.test")], false),
        (&[("origin", "http://portail.test:81")], false),
        (&[("origin", "null")], false),
        (&[("origin", "http://portail.test.pirate.test")], false),
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("origin", &nous)], true),
        (&[("origin", "https://ami.test")], true),
        (
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://ami.test"),
            ],
            true,
        ),
        (&[], true),
    ];
    for (entetes, admis) in cas {
        for methode in ["POST", "PUT", "PATCH", "DELETE"] {
            let avant = faits.load(Ordering::SeqCst);
            let mut construite = requete(methode, "/");
            for (nom, valeur) in entetes {
                construite = construite.header(*nom, *valeur);
            }
            let requete = construite.body(Body::empty()).expect("a valid request");
            let reponse = repondre(router.clone(), &reglages, requete).await;
            let faits = faits.load(Ordering::SeqCst) - avant;
            assert_eq!(
                reponse.status().as_u16(),
                if admis { 200 } else { 403 },
                "{methode} {entetes:?}"
            );
            assert_eq!(faits, usize::from(admis), "{methode} {entetes:?}");
            let refus = reponse.extensions().get::<RefusHttp>().copied();
            assert_eq!(
                refus,
                (!admis).then_some(RefusHttp::OrigineRefusee),
                "{methode} {entetes:?}"
            );
        }
    }
}

#[tokio::test]
async fn une_lecture_depuis_un_autre_site_reste_permise() {
    let router = Router::new().route("/", any(async || "lu"));
    let requete = requete("GET", "/")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .expect("a valid request");
    assert_eq!(repondre(router, &reglages(), requete).await.status(), 200);
}

#[tokio::test]
async fn une_origine_mal_ecrite_n_est_pas_admise() {
    let router = Router::new().route("/", any(async || "fait"));
    let reglages = ReglagesHttp {
        origines: vec!["ami.test".into(), "https://ami.test/".into()],
        ..reglages()
    };
    let requete = requete("POST", "/")
        .header("origin", "https://ami.test")
        .body(Body::empty())
        .expect("valid");
    assert_eq!(repondre(router, &reglages, requete).await.status(), 403);
}
