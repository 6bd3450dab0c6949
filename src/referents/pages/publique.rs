//! « Trouver mon référent »: by structure or by département; names of périmètres, never of people.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::lire_le_siret;
use crate::App;
use crate::acces::{Page, Visiteur};
use crate::referents::perimetres::{Public, StructurePublique, de_la_structure, du_departement};
use crate::web::{self, Erreur, Erreurs, Requete};

#[derive(Template)]
#[template(path = "referents/trouver.html")]
struct PageTrouver {
    page: Page,
    siret: String,
    departement: String,
    erreurs: Erreurs,
    connecte: bool,
    pigp: bool,
    /// `Some(None)`: no public structure has this SIRET.
    structure: Option<Option<StructurePublique>>,
    perimetres: Option<Vec<Public>>,
}

impl PageTrouver {
    fn oui(passe: &bool) -> &'static str {
        if *passe { "Oui" } else { "Non" }
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    /// Where the account of somebody is asked for.
    fn demander(&self, identifiant: &str) -> String {
        let page = if self.connecte {
            "/sollicitations/saisie/compte-pigp"
        } else {
            "/demande-de-compte"
        };
        format!("{page}?siret={identifiant}")
    }
}

/// « 69 », « 2A », « 974 », or a post code.
fn departement(saisi: &str) -> Option<String> {
    let saisi: String = saisi
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_uppercase();
    let corse = saisi == "2A" || saisi == "2B";
    let chiffres = saisi.chars().all(|c| c.is_ascii_digit());
    match saisi.len() {
        1 if chiffres => Some(format!("0{saisi}")),
        2 if chiffres || corse => Some(saisi),
        3 if chiffres && saisi.starts_with('9') => Some(saisi),
        _ => None,
    }
}

/// GET /trouver-mon-referent, `?siret=` or `?departement=`.
pub async fn page(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let personne = visiteur.personne();
    let mut gabarit = PageTrouver {
        page,
        siret: requete.valeur("siret").chars().take(40).collect(),
        departement: requete.valeur("departement").chars().take(10).collect(),
        erreurs: Erreurs::default(),
        connecte: personne.is_some(),
        pigp: personne.is_some_and(|p| p.pigp),
        structure: None,
        perimetres: None,
    };
    if !gabarit.siret.trim().is_empty() {
        let siret = lire_le_siret(&mut gabarit.erreurs, "siret", &gabarit.siret);
        if let Some(siret) = siret {
            gabarit.structure = Some(de_la_structure(&app, &siret).await?);
        }
    } else if !gabarit.departement.trim().is_empty() {
        match departement(&gabarit.departement) {
            Some(code) => gabarit.perimetres = Some(du_departement(&app, &code).await?),
            None => gabarit.erreurs.ajouter(
                "departement",
                "Saisissez un numéro de département, comme 69, 2A ou 974.",
            ),
        }
    }
    let statut = if gabarit.erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    web::rendre(statut, &gabarit)
}
