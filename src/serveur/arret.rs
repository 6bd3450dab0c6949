//! From the signal to the stop.

use std::io;
use std::time::Duration;

use sqlx::PgPool;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// On SIGTERM or SIGINT: `/ready` says 503 at once, the balancer gets `drainage` to look elsewhere, then `arret` is
/// cancelled. A second signal does not wait. Production uses 5 s, `demo` none.
///
/// # Errors
/// When the handlers of signals cannot be installed.
pub async fn attendre_arret(
    pret: watch::Sender<bool>,
    drainage: Duration,
    arret: CancellationToken,
) -> io::Result<()> {
    let mut terminer = signal(SignalKind::terminate())?;
    let mut interrompre = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminer.recv() => {}
        _ = interrompre.recv() => {}
        () = arret.cancelled() => {}
    }
    pret.send_replace(false);
    tokio::select! {
        () = tokio::time::sleep(drainage) => {}
        _ = terminer.recv() => {}
        _ = interrompre.recv() => {}
        () = arret.cancelled() => {}
    }
    arret.cancel();
    Ok(())
}

/// Time left to each part of the end, once the requests are over. Tests shorten it.
#[derive(Clone, Copy, Debug)]
pub struct Delais {
    /// The jobs: a run that is cut leaves the rest to the next one.
    pub travaux: Duration,
    /// A mail being sent (its own limit is 45 s; its lease protects it).
    pub courriers: Duration,
    /// The connections to the database, to say goodbye.
    pub bassin: Duration,
}

impl Default for Delais {
    fn default() -> Self {
        Self {
            travaux: Duration::from_secs(5),
            courriers: Duration::from_secs(10),
            bassin: Duration::from_secs(5),
        }
    }
}

/// Waits for what has no client any more, each part no longer than its time: packets may vanish, and whoever waits for a
/// database that says nothing would wait without end. Says in the log what was left. `None`: the jobs are over.
pub async fn finir(
    travaux: Option<impl Future>,
    courriers: JoinHandle<()>,
    db: &PgPool,
    delais: Delais,
) {
    if let Some(travaux) = travaux
        && timeout(delais.travaux, travaux).await.is_err()
    {
        tracing::warn!("stopped while the jobs were at work; the next run does the rest");
    }
    if timeout(delais.courriers, courriers).await.is_err() {
        tracing::warn!(
            "stopped while a mail was being sent; it will be sent again after its lease"
        );
    }
    if timeout(delais.bassin, db.close()).await.is_err() {
        tracing::warn!("stopped with connections that the database does not answer on");
    }
}
