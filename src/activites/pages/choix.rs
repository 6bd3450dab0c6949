//! « Rattacher un utilisateur » from the menu of the gestionnaire (seed 004 §3): the structure first, where there are several.
//! Without script its services depend on it, hence a page of its own before the form.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::{Capacite, Page, Portee, RattacherUtilisateurs};
use crate::structures::{self, Choix};
use crate::web::{self, Erreur, Erreurs, Requete};

/// Where « Choisir une autre structure » leads.
pub const CHOISIR: &str = "/activites/rattachement";

#[derive(Template)]
#[template(path = "activites/choix_structure.html")]
struct PageChoix {
    page: Page,
    choix: Vec<Choix>,
    erreurs: Erreurs,
}

impl PageChoix {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn options(&self) -> Vec<(String, String)> {
        self.choix.iter().map(Choix::option).collect()
    }
}

/// GET /activites/rattachement: leads to the form of the only structure, or of the one chosen.
pub async fn page(
    portee: Portee<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let choix =
        structures::a_choisir(&app, &portee, Capacite::RattacherUtilisateurs, false).await?;
    if let Some(choisie) = Choix::premier(&choix, requete.valeur("structure")) {
        let formulaire = format!("/structures/{}/rattachement/adresse", choisie.id);
        let plusieurs = if choix.len() > 1 { "1" } else { "" };
        let adresse = Requete::lire(&formulaire, "").avec(&[("choix", plusieurs)]);
        return Ok(web::vers(&adresse));
    }
    let mut erreurs = Erreurs::default();
    let statut = if requete.valeur("suite").is_empty() {
        StatusCode::OK
    } else {
        erreurs.ajouter("structure", "Choisissez la structure.");
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageChoix {
        page,
        choix,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}
