//! The accept loop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::Limites;
use super::adresse::Pair;
use super::couches::Travaux;
use super::flux::{CorpsReponse, Flux, Occupation};

/// After a failed `accept` (out of file descriptors, most often), time for something to be freed.
const REPIT: Duration = Duration::from_millis(100);

/// Serves `router` over HTTP/1.1 until `arret`, then stops accepting and lets the requests in flight end, at most
/// `limites.delai_arret`: whatever remains after that is cut, so that the process always ends.
///
/// # Errors
/// None today; kept so that a listener that dies for good can be told.
pub async fn servir(
    ecoute: TcpListener,
    router: Router,
    limites: Limites,
    arret: CancellationToken,
) -> anyhow::Result<()> {
    let limites = Arc::new(limites);
    let places = Arc::new(Semaphore::new(limites.connexions));
    let taches = TaskTracker::new();
    let coupure = CancellationToken::new();
    loop {
        // The place is taken before the connection is: what is over the limit waits in the kernel, at no cost here.
        let place = tokio::select! {
            biased;
            () = arret.cancelled() => break,
            place = places.clone().acquire_owned() => place?,
        };
        let accueil = tokio::select! {
            biased;
            () = arret.cancelled() => break,
            accueil = ecoute.accept() => accueil,
        };
        let (socket, pair) = match accueil {
            Ok(accueil) => accueil,
            Err(erreur) => {
                tracing::warn!(%erreur, "connexion non acceptée");
                tokio::time::sleep(REPIT).await;
                continue;
            }
        };
        let connexion = Connexion {
            pair,
            router: router.clone(),
            limites: limites.clone(),
            travaux: Travaux(taches.clone()),
            arret: arret.clone(),
            coupure: coupure.clone(),
        };
        taches.spawn(async move {
            connexion.servir(socket).await;
            drop(place);
        });
    }
    drop(ecoute);
    taches.close();
    tracing::info!(taches = taches.len(), "arrêt demandé");
    if tokio::time::timeout(limites.delai_arret, taches.wait())
        .await
        .is_err()
    {
        tracing::warn!(taches = taches.len(), "arrêt forcé");
        coupure.cancel();
    }
    Ok(())
}

struct Connexion {
    pair: SocketAddr,
    router: Router,
    limites: Arc<Limites>,
    travaux: Travaux,
    arret: CancellationToken,
    coupure: CancellationToken,
}

impl Connexion {
    async fn servir(self, socket: TcpStream) {
        // Small answers must not wait for the client's acknowledgement.
        if let Err(erreur) = socket.set_nodelay(true) {
            tracing::debug!(%erreur, "TCP_NODELAY");
        }
        let occupation = Occupation::default();
        let flux = Flux::new(socket, occupation.clone(), &self.limites);
        let service = service_fn(|mut requete: http::Request<Incoming>| {
            let en_cours = occupation.prendre();
            requete.extensions_mut().insert(Pair(self.pair));
            requete.extensions_mut().insert(self.travaux.clone());
            let router = self.router.clone();
            async move {
                let reponse = router.oneshot(requete).await?;
                Ok::<_, Infallible>(reponse.map(|corps| CorpsReponse {
                    corps,
                    _en_cours: en_cours,
                }))
            }
        });
        let connexion = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limites.delai_inactif)
            .max_header_size(self.limites.octets_entetes)
            // Memory per connection, 400 KiB otherwise.
            .max_buf_size(self.limites.octets_entetes.max(8192))
            .serve_connection(TokioIo::new(flux), service);
        let mut connexion = pin!(connexion);
        let mut averti = false;
        loop {
            tokio::select! {
                issue = connexion.as_mut() => {
                    if let Err(erreur) = issue {
                        tracing::debug!(%erreur, "connexion close");
                    }
                    return;
                }
                () = self.arret.cancelled(), if !averti => {
                    averti = true;
                    connexion.as_mut().graceful_shutdown();
                }
                () = self.coupure.cancelled() => return,
            }
        }
    }
}
