use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Visiteur};
use crate::courrier::{self, CourrierLisible, Expedition};
use crate::db::CourrierId;
use crate::web::{self, Chemin, Erreur};

/// Mails listed; older ones are of no use to a visitor of the demo.
const LIMITE: usize = 100;

/// What derives the links, and sends nothing.
fn expedition(app: &App) -> Result<Expedition, Erreur> {
    let config = &app.config;
    Expedition::lire(None, &config.mail_from, &config.public_url, &config.marque)
        .map_err(|e| anyhow::Error::from(e).into())
}

#[derive(Template)]
#[template(path = "boite_demo/liste.html")]
struct PageListe {
    page: Page,
    courriers: Vec<CourrierLisible>,
}

impl PageListe {
    fn tronquee(&self) -> bool {
        self.courriers.len() >= LIMITE
    }
}

pub async fn liste(_: Visiteur, page: Page, State(app): State<App>) -> Result<Response, Erreur> {
    let courriers =
        courrier::recents(&app.db, &expedition(&app)?, &app.cles, LIMITE as i64).await?;
    web::page(&PageListe { page, courriers })
}

#[derive(Template)]
#[template(path = "boite_demo/courriel.html")]
struct PageCourriel {
    page: Page,
    courriel: CourrierLisible,
}

impl PageCourriel {
    /// Lines of the text body, each cut around the link.
    fn lignes(&self) -> Vec<Vec<&str>> {
        self.courriel
            .texte
            .lines()
            .map(|ligne| ligne.split(self.courriel.lien.as_str()).collect())
            .collect()
    }
}

/// The text body, its link alive. The HTML body is a document made for mail programs: it is shown as source.
pub async fn courriel(
    _: Visiteur,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<CourrierId>,
) -> Result<Response, Erreur> {
    let courriel = courrier::lisible(&app.db, &expedition(&app)?, &app.cles, id.0)
        .await?
        .ok_or(Erreur::Introuvable)?;
    web::page(&PageCourriel { page, courriel })
}
