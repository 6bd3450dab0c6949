//! `/metrics`, in the text form of Prometheus: what is counted as it happens, and what is read when it is asked for.
//! docs/EXPLOITATION.md says what to watch and from which value on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sqlx::PgPool;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::acces::sessions;
use crate::courrier;
use crate::serveur;

const UPKEEP: Duration = Duration::from_secs(5);
/// Counting the sessions reads them all: not at each visit of Prometheus.
const AGE_DES_SESSIONS: Duration = Duration::from_secs(60);
/// Limits of the durations, in seconds: fine around 50 ms, which is what a page may take.
const DUREES: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// The route `/metrics`, to be served on an internal address. Once per process.
///
/// # Errors
/// A recorder is already installed.
pub(super) fn routeur(db: PgPool, arret: &CancellationToken) -> Result<Router> {
    let recueil = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(serveur::DUREE_REQUETES.to_owned()), &DUREES)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|e| anyhow!("metrics cannot be collected: {e}"))?;
    decrire();
    let (entretien, arret) = (recueil.clone(), arret.clone());
    tokio::spawn(async move {
        while tokio::time::timeout(UPKEEP, arret.cancelled())
            .await
            .is_err()
        {
            entretien.run_upkeep();
        }
    });
    let comptees = Arc::new(Mutex::new(None));
    Ok(Router::new().route(
        "/metrics",
        get(async move || page(&db, &recueil, &comptees).await),
    ))
}

fn decrire() {
    metrics::describe_histogram!(
        serveur::DUREE_REQUETES,
        metrics::Unit::Seconds,
        "Requests, by method, route and status."
    );
    metrics::describe_gauge!(
        "vantail_connexions",
        "Connections of the pool, busy or not."
    );
    metrics::describe_gauge!(
        "vantail_connexions_libres",
        "Connections of the pool that nobody uses."
    );
    metrics::describe_gauge!("vantail_connexions_max", "Connections the pool may open.");
    metrics::describe_gauge!(
        "vantail_base_repond",
        "1 when the database answered this page."
    );
    metrics::describe_gauge!("vantail_courriers_en_attente", "Mails waiting to leave.");
    metrics::describe_gauge!(
        "vantail_courriers_age_secondes",
        "Age of the oldest mail waiting."
    );
    metrics::describe_gauge!(
        "vantail_courriers_abandonnes",
        "Mails given up, bodies still kept."
    );
    metrics::describe_counter!(
        "vantail_courriers_total",
        "Attempts of this instance, by issue."
    );
    metrics::describe_gauge!("vantail_sessions", "Sessions neither ended nor expired.");
    metrics::describe_counter!(
        "vantail_travaux_total",
        "Runs of the jobs by this instance, by issue."
    );
    metrics::describe_gauge!(
        "vantail_travaux_dernier",
        "When this instance last ran the jobs, or found another at it (Unix seconds)."
    );
    metrics::describe_gauge!("vantail_travaux_secondes", "Duration of the last run.");
    metrics::describe_gauge!(
        "process_resident_memory_bytes",
        metrics::Unit::Bytes,
        "Memory of the process."
    );
    metrics::gauge!("vantail_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

async fn page(
    db: &PgPool,
    recueil: &PrometheusHandle,
    comptees: &Mutex<Option<Instant>>,
) -> String {
    metrics::gauge!("vantail_connexions").set(f64::from(db.size()));
    metrics::gauge!("vantail_connexions_libres")
        .set(f64::from(u32::try_from(db.num_idle()).unwrap_or(u32::MAX)));
    metrics::gauge!("vantail_connexions_max").set(f64::from(db.options().get_max_connections()));
    if let Some(octets) = memoire() {
        metrics::gauge!("process_resident_memory_bytes").set(octets);
    }
    let file = courrier::etat(db).await;
    metrics::gauge!("vantail_base_repond").set(f64::from(u8::from(file.is_ok())));
    if let Ok(file) = file {
        metrics::gauge!("vantail_courriers_en_attente").set(compte(file.en_attente));
        metrics::gauge!("vantail_courriers_abandonnes").set(compte(file.abandonnes));
        if let Ok(age) = courrier::age(db).await {
            metrics::gauge!("vantail_courriers_age_secondes").set(age.unwrap_or(0.0));
        }
        let mut comptees = comptees.lock().await;
        if comptees.is_none_or(|quand| quand.elapsed() > AGE_DES_SESSIONS)
            && let Ok(nombre) = sessions::nombre(db).await
        {
            metrics::gauge!("vantail_sessions").set(compte(nombre));
            *comptees = Some(Instant::now());
        }
    }
    recueil.render()
}

fn compte(n: i64) -> f64 {
    i32::try_from(n).map_or(f64::from(i32::MAX), f64::from)
}

/// Resident memory in bytes, where the kernel tells it in a file.
fn memoire() -> Option<f64> {
    let etat = std::fs::read_to_string("/proc/self/status").ok()?;
    let ligne = etat.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kio: u32 = ligne.trim().trim_end_matches(" kB").parse().ok()?;
    Some(f64::from(kio) * 1024.0)
}
