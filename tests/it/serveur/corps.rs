//! Size of bodies and time of answers, in process.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio::sync::Notify;
use tokio::time::timeout;
use vantail::serveur::{Limites, RefusHttp, ReglagesHttp, avec_corps_max};

use super::outils::{PATIENCE, reglages, repondre, requete};

fn portail() -> Router {
    Router::new()
        .route(
            "/formulaire",
            post(async |corps: Bytes| corps.len().to_string()),
        )
        // As a form whose own extractor says 422 of any body it cannot read.
        .route(
            "/sourd",
            post(
                async |requete: Request<Body>| match requete.into_body().collect().await {
                    Ok(_) => StatusCode::OK,
                    Err(_) => StatusCode::UNPROCESSABLE_ENTITY,
                },
            ),
        )
        .route(
            "/piece",
            avec_corps_max(
                post(async |corps: Bytes| corps.len().to_string()),
                4 * 1024 * 1024,
            ),
        )
}

/// `declare`: with a `Content-Length`; else the size is only known while reading, as with chunks.
fn envoi(chemin: &str, octets: usize, declare: bool) -> Request<Body> {
    let plein = Full::new(Bytes::from(vec![b'a'; octets]));
    let corps = if declare {
        Body::new(plein)
    } else {
        let (tete, queue) = (
            Bytes::from(vec![b'a'; octets / 2]),
            Bytes::from(vec![b'a'; octets - octets / 2]),
        );
        let trames = [tete, queue].map(Full::new);
        let [tete, queue] = trames;
        Body::new(Chaine(Box::pin(tete), Box::pin(queue)))
    };
    requete("POST", chemin)
        .body(corps)
        .expect("a valid request")
}

/// Two bodies end to end, without a size.
struct Chaine(
    std::pin::Pin<Box<Full<Bytes>>>,
    std::pin::Pin<Box<Full<Bytes>>>,
);

impl hyper::body::Body for Chaine {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        match self.0.as_mut().poll_frame(cx) {
            std::task::Poll::Ready(None) => self.1.as_mut().poll_frame(cx),
            autre => autre,
        }
    }
}

#[tokio::test]
async fn un_corps_trop_gros_est_refuse() {
    let limite = 64 * 1024;
    let cas = [
        ("/formulaire", limite, 200),
        ("/formulaire", limite + 1, 413),
        ("/sourd", limite, 200),
        ("/sourd", limite + 1, 413),
        ("/piece", limite + 1, 200),
        ("/piece", 4 * 1024 * 1024, 200),
        ("/piece", 4 * 1024 * 1024 + 1, 413),
    ];
    for (chemin, octets, attendu) in cas {
        for declare in [true, false] {
            let reponse = repondre(portail(), &reglages(), envoi(chemin, octets, declare)).await;
            assert_eq!(
                reponse.status().as_u16(),
                attendu,
                "{chemin} {octets} {declare}"
            );
            let refus = reponse.extensions().get::<RefusHttp>().copied();
            assert_eq!(
                refus,
                (attendu == 413).then_some(RefusHttp::TropGros),
                "{chemin} {octets} {declare}"
            );
        }
    }
}

#[tokio::test]
async fn une_lecture_sans_fin_est_abandonnee() {
    let router = Router::new().route("/", get(async || std::future::pending::<()>().await));
    let limites = Limites {
        delai_requete: Duration::from_millis(50),
        ..Limites::default()
    };
    let reglages = ReglagesHttp {
        limites,
        ..reglages()
    };
    let requete = requete("GET", "/")
        .body(Body::empty())
        .expect("a valid request");
    let reponse = repondre(router, &reglages, requete).await;
    assert_eq!(reponse.status(), 503);
    assert_eq!(reponse.extensions().get(), Some(&RefusHttp::ReponseTardive));
    assert!(reponse.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn une_ecriture_trop_longue_va_quand_meme_au_bout() {
    let (porte, fini) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (porte_prise, fini_dit) = (porte.clone(), fini.clone());
    let router = Router::new().route(
        "/",
        post(async move || {
            porte_prise.notified().await;
            fini_dit.notify_one();
        }),
    );
    let limites = Limites {
        delai_requete: Duration::from_millis(50),
        ..Limites::default()
    };
    let reglages = ReglagesHttp {
        limites,
        ..reglages()
    };
    let requete = requete("POST", "/")
        .body(Body::empty())
        .expect("a valid request");
    assert_eq!(repondre(router, &reglages, requete).await.status(), 503);
    porte.notify_one();
    timeout(PATIENCE, fini.notified())
        .await
        .expect("the write goes on after the 503");
}
