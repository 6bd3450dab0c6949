//! Limits of one request: size and time of its body, time of its answer (security.md DS1, DS2).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::MethodRouter;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep, timeout};

use super::Limites;
use super::refus::RefusHttp;

/// What became of a body, told by the body to the layer around the handler: the handler's own words for a body that
/// failed to arrive (a form error, most often) would mislead.
struct Suivi {
    max: AtomicUsize,
    attend: AtomicBool,
    issue: AtomicU8,
}

const TROP_GROS: u8 = 1;
const TROP_LENT: u8 = 2;

impl Suivi {
    fn refus(&self) -> Option<RefusHttp> {
        match self.issue.load(Ordering::Acquire) {
            TROP_GROS => Some(RefusHttp::TropGros),
            TROP_LENT => Some(RefusHttp::TropLent),
            _ => None,
        }
    }
}

#[derive(Clone)]
struct LimiteCorps(Arc<Suivi>);

/// Lets the routes of `methodes` take a body of `octets` bytes instead of the limit of forms (imports, attachments).
pub fn avec_corps_max<S: Clone + Send + Sync + 'static>(
    methodes: MethodRouter<S>,
    octets: usize,
) -> MethodRouter<S> {
    methodes.layer(DefaultBodyLimit::max(octets)).layer(from_fn(
        move |requete: Request, suite: Next| async move {
            if let Some(LimiteCorps(suivi)) = requete.extensions().get() {
                suivi.max.store(octets, Ordering::Release);
            }
            suite.run(requete).await
        },
    ))
}

/// Bounds the body, then waits for the answer no longer than allowed.
pub(super) async fn bornes(
    State(limites): State<Arc<Limites>>,
    requete: Request,
    suite: Next,
) -> Response {
    let suivi = Arc::new(Suivi {
        max: AtomicUsize::new(limites.octets_corps),
        attend: AtomicBool::new(false),
        issue: AtomicU8::new(0),
    });
    let (mut tete, corps) = requete.into_parts();
    tete.extensions.insert(LimiteCorps(suivi.clone()));
    // A write goes on after its answer: its body must not outlive the request, or the connection would.
    let delai_corps = limites.delai_corps.min(limites.delai_requete);
    let corps = if corps.is_end_stream() {
        corps
    } else {
        Body::new(CorpsBorne {
            corps,
            recu: 0,
            echeance: Box::pin(sleep(delai_corps)),
            suivi: suivi.clone(),
        })
    };
    match timeout(
        limites.delai_requete,
        suite.run(Request::from_parts(tete, corps)),
    )
    .await
    {
        Ok(reponse) => match suivi.refus() {
            Some(refus)
                if reponse.status().is_client_error() || reponse.status().is_server_error() =>
            {
                refus.reponse()
            }
            _ => reponse,
        },
        Err(_) if suivi.attend.load(Ordering::Acquire) => RefusHttp::TropLent.reponse(),
        Err(_) => {
            tracing::error!("requête sans réponse dans le délai");
            RefusHttp::ReponseTardive.reponse()
        }
    }
}

/// A request body that fails when it is too large or too slow as a whole.
struct CorpsBorne {
    corps: Body,
    recu: usize,
    echeance: Pin<Box<Sleep>>,
    suivi: Arc<Suivi>,
}

impl CorpsBorne {
    fn echouer(
        &self,
        issue: u8,
        raison: &'static str,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.suivi.attend.store(false, Ordering::Release);
        self.suivi.issue.store(issue, Ordering::Release);
        Poll::Ready(Some(Err(axum::Error::new(std::io::Error::other(raison)))))
    }
}

impl HttpBody for CorpsBorne {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.echeance.as_mut().poll(cx).is_ready() {
            return self.echouer(TROP_LENT, "request body too slow");
        }
        let reste = self
            .suivi
            .max
            .load(Ordering::Acquire)
            .saturating_sub(self.recu);
        // A declared length is refused before a byte of it is read.
        if self.corps.size_hint().lower() > reste as u64 {
            return self.echouer(TROP_GROS, "request body too large");
        }
        let etape = Pin::new(&mut self.corps).poll_frame(cx);
        self.suivi
            .attend
            .store(etape.is_pending(), Ordering::Release);
        if let Poll::Ready(Some(Ok(trame))) = &etape {
            let octets = trame.data_ref().map_or(0, Bytes::len);
            if octets > reste {
                return self.echouer(TROP_GROS, "request body too large");
            }
            self.recu += octets;
        }
        etape
    }

    fn is_end_stream(&self) -> bool {
        self.corps.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.corps.size_hint()
    }
}
