use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use vantail::serveur::{Limites, ReglagesHttp, habiller, servir};

pub const HOTE: &str = "portail.test";

/// A wait that only ends a test that has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A database of its own.
pub async fn url_de_test() -> String {
    crate::support::base::Base::pour_le_run().await
}

pub fn reglages() -> ReglagesHttp {
    ReglagesHttp {
        hotes: vec![HOTE.into()],
        ..ReglagesHttp::default()
    }
}

/// One in-process answer of `router` in all its layers.
pub async fn repondre(router: Router, reglages: &ReglagesHttp, requete: Request<Body>) -> Response {
    habiller(router, reglages)
        .oneshot(requete)
        .await
        .expect("infallible")
}

pub fn requete(methode: &str, chemin: &str) -> http::request::Builder {
    Request::builder()
        .method(methode)
        .uri(chemin)
        .header("host", HOTE)
}

pub fn get(chemin: &str) -> Request<Body> {
    requete("GET", chemin)
        .body(Body::empty())
        .expect("a valid request")
}

pub async fn texte(reponse: Response) -> String {
    let octets = reponse
        .into_body()
        .collect()
        .await
        .expect("a whole body")
        .to_bytes();
    String::from_utf8(octets.to_vec()).expect("UTF-8")
}

pub struct Serveur {
    pub adresse: SocketAddr,
    pub arret: CancellationToken,
    pub tache: JoinHandle<anyhow::Result<()>>,
}

impl Serveur {
    /// Serves `router` in all its layers on a free loopback port.
    pub async fn lancer(router: Router, limites: Limites) -> Self {
        let reglages = ReglagesHttp {
            limites: limites.clone(),
            ..reglages()
        };
        Self::tel_quel(habiller(router, &reglages), limites).await
    }

    pub async fn tel_quel(router: Router, limites: Limites) -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let adresse = ecoute.local_addr().expect("an address");
        let arret = CancellationToken::new();
        let tache = tokio::spawn(servir(ecoute, router, limites, arret.clone()));
        Self {
            adresse,
            arret,
            tache,
        }
    }

    pub async fn joindre(&self) -> Client {
        Client(
            TcpStream::connect(self.adresse)
                .await
                .expect("the server accepts"),
        )
    }

    /// Sends `octets` on a connection of its own and reads until the server closes it.
    pub async fn echanger(&self, octets: &[u8]) -> String {
        let mut client = self.joindre().await;
        client.envoyer(octets).await;
        client.lire_tout().await
    }

    pub async fn finir(self) {
        timeout(PATIENCE, self.tache)
            .await
            .expect("the server ends")
            .expect("no panic")
            .expect("no error");
    }
}

pub struct Client(TcpStream);

impl Client {
    pub async fn envoyer(&mut self, octets: &[u8]) {
        // The server may have answered and closed before the end of what we send.
        let _ = self.0.write_all(octets).await;
    }

    pub async fn get(&mut self, chemin: &str) -> String {
        self.envoyer(format!("GET {chemin} HTTP/1.1\r\nHost: {HOTE}\r\n\r\n").as_bytes())
            .await;
        self.lire_reponse().await
    }

    /// Everything until the server closes, which it must.
    pub async fn lire_tout(&mut self) -> String {
        let mut recu = Vec::new();
        // A reset closes as well as an end of file.
        let _ = timeout(PATIENCE, self.0.read_to_end(&mut recu))
            .await
            .expect("the server closes the connection");
        String::from_utf8_lossy(&recu).into_owned()
    }

    /// One answer with a `Content-Length`, the connection left open.
    pub async fn lire_reponse(&mut self) -> String {
        let mut recu = Vec::new();
        loop {
            let lu = timeout(PATIENCE, self.0.read_buf(&mut recu))
                .await
                .expect("an answer")
                .expect("readable");
            let texte = String::from_utf8_lossy(&recu).into_owned();
            if lu == 0 || complete(&texte) {
                return texte;
            }
        }
    }
}

fn complete(texte: &str) -> bool {
    let Some((tete, corps)) = texte.split_once("\r\n\r\n") else {
        return false;
    };
    let longueur = tete
        .lines()
        .find_map(|ligne| ligne.strip_prefix("content-length: "))
        .map_or(0, |longueur| longueur.parse().expect("a length"));
    corps.len() >= longueur
}

pub fn statut(reponse: &str) -> &str {
    reponse
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| reponse.strip_prefix("HTTP/1.0 "))
        .map_or("", |suite| &suite[..3])
}

/// How many answers `recu` holds.
pub fn reponses(recu: &str) -> usize {
    recu.matches("HTTP/1.").count()
}
