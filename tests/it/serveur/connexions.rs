//! What a connection may cost: time, headers, number.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::routing::{get, post};
use hyper::body::Frame;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use vantail::serveur::Limites;

use super::outils::{HOTE, PATIENCE, Serveur, reponses, statut};

const COURT: Duration = Duration::from_millis(200);

fn portail() -> Router {
    Router::new()
        .route("/", get(async || "bonjour"))
        .route("/lu", post(async |corps: String| corps))
        .route("/ignore", post(async || "fait"))
}

async fn entetes_courts() -> Serveur {
    Serveur::lancer(
        portail(),
        Limites {
            delai_entetes: COURT,
            ..Limites::default()
        },
    )
    .await
}

#[tokio::test]
async fn des_entetes_inacheves_sont_coupes() {
    let recu = entetes_courts()
        .await
        .echanger(b"GET / HTTP/1.1\r\nHost: por")
        .await;
    assert_eq!(reponses(&recu), 0, "{recu}");
}

#[tokio::test]
async fn une_connexion_muette_est_coupee() {
    let recu = entetes_courts().await.echanger(b"").await;
    assert_eq!(recu, "");
}

#[tokio::test]
async fn des_entetes_inacheves_apres_une_reponse_sont_coupes() {
    let mut client = entetes_courts().await.joindre().await;
    assert_eq!(statut(&client.get("/").await), "200");
    client.envoyer(b"GET / HT").await;
    assert_eq!(client.lire_tout().await, "");
}

#[tokio::test]
async fn une_connexion_inactive_survit_au_delai_des_entetes() {
    let serveur = entetes_courts().await;
    let mut client = serveur.joindre().await;
    assert_eq!(statut(&client.get("/").await), "200");
    // Another connection, silent and younger, dies of that limit in the meantime.
    serveur.joindre().await.lire_tout().await;
    assert_eq!(statut(&client.get("/").await), "200");
    serveur.joindre().await.lire_tout().await;
    assert_eq!(statut(&client.get("/").await), "200");
}

#[tokio::test]
async fn une_connexion_inactive_trop_longtemps_est_coupee() {
    let limites = Limites {
        delai_inactif: COURT,
        ..Limites::default()
    };
    let mut client = Serveur::lancer(portail(), limites).await.joindre().await;
    assert_eq!(statut(&client.get("/").await), "200");
    assert_eq!(client.lire_tout().await, "");
}

#[tokio::test]
async fn une_reponse_longue_a_venir_ne_subit_pas_le_delai_des_entetes() {
    let (ouvrir, porte) = mpsc::channel::<()>(1);
    let porte = Arc::new(tokio::sync::Mutex::new(porte));
    let lent = get(async move || {
        porte.lock().await.recv().await;
        "enfin"
    });
    let limites = Limites {
        delai_entetes: COURT,
        delai_inactif: COURT,
        ..Limites::default()
    };
    let serveur = Serveur::lancer(portail().route("/lent", lent), limites).await;
    let mut client = serveur.joindre().await;
    client
        .envoyer(format!("GET /lent HTTP/1.1\r\nHost: {HOTE}\r\n\r\n").as_bytes())
        .await;
    for _ in 0..2 {
        serveur.joindre().await.lire_tout().await;
    }
    ouvrir.send(()).await.expect("the handler waits");
    assert!(client.lire_reponse().await.ends_with("enfin"));
}

#[tokio::test]
async fn un_corps_a_plus_de_temps_que_les_entetes() {
    let serveur = entetes_courts().await;
    let mut client = serveur.joindre().await;
    let debut = format!("POST /lu HTTP/1.1\r\nHost: {HOTE}\r\nContent-Length: 9\r\n\r\n");
    client.envoyer(debut.as_bytes()).await;
    for morceau in ["abc", "def", "ghi"] {
        client.envoyer(morceau.as_bytes()).await;
        serveur.joindre().await.lire_tout().await;
    }
    assert!(client.lire_reponse().await.ends_with("abcdefghi"));
}

#[tokio::test]
async fn un_corps_trop_lent_est_refuse_et_coupe() {
    let limites = Limites {
        delai_corps: COURT,
        ..Limites::default()
    };
    let serveur = Serveur::lancer(portail(), limites).await;
    for chemin in ["/lu", "/ignore"] {
        let debut =
            format!("POST {chemin} HTTP/1.1\r\nHost: {HOTE}\r\nContent-Length: 10\r\n\r\nabc");
        let recu = serveur.echanger(debut.as_bytes()).await;
        assert_eq!(reponses(&recu), 1, "{recu}");
        let attendu = if chemin == "/lu" { "408" } else { "200" };
        assert_eq!(statut(&recu), attendu, "{recu}");
    }
}

#[tokio::test]
async fn un_corps_attendu_plus_longtemps_que_la_requete_est_trop_lent() {
    let limites = Limites {
        delai_requete: COURT,
        ..Limites::default()
    };
    let debut = format!("POST /lu HTTP/1.1\r\nHost: {HOTE}\r\nContent-Length: 10\r\n\r\nabc");
    let recu = Serveur::lancer(portail(), limites)
        .await
        .echanger(debut.as_bytes())
        .await;
    assert_eq!(statut(&recu), "408", "{recu}");
}

#[tokio::test]
async fn des_entetes_trop_gros_sont_refuses() {
    let serveur = Serveur::lancer(portail(), Limites::default()).await;
    let gros = format!(
        "GET / HTTP/1.1\r\nHost: {HOTE}\r\nX-Gros: {}\r\n\r\n",
        "a".repeat(20 * 1024)
    );
    let nombreux = format!(
        "GET / HTTP/1.1\r\nHost: {HOTE}\r\n{}\r\n",
        "X-Un: 1\r\n".repeat(150)
    );
    let inacheve = gros.trim_end().to_owned();
    for requete in [gros, nombreux, inacheve] {
        let recu = serveur.echanger(requete.as_bytes()).await;
        assert_eq!(statut(&recu), "431", "{recu}");
        assert_eq!(reponses(&recu), 1);
    }
    let permis = format!(
        "GET / HTTP/1.1\r\nHost: {HOTE}\r\nX-Gros: {}\r\n\r\n",
        "a".repeat(12 * 1024)
    );
    let mut client = serveur.joindre().await;
    client.envoyer(permis.as_bytes()).await;
    assert_eq!(statut(&client.lire_reponse().await), "200");
}

#[tokio::test]
async fn au_dela_de_la_limite_les_connexions_attendent_leur_tour() {
    let servies = Arc::new(AtomicUsize::new(0));
    let compteur = servies.clone();
    let tiers = get(async move || {
        compteur.fetch_add(1, Ordering::SeqCst);
        "tiers"
    });
    let limites = Limites {
        connexions: 2,
        ..Limites::default()
    };
    let serveur = Serveur::lancer(portail().route("/tiers", tiers), limites).await;
    let (mut un, mut deux, mut trois) = (
        serveur.joindre().await,
        serveur.joindre().await,
        serveur.joindre().await,
    );
    assert_eq!(statut(&un.get("/").await), "200");
    assert_eq!(statut(&deux.get("/").await), "200");
    trois
        .envoyer(format!("GET /tiers HTTP/1.1\r\nHost: {HOTE}\r\n\r\n").as_bytes())
        .await;
    for _ in 0..20 {
        assert_eq!(statut(&un.get("/").await), "200");
        assert_eq!(statut(&deux.get("/").await), "200");
    }
    assert_eq!(servies.load(Ordering::SeqCst), 0);
    drop(un);
    assert_eq!(statut(&trois.lire_reponse().await), "200");
}

/// Never ends, and tells when it is given up.
struct SansFin {
    _garde: DropGuard,
}

impl HttpBody for SansFin {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(
            &[b'a'; 16 * 1024],
        )))))
    }
}

#[tokio::test]
async fn un_client_qui_ne_lit_pas_est_abandonne() {
    let abandonnee = CancellationToken::new();
    let temoin = abandonnee.clone();
    let sans_fin = get(async move || {
        Body::new(SansFin {
            _garde: temoin.clone().drop_guard(),
        })
    });
    let limites = Limites {
        delai_ecriture: COURT,
        ..Limites::default()
    };
    let serveur = Serveur::lancer(Router::new().route("/", sans_fin), limites).await;
    let mut client = serveur.joindre().await;
    client
        .envoyer(format!("GET / HTTP/1.1\r\nHost: {HOTE}\r\n\r\n").as_bytes())
        .await;
    timeout(PATIENCE, abandonnee.cancelled())
        .await
        .expect("the body is dropped");
    drop(client);
}
