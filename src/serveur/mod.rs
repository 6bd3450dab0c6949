//! The server: our own thin accept loop, and the layers every answer needs.
//!
//! `axum::serve` has no header, idle or body timeout and hyper accepts any `Host` (security.md F7): what protects the
//! process from its clients is here, and knows nothing of the features.
//!
//! ```text
//! couches_externes:  reference → trace → security headers → panic → method, framing, Host → compression
//!    (the dressing of errors goes here)
//! couches_internes:  CSRF → body and time limits → uncancellable writes → panic → router
//! ```

mod adresse;
mod arret;
mod boucle;
mod corps;
mod couches;
mod entetes;
mod flux;
mod journaux;
mod refus;
mod sante;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

pub use adresse::{AdresseClient, Pair, Reseau};
pub use arret::{Delais, attendre_arret, finir};
pub use boucle::servir;
pub use corps::avec_corps_max;
pub use couches::{DUREE_REQUETES, Reference};
pub use journaux::journaux;
pub use refus::RefusHttp;
pub use sante::sante;

/// What a client may cost us (security.md DS1, DS2). Tests shorten the fields.
#[derive(Clone, Debug)]
pub struct Limites {
    /// From the connection, or from the first byte of a later request, to the end of its headers.
    pub delai_entetes: Duration,
    /// Request line and headers, in bytes; never below 8192, hyper's own floor.
    pub octets_entetes: usize,
    /// From the end of the headers to the end of the request body.
    pub delai_corps: Duration,
    /// Request body, in bytes; one route may take more with [`avec_corps_max`].
    pub octets_corps: usize,
    /// From the end of the headers to the head of the answer.
    pub delai_requete: Duration,
    /// From there too, to the end of a write that has no client any more.
    pub delai_travail: Duration,
    /// Between two requests of one connection.
    pub delai_inactif: Duration,
    /// How long a client may leave its socket full before we give its answer up.
    pub delai_ecriture: Duration,
    /// Connections served at once; the next ones wait in the kernel's queue.
    pub connexions: usize,
    /// After the stop signal, time left to the requests in flight.
    pub delai_arret: Duration,
}

impl Default for Limites {
    fn default() -> Self {
        Self {
            delai_entetes: Duration::from_secs(10),
            octets_entetes: 16 * 1024,
            delai_corps: Duration::from_secs(30),
            octets_corps: 64 * 1024,
            delai_requete: Duration::from_secs(30),
            delai_travail: Duration::from_secs(60),
            delai_inactif: Duration::from_secs(60),
            delai_ecriture: Duration::from_secs(60),
            connexions: 1024,
            delai_arret: Duration::from_secs(25),
        }
    }
}

/// How the portal is reached.
#[derive(Clone, Debug, Default)]
pub struct ReglagesHttp {
    /// Allowed values of `Host`, as `host[:port]`, compared without case.
    pub hotes: Vec<String>,
    /// True when people reach us over https: only then HSTS is sent.
    pub https: bool,
    /// Origins whose forms are accepted besides our own `Host`, exactly as browsers write them.
    pub origines: Vec<String>,
    pub limites: Limites,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<Reseau>,
}

impl ReglagesHttp {
    /// The settings that follow from `PUBLIC_URL`: one host, one origin, HSTS when the scheme is https.
    ///
    /// # Errors
    /// When the URL is not http(s), has no host, or is more than an origin.
    pub fn pour(url: &url::Url) -> anyhow::Result<Self> {
        let hote = url
            .host_str()
            .context("l’adresse publique n’a pas d’hôte")?;
        if !matches!(url.scheme(), "http" | "https") {
            bail!("l’adresse publique doit commencer par http:// ou https://");
        }
        if url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
        {
            bail!("l’adresse publique ne doit contenir qu’un hôte et un port");
        }
        let hote = match url.port() {
            Some(port) => format!("{hote}:{port}"),
            None => hote.to_owned(),
        };
        Ok(Self {
            origines: vec![format!("{}://{hote}", url.scheme())],
            hotes: vec![hote],
            https: url.scheme() == "https",
            ..Self::default()
        })
    }
}

/// All the layers, without dressing: `couches_externes(couches_internes(router))`.
pub fn habiller(router: Router, reglages: &ReglagesHttp) -> Router {
    couches_externes(couches_internes(router, reglages), reglages)
}

/// The layers whose refusals deserve a page of ours: CSRF, body size, timeouts, panics. Each leaves a [`RefusHttp`] in
/// the extensions of its answer.
pub fn couches_internes(router: Router, reglages: &ReglagesHttp) -> Router {
    router
        .layer(CatchPanicLayer::custom(refus::panique))
        .layer(from_fn_with_state(
            reglages.limites.delai_travail,
            couches::sans_annulation,
        ))
        .layer(from_fn_with_state(
            Arc::new(reglages.limites.clone()),
            corps::bornes,
        ))
        .layer(csrf(&reglages.origines))
}

/// The layers around the dressing: they refuse what is not a request to this portal, and complete every answer.
pub fn couches_externes(router: Router, reglages: &ReglagesHttp) -> Router {
    let hotes: Arc<[String]> = reglages
        .hotes
        .iter()
        .map(|hote| hote.to_ascii_lowercase())
        .collect();
    let proxies: Arc<[Reseau]> = reglages.proxies.clone().into();
    router
        .layer(couches::compression())
        .layer(from_fn_with_state(hotes, couches::requete_admise))
        .layer(CatchPanicLayer::custom(refus::panique))
        .layer(from_fn_with_state(reglages.https, entetes::poser))
        .layer(from_fn(couches::tracer))
        .layer(from_fn_with_state(proxies, couches::identifier))
}

/// An origin that no browser would send is refused by the layer: it is then not trusted, and said in the logs.
fn csrf(
    origines: &[String],
) -> CsrfLayer<impl Fn(ProtectionError) -> axum::response::Response + Clone + use<>> {
    origines
        .iter()
        .fold(CsrfLayer::new(), |couche, origine| {
            match couche.clone().add_trusted_origin(origine) {
                Ok(couche) => couche,
                Err(erreur) => {
                    tracing::error!(%erreur, origine, "origine ignorée");
                    couche
                }
            }
        })
        .with_rejection_response(|_| RefusHttp::OrigineRefusee.reponse())
}
