use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::{Connecte, Page};
use crate::mon_compte::explication::{self, Espace, Examen, Structures};
use crate::web::{self, Erreur, Erreurs, Requete};

/// A structure examined, with the espace asked about.
struct Reponse {
    examen: Examen,
    espace: Option<Espace>,
}

#[derive(Template)]
#[template(path = "mon_compte/acces.html")]
struct PageAcces {
    page: Page,
    structures: Structures,
    /// Espaces of the catalogue, for the drop-down list.
    catalogue: Vec<(String, String)>,
    structure: String,
    identifiant: String,
    espace: String,
    erreurs: Erreurs,
    reponse: Option<Reponse>,
}

impl PageAcces {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }

    fn lien(&self, examen: &Examen, espace: &Espace) -> String {
        super::adresse(
            "/mon-compte/acces",
            &[
                (
                    "structure".to_owned(),
                    examen.situation.structure.identifiant.clone(),
                ),
                ("espace".to_owned(), espace.code.clone()),
            ],
        )
    }

    fn genre(examen: &Examen, espace: &Espace) -> &'static str {
        if examen.espace(espace).oui() {
            "succes"
        } else {
            "neutre"
        }
    }

    fn oui_non(examen: &Examen, espace: &Espace) -> &'static str {
        if examen.espace(espace).oui() {
            "Oui"
        } else {
            "Non"
        }
    }

    fn est_gestionnaire(examen: &Examen) -> bool {
        examen
            .situation
            .lien
            .as_ref()
            .is_some_and(|l| !l.droits.capacites.is_empty())
    }
}

/// The question and its answer in one page; a GET, so that the answer can be bookmarked and sent to the support.
pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let structure = requete.valeur("structure").trim().to_owned();
    let identifiant = requete.valeur("identifiant").trim().to_owned();
    let espace = requete.valeur("espace").to_owned();
    let mut erreurs = Erreurs::default();
    let demande = if identifiant.is_empty() {
        &structure
    } else {
        &identifiant
    };
    let mut reponse = None;
    if !demande.is_empty() {
        match explication::examiner(&app, &connecte, demande).await? {
            Some(examen) => {
                let choisi = examen.catalogue.iter().find(|e| e.code == espace).cloned();
                if choisi.is_none() && !espace.is_empty() {
                    erreurs.ajouter("espace", "Choisissez un espace de la liste.");
                } else {
                    reponse = Some(Reponse {
                        examen,
                        espace: choisi,
                    });
                }
            }
            None => erreurs.ajouter(
                if identifiant.is_empty() {
                    "structure"
                } else {
                    "identifiant"
                },
                "Aucune structure n’a cet identifiant. Vérifiez-le (14 chiffres pour un SIRET).",
            ),
        }
    } else if !requete.valeur("espace").is_empty() {
        erreurs.ajouter(
            "structure",
            "Choisissez une structure, ou saisissez son identifiant.",
        );
    }
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageAcces {
        page,
        structures: explication::mes_structures(&app, &connecte).await?,
        catalogue: explication::catalogue(&app).await?,
        structure,
        identifiant,
        espace,
        erreurs,
        reponse,
    };
    web::rendre(statut, &gabarit)
}
