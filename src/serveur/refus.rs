//! Answers the layers make by themselves.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONNECTION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

/// Why a layer answered instead of a page. Found in the extensions of the answer, so that an outer layer can draw a
/// page in its place; the body is one plain sentence otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusHttp {
    /// 400: no `Host`, several, or one that is not ours.
    HoteInconnu,
    /// 403: a form posted from another site.
    OrigineRefusee,
    /// 413: the body is larger than the route takes.
    TropGros,
    /// 408: the client did not send its body in time.
    TropLent,
    /// 503: we did not answer in time; a state-changing request goes on in the background.
    ReponseTardive,
    /// 500: a handler panicked.
    Panique,
    /// 400: framing we do not accept.
    EnTetes,
    /// 405: `TRACE` and `CONNECT`.
    MethodeRefusee,
}

impl RefusHttp {
    pub const fn statut(self) -> StatusCode {
        match self {
            Self::HoteInconnu | Self::EnTetes => StatusCode::BAD_REQUEST,
            Self::OrigineRefusee => StatusCode::FORBIDDEN,
            Self::TropGros => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TropLent => StatusCode::REQUEST_TIMEOUT,
            Self::ReponseTardive => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panique => StatusCode::INTERNAL_SERVER_ERROR,
            Self::MethodeRefusee => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// The sentence a person may read.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::HoteInconnu => "Adresse inconnue. Ouvrez le portail par son adresse habituelle.",
            Self::OrigineRefusee => {
                "Envoi refusé\u{202f}: il ne vient pas d’une page du portail. Revenez sur la page et recommencez."
            }
            Self::TropGros => "Votre envoi est trop volumineux.",
            Self::TropLent => {
                "Votre envoi a pris trop de temps. Vérifiez votre connexion et recommencez."
            }
            Self::ReponseTardive => {
                "Le portail met trop de temps à répondre. Avant de recommencer, vérifiez si votre action a été prise en compte."
            }
            Self::Panique => "Une erreur est survenue de notre côté.",
            Self::EnTetes => "Requête mal formée.",
            Self::MethodeRefusee => "Cette méthode n’est pas acceptée.",
        }
    }

    pub(super) fn reponse(self) -> Response {
        let mut reponse = (self.statut(), self.phrase()).into_response();
        reponse.extensions_mut().insert(self);
        let entetes = reponse.headers_mut();
        match self {
            // What follows on the wire is no request of ours.
            Self::HoteInconnu | Self::EnTetes | Self::TropGros | Self::TropLent => {
                entetes.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Self::ReponseTardive => {
                entetes.insert(RETRY_AFTER, HeaderValue::from_static("30"));
            }
            Self::MethodeRefusee => {
                entetes.insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            }
            Self::OrigineRefusee | Self::Panique => {}
        }
        reponse
    }
}

/// The message of the panic goes to the logs by the panic hook, never to the visitor.
pub(super) fn panique(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("panique dans une requête");
    RefusHttp::Panique.reponse()
}
