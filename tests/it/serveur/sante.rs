//! `/live` and `/ready`.

use axum::body::Body;
use http::Request;
use sqlx::postgres::PgPoolOptions;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt;
use vantail::db::bassin::{Usage, ouvrir};
use vantail::serveur::sante;

use super::outils::url_de_test;

pub(super) async fn statut(router: &axum::Router, chemin: &str) -> u16 {
    let requete = Request::get(chemin)
        .body(Body::empty())
        .expect("a valid request");
    let reponse = router.clone().oneshot(requete).await.expect("infallible");
    assert_eq!(reponse.headers()["cache-control"], "no-store");
    reponse.status().as_u16()
}

#[tokio::test]
async fn pret_quand_la_base_repond_et_que_le_processus_le_dit() {
    let bassin = ouvrir(&url_de_test().await, Usage::Pages)
        .await
        .expect("a database");
    let (dire, pret) = watch::channel(false);
    let router = sante(bassin.clone(), pret);
    assert_eq!(
        (
            statut(&router, "/live").await,
            statut(&router, "/ready").await
        ),
        (200, 503)
    );
    dire.send_replace(true);
    assert_eq!(
        (
            statut(&router, "/live").await,
            statut(&router, "/ready").await
        ),
        (200, 200)
    );
    bassin.close().await;
    assert_eq!(
        (
            statut(&router, "/live").await,
            statut(&router, "/ready").await
        ),
        (200, 503)
    );
}

#[tokio::test]
async fn pas_pret_quand_la_base_se_tait() {
    let muette = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = muette.local_addr().expect("an address").port();
    let bassin = PgPoolOptions::new()
        .connect_lazy(&format!("postgres://vantail@127.0.0.1:{port}/rien"))
        .expect("a URL");
    let (_dire, pret) = watch::channel(true);
    let router = sante(bassin, pret);
    assert_eq!(
        (
            statut(&router, "/live").await,
            statut(&router, "/ready").await
        ),
        (200, 503)
    );
}
