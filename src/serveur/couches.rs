//! Identity of a request, its line in the logs, what is admitted, and writes that a client cannot cancel.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CONNECTION, FORWARDED, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tracing::{Instrument, Span, field};

use super::adresse::{AdresseClient, Pair, Reseau, adresse_client};
use super::refus::RefusHttp;

/// Names one request in the logs, in `X-Request-Id` and on error pages (« référence »): ten characters of Crockford's
/// base 32, which people can read aloud. Never taken from the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(pub String);

impl Reference {
    fn tirer() -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let hasard: u64 = rand::random();
        Self(
            (0..10)
                .map(|rang| char::from(ALPHABET[usize::from((hasard >> (5 * rang)) as u8 & 31)]))
                .collect(),
        )
    }
}

/// Requests that go on without their client; the accept loop waits for them before it ends.
#[derive(Clone)]
pub(super) struct Travaux(pub TaskTracker);

const REFERENCE: HeaderName = HeaderName::from_static("x-request-id");

/// Puts [`Reference`] and [`AdresseClient`] in the request, and hides from everything behind what proxies and clients
/// claim of the address, host and scheme.
pub(super) async fn identifier(
    State(proxies): State<Arc<[Reseau]>>,
    mut requete: Request,
    suite: Next,
) -> Response {
    let pair = requete
        .extensions()
        .get::<Pair>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |pair| pair.0.ip());
    let adresse = adresse_client(pair, requete.headers(), &proxies);
    oublier_les_proxies(requete.headers_mut());
    let reference = Reference::tirer();
    let valeur = HeaderValue::from_str(&reference.0);
    requete.extensions_mut().insert(AdresseClient(adresse));
    requete.extensions_mut().insert(reference);
    let mut reponse = suite.run(requete).await;
    if let Ok(valeur) = valeur {
        reponse.headers_mut().insert(REFERENCE, valeur);
    }
    reponse
}

fn oublier_les_proxies(entetes: &mut HeaderMap) {
    entetes.remove(FORWARDED);
    entetes.remove(REFERENCE);
    for nom in ["for", "host", "proto", "port", "prefix", "server"] {
        entetes.remove(format!("x-forwarded-{nom}"));
    }
}

/// Histogram of the requests, in seconds.
pub const DUREE_REQUETES: &str = "vantail_requetes_secondes";

/// One span, one line and one measure per request: the *matched* path, since real paths and queries hold tokens (security.md ML6).
pub(super) async fn tracer(requete: Request, suite: Next) -> Response {
    let chemin = requete
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str);
    let reference = requete
        .extensions()
        .get::<Reference>()
        .map_or("-", |reference| reference.0.as_str());
    let span = tracing::info_span!(
        "requete",
        methode = %requete.method(),
        chemin,
        reference,
        statut = field::Empty,
        ms = field::Empty,
    );
    let (methode, route) = (methode_connue(requete.method()), chemin.to_owned());
    let debut = Instant::now();
    let reponse = suite.run(requete).instrument(span.clone()).await;
    span.record("statut", reponse.status().as_u16());
    let duree = debut.elapsed();
    span.record("ms", u64::try_from(duree.as_millis()).unwrap_or(u64::MAX));
    metrics::histogram!(
        DUREE_REQUETES,
        "methode" => methode,
        "chemin" => route,
        "statut" => reponse.status().as_str().to_owned(),
    )
    .record(duree);
    span.in_scope(|| {
        if reponse.status().is_server_error() {
            tracing::warn!("réponse");
        } else {
            tracing::info!("réponse");
        }
    });
    reponse
}

/// A client may invent methods; a series of the metrics for each would never end.
fn methode_connue(methode: &Method) -> &'static str {
    match *methode {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "autre",
    }
}

/// No `TRACE`, no doubtful framing, and exactly one `Host`, ours: mails and redirects cannot be bent by it.
pub(super) async fn requete_admise(
    State(hotes): State<Arc<[String]>>,
    requete: Request,
    suite: Next,
) -> Response {
    if matches!(*requete.method(), Method::TRACE | Method::CONNECT) {
        return RefusHttp::MethodeRefusee.reponse();
    }
    let par_morceaux = requete.headers().contains_key(TRANSFER_ENCODING);
    if par_morceaux && !decoupage_simple(requete.headers()) {
        return RefusHttp::EnTetes.reponse();
    }
    if !hote_admis(requete.headers(), requete.uri(), &hotes) {
        return RefusHttp::HoteInconnu.reponse();
    }
    let mut reponse = suite.run(requete).await;
    if par_morceaux {
        // hyper hides a `Content-Length` sent beside `Transfer-Encoding`: whatever a proxy took for the next request is
        // never read on this connection (RFC 9112 §6.1). Browsers do not send chunked bodies.
        reponse
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    reponse
}

fn decoupage_simple(entetes: &HeaderMap) -> bool {
    let mut valeurs = entetes.get_all(TRANSFER_ENCODING).iter();
    valeurs
        .next()
        .is_some_and(|valeur| valeur.as_bytes().eq_ignore_ascii_case(b"chunked"))
        && valeurs.next().is_none()
}

fn hote_admis(entetes: &HeaderMap, uri: &Uri, hotes: &[String]) -> bool {
    let mut valeurs = entetes.get_all(HOST).iter();
    let (Some(hote), None) = (valeurs.next(), valeurs.next()) else {
        return false;
    };
    let meme = |autre: &str| hote.as_bytes().eq_ignore_ascii_case(autre.as_bytes());
    hotes.iter().any(|admis| meme(admis))
        && uri
            .authority()
            .is_none_or(|autorite| meme(autorite.as_str()))
}

/// axum drops a handler when its client hangs up: a write half done, and sqlx's lost transaction (security.md F1, F2).
/// What changes state runs in its own task, for `delai` at most: no act takes that long (a statement has 5 s), and one that
/// waits for a database that vanished would keep its connection for ever.
pub(super) async fn sans_annulation(
    State(delai): State<Duration>,
    requete: Request,
    suite: Next,
) -> Response {
    if matches!(
        *requete.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return suite.run(requete).await;
    }
    let travaux = requete.extensions().get::<Travaux>().cloned();
    let travail = timeout(delai, suite.run(requete)).instrument(Span::current());
    let tache = match travaux {
        Some(Travaux(suivi)) => suivi.spawn(travail),
        None => tokio::spawn(travail),
    };
    match tache.await {
        Ok(Ok(reponse)) => reponse,
        Ok(Err(_)) => RefusHttp::ReponseTardive.reponse(),
        Err(erreur) => {
            tracing::error!(%erreur, "requête interrompue");
            RefusHttp::Panique.reponse()
        }
    }
}

/// Brotli or gzip, except for what is compressed already.
pub(super) fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(
        DefaultPredicate::new()
            .and(NotForContentType::const_new("application/pdf"))
            .and(NotForContentType::const_new("application/zip"))
            .and(NotForContentType::const_new("application/gzip"))
            .and(NotForContentType::const_new("font/woff")),
    )
}
