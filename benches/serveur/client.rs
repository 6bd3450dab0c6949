//! A browser on one connection that stays open.

use std::net::SocketAddr;
use std::time::Instant;

use axum::http::header;
use reqwest::{Method, RequestBuilder, Response};

use crate::commun::monde::HOTE;

/// What a browser accepts; a server behind a proxy that compresses is asked for nothing.
pub const NAVIGATEUR: &str = "gzip, deflate, br";
pub const BRUT: &str = "identity";

pub struct Client {
    http: reqwest::Client,
    adresse: SocketAddr,
    cookie: String,
}

/// An answer read to its end.
pub struct Reponse {
    pub statut: u16,
    /// Of the body, as it travelled.
    pub octets: usize,
    pub ms: f64,
}

impl Client {
    pub fn new(adresse: SocketAddr, cookie: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self {
            http,
            adresse,
            cookie: cookie.to_owned(),
        }
    }

    fn requete(&self, methode: Method, chemin: &str, encodage: &str) -> RequestBuilder {
        self.http
            .request(methode, format!("http://{}{chemin}", self.adresse))
            .header(header::HOST, HOTE)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_ENCODING, encodage)
            .header("sec-fetch-site", "same-origin")
    }

    pub async fn lire(&self, chemin: &str, encodage: &str) -> Reponse {
        let debut = Instant::now();
        let reponse = self.ouvrir(chemin, encodage).await;
        let statut = reponse.status().as_u16();
        let octets = reponse.bytes().await.expect("a body").len();
        Reponse {
            statut,
            octets,
            ms: debut.elapsed().as_secs_f64() * 1000.0,
        }
    }

    /// The head of the answer; its body is still to be read.
    pub async fn ouvrir(&self, chemin: &str, encodage: &str) -> Response {
        let requete = self.requete(Method::GET, chemin, encodage);
        requete.send().await.expect("an answer")
    }

    /// Milliseconds of a form that succeeds, up to the redirect.
    pub async fn poster(&self, chemin: &str, corps: String) -> f64 {
        let debut = Instant::now();
        let reponse = self
            .requete(Method::POST, chemin, NAVIGATEUR)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(corps)
            .send()
            .await
            .expect("an answer");
        let statut = reponse.status().as_u16();
        reponse.bytes().await.expect("a body");
        assert_eq!(statut, 303, "{chemin}");
        debut.elapsed().as_secs_f64() * 1000.0
    }
}
