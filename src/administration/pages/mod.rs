//! The pages of the administrateur.

mod actualites;
mod articles;
mod formulaires;

use askama::Template;
use axum::response::Response;

use crate::acces::{Administration, Page};
use crate::routes::Routes;
use crate::web::{self, Erreur};

pub fn routes() -> Routes {
    Routes::new()
        .get("/administration", accueil)
        .get("/administration/aide", articles::liste)
        .get("/administration/aide/nouvel-article", articles::nouveau)
        .post_ample("/administration/aide/nouvel-article", articles::creer)
        .get("/administration/aide/{slug}", articles::page)
        .post_ample("/administration/aide/{slug}", articles::modifier)
        .post("/administration/aide/{slug}/publication", articles::publier)
        .post(
            "/administration/aide/{slug}/depublication",
            articles::depublier,
        )
        .get(
            "/administration/aide/{slug}/suppression",
            articles::confirmer,
        )
        .post(
            "/administration/aide/{slug}/suppression",
            articles::supprimer,
        )
        .get("/administration/actualites", actualites::liste)
        .get("/administration/actualites/nouvelle", actualites::nouvelle)
        .post_ample("/administration/actualites/nouvelle", actualites::creer)
        .get("/administration/actualites/{actualite}", actualites::page)
        .post_ample(
            "/administration/actualites/{actualite}",
            actualites::modifier,
        )
        .post(
            "/administration/actualites/{actualite}/publication",
            actualites::publier,
        )
        .post(
            "/administration/actualites/{actualite}/depublication",
            actualites::depublier,
        )
        .get(
            "/administration/actualites/{actualite}/suppression",
            actualites::confirmer,
        )
        .post(
            "/administration/actualites/{actualite}/suppression",
            actualites::supprimer,
        )
}

#[derive(Template)]
#[template(path = "administration/accueil.html")]
struct PageAccueil {
    page: Page,
}

async fn accueil(_: Administration, page: Page) -> Result<Response, Erreur> {
    web::page(&PageAccueil { page })
}
