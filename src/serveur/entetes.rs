//! Security headers of every answer (security.md OU2, OU3).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, SERVER,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

const POLITIQUE: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

const TOUJOURS: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// What a handler may set stricter: `no-referrer` on token pages, `sandbox` on downloads, `immutable` on static files.
const PAR_DEFAUT: [(HeaderName, &str); 3] = [
    (CONTENT_SECURITY_POLICY, POLITIQUE),
    (REFERRER_POLICY, "same-origin"),
    (CACHE_CONTROL, "no-store"),
];

pub(super) async fn poser(State(https): State<bool>, requete: Request, suite: Next) -> Response {
    let mut reponse = suite.run(requete).await;
    let entetes = reponse.headers_mut();
    entetes.remove(SERVER);
    for (nom, valeur) in TOUJOURS {
        entetes.insert(nom, HeaderValue::from_static(valeur));
    }
    if https {
        entetes.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    completer(entetes);
    reponse
}

fn completer(entetes: &mut HeaderMap) {
    for (nom, valeur) in PAR_DEFAUT {
        entetes
            .entry(nom)
            .or_insert(HeaderValue::from_static(valeur));
    }
}
