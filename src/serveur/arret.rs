//! From the signal to the stop.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
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
