//! The pages of « Sollicitations émises ». Each works without script; the confirmation window is a page of its own.

mod autre;
mod changement;
mod fil;
mod liste;

use askama::Template;
use axum::response::Response;

use super::etat::Categorie;
use crate::acces::{Connecte, Page};
use crate::routes::Routes;
use crate::web::{self, Erreur, Erreurs};

pub fn routes() -> Routes {
    Routes::new()
        .get("/sollicitations", liste::page)
        .get("/sollicitations/saisie", choix)
        .get(
            "/sollicitations/saisie/changement-gestionnaire",
            changement::page,
        )
        .post(
            "/sollicitations/saisie/changement-gestionnaire",
            changement::envoyer,
        )
        .get("/sollicitations/saisie/autre", autre::page)
        .post("/sollicitations/saisie/autre", autre::envoyer)
        .get("/sollicitations/{sollicitation}", fil::page)
        .post("/sollicitations/{sollicitation}/reponse", fil::repondre)
        .get("/sollicitations/{sollicitation}/cloture", fil::confirmer)
        .post("/sollicitations/{sollicitation}/cloture", fil::clore)
        .post("/sollicitations/{sollicitation}/reouverture", fil::rouvrir)
}

/// For the summary above a form: pairs (field, sentence), the field "" for the whole.
fn resume(erreurs: &Erreurs) -> Vec<(String, String)> {
    let generales = erreurs.generales().iter();
    generales
        .map(|p| (String::new(), p.clone()))
        .chain(erreurs.champs().iter().cloned())
        .collect()
}

/// A category to choose.
struct Choix {
    titre: &'static str,
    phrase: &'static str,
    href: &'static str,
}

#[derive(Template)]
#[template(path = "sollicitations/choix.html")]
struct PageChoix {
    page: Page,
    choix: [Choix; 2],
}

/// « Saisir sollicitation »: the categories.
pub async fn choix(_connecte: Connecte, page: Page) -> Result<Response, Erreur> {
    web::page(&PageChoix {
        page,
        choix: [
            Choix {
                titre: Categorie::ChangementGestionnaire.libelle(),
                phrase: "Le gestionnaire principal de votre structure est inconnu, ou il est parti sans transférer son rôle.",
                href: "/sollicitations/saisie/changement-gestionnaire",
            },
            Choix {
                titre: Categorie::Autre.libelle(),
                phrase: "Une question ou une difficulté dont vos gestionnaires ne peuvent pas s’occuper.",
                href: "/sollicitations/saisie/autre",
            },
        ],
    })
}
