//! What an orchestrator asks (security.md §4).

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::timeout;

/// Time left to the primary to say that it takes writes.
const DELAI_BASE: Duration = Duration::from_millis(500);

/// `/live`: the process answers. `/ready`: `pret` is true and the database is a primary that answers in 500 ms; else
/// 503. Neither mail nor a replica counts. To be merged *outside* [`super::couches_externes`], or served on an internal
/// address: probes call by IP address, which is not an allowed `Host`.
pub fn sante(db: PgPool, pret: watch::Receiver<bool>) -> Router {
    Router::new()
        .route("/live", get(async || reponse(StatusCode::OK, "vivant\n")))
        .route("/ready", get(ready))
        .with_state((db, pret))
}

async fn ready(State((db, pret)): State<(PgPool, watch::Receiver<bool>)>) -> Response {
    if !*pret.borrow() {
        return reponse(
            StatusCode::SERVICE_UNAVAILABLE,
            "arrêt ou démarrage en cours\n",
        );
    }
    let primaire = sqlx::query_scalar::<_, bool>("select not pg_is_in_recovery()").fetch_one(&db);
    match timeout(DELAI_BASE, primaire).await {
        Ok(Ok(true)) => reponse(StatusCode::OK, "prêt\n"),
        Ok(Ok(false)) => reponse(StatusCode::SERVICE_UNAVAILABLE, "base en lecture seule\n"),
        Ok(Err(erreur)) => {
            tracing::warn!(%erreur, "base indisponible");
            reponse(StatusCode::SERVICE_UNAVAILABLE, "base indisponible\n")
        }
        Err(_) => reponse(StatusCode::SERVICE_UNAVAILABLE, "base trop lente\n"),
    }
}

fn reponse(statut: StatusCode, texte: &'static str) -> Response {
    (statut, [(CACHE_CONTROL, "no-store")], texte).into_response()
}
