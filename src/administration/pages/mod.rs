//! The pages of the administrateur.

mod actualites;
mod articles;
mod equipe;
mod espaces;
mod formulaires;
mod gestes_equipe;
mod journal;
mod parametres;

use askama::Template;
use axum::response::Response;

use crate::acces::{Administration, Page};
use crate::routes::Routes;
use crate::web::{self, Erreur};

pub fn routes() -> Routes {
    Routes::new()
        .get("/administration", accueil)
        .get("/administration/journal", journal::page)
        .et(instance())
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

/// The accounts of the staff, the parameters, the catalogue.
fn instance() -> Routes {
    Routes::new()
        .get("/administration/parametres", parametres::page)
        .post("/administration/parametres", parametres::enregistrer)
        .get("/administration/espaces", espaces::liste)
        .get("/administration/espaces/nouvel-espace", espaces::nouveau)
        .post("/administration/espaces/nouvel-espace", espaces::creer)
        .get("/administration/espaces/{espace}", espaces::page)
        .post("/administration/espaces/{espace}", espaces::modifier)
        .get("/administration/equipe", equipe::liste)
        .get("/administration/equipe/nouveau-compte", equipe::nouveau)
        .post("/administration/equipe/nouveau-compte", equipe::creer)
        .get("/administration/equipe/{agent}", equipe::fiche)
        .post("/administration/equipe/{agent}/equipe", equipe::changer)
        .post(
            "/administration/equipe/{agent}/activation",
            equipe::renvoyer,
        )
        .get(
            "/administration/equipe/{agent}/{geste}",
            gestes_equipe::confirmer,
        )
        .post(
            "/administration/equipe/{agent}/{geste}",
            gestes_equipe::executer,
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
