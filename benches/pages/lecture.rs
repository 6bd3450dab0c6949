//! Reading a world through a router with all its layers, without a network.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use vantail::serveur::ReglagesHttp;

use crate::commun::lot::Envoi;
use crate::commun::monde::{HOTE, Monde};
use crate::commun::{centiles, memoire};

/// Somebody signed in to a world.
pub struct Lecteur<'a> {
    pub monde: &'a Monde,
    routeur: Router,
    cookie: String,
}

/// A file as it arrives.
pub struct Fichier {
    pub premier_octet: f64,
    pub total: f64,
    pub octets: usize,
    /// Highest seen on the way, above what was held before, in MiB.
    pub memoire: f64,
}

impl<'a> Lecteur<'a> {
    pub async fn nouveau(monde: &'a Monde, qui: &str) -> Self {
        let reglages = ReglagesHttp::pour(&monde.app.config.public_url).expect("an origin");
        Self {
            monde,
            routeur: vantail::portail(&monde.app, &reglages),
            cookie: monde.connecter(qui).await,
        }
    }

    async fn repondre(&self, requete: Builder, corps: Body) -> Response<Body> {
        let requete = requete
            .header(header::HOST, HOTE)
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .body(corps)
            .expect("a request");
        self.routeur
            .clone()
            .oneshot(requete)
            .await
            .expect("an answer")
    }

    async fn lire(&self, adresse: &str) -> Duration {
        let debut = Instant::now();
        let requete = Request::get(self.monde.adresse(adresse));
        let reponse = self.repondre(requete, Body::empty()).await;
        let statut = reponse.status();
        let corps = reponse.into_body().collect().await.expect("a body");
        let duree = debut.elapsed();
        assert_eq!(statut, StatusCode::OK, "{adresse}");
        assert!(!corps.to_bytes().is_empty(), "{adresse}");
        duree
    }

    /// Median and 95th percentile, in milliseconds, after a warm-up: the server decides how it plans a statement after five
    /// executions on each of the two connections that one reader after another uses.
    pub async fn mesurer(&self, adresse: &str, tours: usize) -> (f64, f64) {
        for _ in 0..(tours / 10).max(15) {
            self.lire(adresse).await;
        }
        let mut durees = Vec::with_capacity(tours);
        for _ in 0..tours {
            durees.push(self.lire(adresse).await.as_secs_f64() * 1000.0);
        }
        centiles(durees)
    }

    pub async fn fichier(&self, adresse: &str) -> Fichier {
        let ici = std::process::id();
        let avant = memoire(ici);
        let debut = Instant::now();
        let requete = Request::get(self.monde.adresse(adresse));
        let reponse = self.repondre(requete, Body::empty()).await;
        assert_eq!(reponse.status(), StatusCode::OK, "{adresse}");
        let mut corps = reponse.into_body();
        let (mut octets, mut premier, mut haut) = (0, None, avant);
        while let Some(trame) = corps.frame().await {
            octets += trame.expect("a frame").data_ref().map_or(0, |d| d.len());
            premier.get_or_insert_with(|| debut.elapsed());
            haut = memoire(ici).max(haut);
        }
        Fichier {
            premier_octet: premier.unwrap_or_default().as_secs_f64() * 1000.0,
            total: debut.elapsed().as_secs_f64() * 1000.0,
            octets,
            memoire: haut - avant,
        }
    }

    async fn poster(&self, envoi: Envoi) -> f64 {
        let requete = Request::post(&envoi.adresse)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let debut = Instant::now();
        let reponse = self.repondre(requete, Body::from(envoi.corps)).await;
        let duree = debut.elapsed().as_secs_f64() * 1000.0;
        assert_eq!(reponse.status(), StatusCode::SEE_OTHER, "{}", envoi.adresse);
        duree
    }

    /// Medians of the decision of five hundred requests and of its undo, in milliseconds.
    pub async fn decider(&self, tours: usize) -> (f64, f64) {
        let (mut decidees, mut annulees) = (Vec::new(), Vec::new());
        for _ in 0..tours {
            decidees.push(self.poster(self.monde.decision().await).await);
            annulees.push(self.poster(self.monde.annulation().await).await);
        }
        (centiles(decidees).0, centiles(annulees).0)
    }
}
