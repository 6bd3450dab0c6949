//! The statements of a page: the same router in this process, on the same database, with a witness between them.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use vantail::App;
use vantail::db::bassin::{self, Usage};
use vantail::serveur::ReglagesHttp;

use crate::commun::monde::{HOTE, Monde};
use crate::temoin::{Emprunt, Temoin};

pub struct Releve {
    temoin: Temoin,
    routeur: Router,
}

impl Releve {
    pub async fn ouvrir(monde: &Monde, base: &str) -> Self {
        let temoin = Temoin::default();
        let db = bassin::ouvrir(&temoin.devant(base).await, Usage::Pages)
            .await
            .expect("a pool through the witness");
        let app = App::new(db, monde.app.config.clone());
        let reglages = ReglagesHttp::pour(&app.config.public_url).expect("an origin");
        Self {
            temoin,
            routeur: vantail::portail(&app, &reglages),
        }
    }

    /// What one view of this page runs. A connection asks once what a type is: the last of several views counts.
    pub async fn page(&self, cookie: &str, adresse: &str) -> Vec<Emprunt> {
        for _ in 0..4 {
            self.lire(cookie, adresse).await;
        }
        self.temoin.debuter();
        self.lire(cookie, adresse).await;
        self.temoin.finir()
    }

    async fn lire(&self, cookie: &str, adresse: &str) {
        let requete = Request::get(adresse)
            .header(header::HOST, HOTE)
            .header(header::COOKIE, cookie)
            .body(Body::empty())
            .expect("a request");
        let reponse = self.routeur.clone().oneshot(requete).await;
        let corps = reponse.expect("an answer").into_body();
        corps.collect().await.expect("a body");
    }
}

/// The statements of a page, as texts.
pub fn textes(emprunts: &[Emprunt]) -> Vec<String> {
    let instructions = emprunts.iter().flat_map(|e| &e.0);
    instructions.map(|i| i.sql().to_owned()).collect()
}
