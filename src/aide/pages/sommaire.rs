use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Visiteur};
use crate::aide::{Audience, Rayon, Theme, de_l_ecran as article_de, rayons};
use crate::config::LienExterieur;
use crate::web::{self, Erreur, Requete};

#[derive(Template)]
#[template(path = "aide/sommaire.html")]
struct PageSommaire {
    page: Page,
    /// One theme only, where the address names one.
    theme: Option<Theme>,
    rayons: Vec<Rayon>,
    liens: Vec<LienExterieur>,
}

/// GET /aide: the articles by theme; `?theme=` shows one.
pub async fn page(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let audience = Audience::de(visiteur.personne());
    let theme = Theme::lire(requete.valeur("theme"));
    web::page(&PageSommaire {
        page,
        theme,
        rayons: rayons(&app, audience, theme).await?,
        liens: app.parametres().aide.clone(),
    })
}

/// GET /aide/ecran?ecran=/mon-compte: to the article of that screen, else to all of them.
pub async fn de_l_ecran(
    visiteur: Visiteur,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let audience = Audience::de(visiteur.personne());
    let vers = match article_de(&app, audience, requete.valeur("ecran")).await? {
        Some(slug) => format!("/aide/{slug}"),
        None => "/aide".to_owned(),
    };
    Ok(web::vers(&vers))
}
