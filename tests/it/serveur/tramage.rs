//! Which requests are ours to answer: `Host`, framing, methods (security.md F7, §2.2 « Smuggling »).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::{any, get};
use vantail::serveur::Limites;

use super::outils::{HOTE, Serveur, reponses, statut};

/// `/prise` counts the requests that were hidden inside another.
async fn serveur() -> (Serveur, Arc<AtomicUsize>) {
    let prises = Arc::new(AtomicUsize::new(0));
    let compteur = prises.clone();
    let prise = get(async move || {
        compteur.fetch_add(1, Ordering::SeqCst);
        "prise"
    });
    let router = Router::new()
        .route("/", any(async |corps: String| corps))
        .route("/prise", prise);
    (Serveur::lancer(router, Limites::default()).await, prises)
}

const SUITE: &str = "GET /prise HTTP/1.1\r\nHost: portail.test\r\n\r\n";

#[tokio::test]
async fn un_seul_hote_le_notre() {
    let (serveur, _) = serveur().await;
    let refuses = [
        ("sans Host", "GET / HTTP/1.1\r\n\r\n"),
        ("HTTP/1.0 sans Host", "GET / HTTP/1.0\r\n\r\n"),
        (
            "deux Host",
            "GET / HTTP/1.1\r\nHost: portail.test\r\nHost: pirate.test\r\n\r\n",
        ),
        (
            "deux fois le nôtre",
            "GET / HTTP/1.1\r\nHost: portail.test\r\nHost: portail.test\r\n\r\n",
        ),
        ("étranger", "GET / HTTP/1.1\r\nHost: pirate.test\r\n\r\n"),
        (
            "sous-domaine",
            "GET / HTTP/1.1\r\nHost: a.portail.test\r\n\r\n",
        ),
        (
            "suffixe",
            "GET / HTTP/1.1\r\nHost: portail.test.pirate.test\r\n\r\n",
        ),
        (
            "autre port",
            "GET / HTTP/1.1\r\nHost: portail.test:8081\r\n\r\n",
        ),
        ("vide", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        (
            "liste",
            "GET / HTTP/1.1\r\nHost: portail.test, pirate.test\r\n\r\n",
        ),
        (
            "forme absolue étrangère",
            "GET http://pirate.test/ HTTP/1.1\r\nHost: portail.test\r\n\r\n",
        ),
        (
            "forme absolue, Host étranger",
            "GET http://portail.test/ HTTP/1.1\r\nHost: pirate.test\r\n\r\n",
        ),
        (
            "forme absolue avec identité",
            "GET http://moi@portail.test/ HTTP/1.1\r\nHost: portail.test\r\n\r\n",
        ),
        (
            "hôte transmis",
            "GET / HTTP/1.1\r\nHost: pirate.test\r\nX-Forwarded-Host: portail.test\r\nForwarded: host=portail.test\r\n\r\n",
        ),
    ];
    for (cas, requete) in refuses {
        let recu = serveur
            .echanger(format!("{requete}{SUITE}").as_bytes())
            .await;
        assert_eq!(statut(&recu), "400", "{cas}: {recu}");
        assert_eq!(reponses(&recu), 1, "{cas}: {recu}");
    }
    let admis = [
        "GET / HTTP/1.1\r\nHost: portail.test\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: PORTAIL.test\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: portail.test\r\nX-Forwarded-Host: pirate.test\r\n\r\n",
        "GET http://portail.test/ HTTP/1.1\r\nHost: portail.test\r\n\r\n",
    ];
    for requete in admis {
        let mut client = serveur.joindre().await;
        client.envoyer(requete.as_bytes()).await;
        assert_eq!(statut(&client.lire_reponse().await), "200", "{requete}");
    }
}

#[tokio::test]
async fn un_tramage_douteux_est_refuse_et_la_connexion_close() {
    let (serveur, prises) = serveur().await;
    let cas = [
        (
            "TE chunked, identity",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        ),
        ("TE identity", "Transfer-Encoding: identity\r\n\r\n"),
        (
            "TE gzip, chunked",
            "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "deux TE",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "deux CL",
            "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
        ),
        ("CL signée", "Content-Length: +3\r\n\r\nabc"),
        ("CL négative", "Content-Length: -3\r\n\r\nabc"),
        ("CL en liste", "Content-Length: 3, 5\r\n\r\nabcde"),
        (
            "CL énorme",
            "Content-Length: 99999999999999999999999\r\n\r\nabc",
        ),
        (
            "espace avant les deux points",
            "Content-Length : 3\r\n\r\nabc",
        ),
        (
            "repli de ligne",
            "X-Replie: un\r\n deux\r\nContent-Length: 3\r\n\r\nabc",
        ),
        ("NUL dans un en-tête", "X-Nul: a\0b\r\n\r\n"),
        (
            "morceau illisible",
            "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        ),
        (
            "morceau signé",
            "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n",
        ),
        (
            "morceau plus long que sa taille",
            "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        ),
    ];
    for (cas, suite) in cas {
        let requete = format!("POST / HTTP/1.1\r\nHost: {HOTE}\r\n{suite}{SUITE}");
        let recu = serveur.echanger(requete.as_bytes()).await;
        assert_eq!(statut(&recu), "400", "{cas}: {recu}");
        assert_eq!(reponses(&recu), 1, "{cas}: {recu}");
        assert_eq!(prises.load(Ordering::SeqCst), 0, "{cas}: {recu}");
    }
}

/// hyper takes `Transfer-Encoding` and hides the other; nothing may follow on that connection.
#[tokio::test]
async fn longueur_et_morceaux_ensemble_ne_cachent_pas_de_requete() {
    let (serveur, prises) = serveur().await;
    for entetes in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
    ] {
        let requete = format!("POST / HTTP/1.1\r\nHost: {HOTE}\r\n{entetes}0\r\n\r\n{SUITE}");
        let recu = serveur.echanger(requete.as_bytes()).await;
        assert_eq!(reponses(&recu), 1, "{recu}");
        assert!(recu.contains("connection: close"), "{recu}");
        assert_eq!(prises.load(Ordering::SeqCst), 0, "{recu}");
    }
}

/// Control of the tests above: an honest sequence of requests is served.
#[tokio::test]
async fn deux_requetes_honnetes_sont_servies_sur_une_connexion() {
    let (serveur, prises) = serveur().await;
    let requete = format!(
        "POST / HTTP/1.1\r\nHost: {HOTE}\r\nContent-Length: 3\r\n\r\nabcGET /prise HTTP/1.1\r\nHost: {HOTE}\r\nConnection: close\r\n\r\n"
    );
    let recu = serveur.echanger(requete.as_bytes()).await;
    assert_eq!(reponses(&recu), 2, "{recu}");
    assert_eq!(prises.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn trace_et_connect_sont_refuses() {
    let (serveur, _) = serveur().await;
    for ligne in ["TRACE / HTTP/1.1", "CONNECT portail.test:443 HTTP/1.1"] {
        let recu = serveur
            .echanger(
                format!(
                    "{ligne}\r\nHost: {HOTE}\r\nCookie: sid=secret\r\nConnection: close\r\n\r\n"
                )
                .as_bytes(),
            )
            .await;
        assert_eq!(statut(&recu), "405", "{recu}");
        assert!(!recu.contains("secret"), "{recu}");
    }
}
