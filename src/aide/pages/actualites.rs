use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Visiteur};
use crate::aide::Audience;
use crate::aide::actualites::{self, Actualite};
use crate::db::ActualiteId;
use crate::web::{self, Chemin, Erreur, Fenetre, Liste, Requete, Sens, markdown};

#[derive(Template)]
#[template(path = "aide/actualites.html")]
struct PageActualites {
    page: Page,
    liste: Liste<Actualite>,
}

/// GET /actualites: « Voir toutes les actualités » (seed 004).
pub async fn page(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let audience = Audience::de(visiteur.personne());
    let fenetre = Fenetre::lire(&requete, "a", &["date"], ("date", Sens::Decroissant), 10);
    let liste = actualites::liste(&app, audience, fenetre).await?;
    web::page(&PageActualites { page, liste })
}

#[derive(Template)]
#[template(path = "aide/actualite.html")]
struct PageActualite {
    page: Page,
    actualite: Actualite,
    corps: markdown::Html,
}

/// GET /actualites/{actualite}.
pub async fn une(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<ActualiteId>,
) -> Result<Response, Erreur> {
    let audience = Audience::de(visiteur.personne());
    let actualite = actualites::une(&app, audience, id).await?;
    web::page(&PageActualite {
        page,
        corps: actualite.html(),
        actualite,
    })
}
