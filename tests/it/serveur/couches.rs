//! What every answer carries, what every request is given.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Extension;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use tracing_subscriber::fmt::MakeWriter;
use vantail::serveur::{
    Limites, Reference, RefusHttp, ReglagesHttp, couches_externes, couches_internes,
};

use crate::support::instructions;

use super::outils::{Serveur, get as lire, reglages, repondre, requete, statut, texte};

fn portail() -> Router {
    Router::new()
        .route(
            "/",
            get(async |Extension(Reference(reference)): Extension<Reference>| reference),
        )
        .route("/envoi", post(async || "fait"))
        .route(
            "/panne",
            get(async || -> StatusCode { panic!("secret de la panne") }),
        )
        .route(
            "/panne-ecrite",
            post(async || -> StatusCode { panic!("secret de la panne") }),
        )
        .route(
            "/strict",
            get(async || {
                [
                    ("referrer-policy", "no-referrer"),
                    ("cache-control", "public, max-age=31536000, immutable"),
                    ("content-security-policy", "sandbox"),
                    ("server", "bavard/1.0"),
                ]
            }),
        )
        .route("/long", get(async || "Chorus ".repeat(500)))
        .route(
            "/pdf",
            get(async || ([("content-type", "application/pdf")], "%PDF-".repeat(500))),
        )
        .route("/chemin/{jeton}", get(async || "lu"))
}

fn valeur<'a>(entetes: &'a HeaderMap, nom: &str) -> &'a str {
    let valeurs: Vec<_> = entetes.get_all(nom).iter().collect();
    assert!(valeurs.len() <= 1, "{nom} appears once");
    valeurs
        .first()
        .map_or("", |valeur| valeur.to_str().expect("ASCII"))
}

fn verifier_entetes(cas: &str, reponse: &Response, https: bool) {
    let entetes = reponse.headers();
    assert_eq!(
        valeur(entetes, "content-security-policy"),
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; \
         base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        "{cas}"
    );
    assert_eq!(
        valeur(entetes, "x-content-type-options"),
        "nosniff",
        "{cas}"
    );
    assert_eq!(valeur(entetes, "referrer-policy"), "same-origin", "{cas}");
    assert_eq!(
        valeur(entetes, "cross-origin-opener-policy"),
        "same-origin",
        "{cas}"
    );
    assert_eq!(
        valeur(entetes, "cross-origin-resource-policy"),
        "same-origin",
        "{cas}"
    );
    assert!(
        valeur(entetes, "permissions-policy").contains("camera=()"),
        "{cas}"
    );
    assert_eq!(valeur(entetes, "cache-control"), "no-store", "{cas}");
    assert_eq!(valeur(entetes, "x-request-id").len(), 10, "{cas}");
    let hsts = if https {
        "max-age=31536000; includeSubDomains"
    } else {
        ""
    };
    assert_eq!(valeur(entetes, "strict-transport-security"), hsts, "{cas}");
    assert!(!entetes.contains_key("server"), "{cas}");
    assert!(
        !entetes.contains_key("access-control-allow-origin"),
        "{cas}"
    );
}

fn vide(construite: http::request::Builder) -> Request<Body> {
    construite.body(Body::empty()).expect("a valid request")
}

#[tokio::test]
async fn toute_reponse_porte_les_entetes_de_securite() {
    for https in [false, true] {
        let reglages = ReglagesHttp {
            https,
            ..reglages()
        };
        let gros = requete("POST", "/envoi").header("content-length", "70000");
        let cas = [
            ("200", lire("/"), 200),
            ("404", lire("/absent"), 404),
            ("405", lire("/envoi"), 405),
            ("500", lire("/panne"), 500),
            (
                "403",
                vide(requete("POST", "/envoi").header("sec-fetch-site", "cross-site")),
                403,
            ),
            (
                "400",
                vide(Request::get("/").header("host", "pirate.test")),
                400,
            ),
            ("TRACE", vide(requete("TRACE", "/")), 405),
            ("HEAD", vide(requete("HEAD", "/")), 200),
            ("longueur sans corps", vide(gros), 200),
        ];
        for (nom, requete, attendu) in cas {
            let reponse = repondre(portail(), &reglages, requete).await;
            assert_eq!(reponse.status().as_u16(), attendu, "{nom}");
            verifier_entetes(nom, &reponse, https);
        }
    }
}

#[tokio::test]
async fn une_page_garde_ses_entetes_plus_stricts() {
    let reponse = repondre(portail(), &reglages(), lire("/strict")).await;
    let entetes = reponse.headers();
    assert_eq!(valeur(entetes, "referrer-policy"), "no-referrer");
    assert_eq!(
        valeur(entetes, "cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(valeur(entetes, "content-security-policy"), "sandbox");
    assert_eq!(valeur(entetes, "server"), "");
}

#[tokio::test]
async fn la_reference_est_la_notre_et_lisible() {
    let requete = vide(requete("GET", "/").header("x-request-id", "CHOISIE"));
    let reponse = repondre(portail(), &reglages(), requete).await;
    let annoncee = valeur(reponse.headers(), "x-request-id").to_owned();
    assert!(
        annoncee
            .bytes()
            .all(|lettre| b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(&lettre)),
        "{annoncee}"
    );
    assert_eq!(texte(reponse).await, annoncee);
    let autre = repondre(portail(), &reglages(), lire("/")).await;
    assert_ne!(valeur(autre.headers(), "x-request-id"), annoncee);
}

#[tokio::test]
async fn une_panique_donne_500_et_le_serveur_vit() {
    let serveur = Serveur::lancer(portail(), Limites::default()).await;
    let mut client = serveur.joindre().await;
    let recu = client.get("/panne").await;
    assert_eq!(statut(&recu), "500");
    assert!(!recu.contains("secret"), "{recu}");
    assert_eq!(statut(&client.get("/").await), "200");
    for (methode, chemin) in [("GET", "/panne"), ("POST", "/panne-ecrite")] {
        let reponse = repondre(portail(), &reglages(), vide(requete(methode, chemin))).await;
        assert_eq!(
            reponse.extensions().get(),
            Some(&RefusHttp::Panique),
            "{methode}"
        );
    }
}

#[tokio::test]
async fn un_habillage_peut_dessiner_les_refus_interieurs() {
    let reglages = reglages();
    let dessiner = axum::middleware::map_response(async |reponse: Response| {
        match reponse.extensions().get::<RefusHttp>() {
            Some(refus) => Response::new(Body::from(format!("<h1>{refus:?}</h1>"))),
            None => reponse,
        }
    });
    let router = couches_externes(
        couches_internes(portail(), &reglages).layer(dessiner),
        &reglages,
    );
    let repondre = async |requete: Request<Body>| {
        texte(
            tower::ServiceExt::oneshot(router.clone(), requete)
                .await
                .expect("infallible"),
        )
        .await
    };
    assert_eq!(repondre(lire("/panne")).await, "<h1>Panique</h1>");
    let etranger = vide(requete("POST", "/envoi").header("origin", "https://pirate.test"));
    assert_eq!(repondre(etranger).await, "<h1>OrigineRefusee</h1>");
    let inconnu = vide(Request::get("/").header("host", "pirate.test"));
    assert_eq!(repondre(inconnu).await, RefusHttp::HoteInconnu.phrase());
}

#[tokio::test]
async fn les_textes_sont_compresses_et_pas_les_pdf() {
    for codage in ["br", "gzip"] {
        let demande = |chemin| vide(requete("GET", chemin).header("accept-encoding", codage));
        let reponse = repondre(portail(), &reglages(), demande("/long")).await;
        assert_eq!(valeur(reponse.headers(), "content-encoding"), codage);
        assert!(valeur(reponse.headers(), "vary").contains("accept-encoding"));
        let octets = reponse
            .into_body()
            .collect()
            .await
            .expect("a whole body")
            .to_bytes();
        assert!(octets.len() < 500, "{} bytes", octets.len());
        let reponse = repondre(portail(), &reglages(), demande("/pdf")).await;
        assert_eq!(valeur(reponse.headers(), "content-encoding"), "");
    }
}

#[derive(Clone, Default)]
struct Tampon(Arc<Mutex<Vec<u8>>>);

impl Write for Tampon {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Tampon {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn les_journaux_disent_la_route_jamais_le_jeton() {
    let tampon = Tampon::default();
    let abonne = tracing_subscriber::fmt()
        .json()
        .with_writer(tampon.clone())
        .finish();
    let garde = instructions::ecouter(abonne);
    let reponse = repondre(
        portail(),
        &reglages(),
        lire("/chemin/s3cr3t-a?jeton=s3cr3t-b"),
    )
    .await;
    drop(garde);
    let lignes = String::from_utf8(tampon.0.lock().expect("not poisoned").clone()).expect("UTF-8");
    let ligne: serde_json::Value =
        serde_json::from_str(lignes.lines().last().expect("a line")).expect("JSON");
    let span = &ligne["span"];
    assert_eq!(span["methode"], "GET", "{lignes}");
    assert_eq!(span["chemin"], "/chemin/{jeton}", "{lignes}");
    assert_eq!(span["statut"], 200, "{lignes}");
    assert!(span["ms"].is_u64(), "{lignes}");
    assert_eq!(
        span["reference"],
        valeur(reponse.headers(), "x-request-id"),
        "{lignes}"
    );
    assert!(!lignes.contains("s3cr3t"), "{lignes}");
}
