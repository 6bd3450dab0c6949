use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::changement::envoyee;
use super::resume;
use crate::App;
use crate::acces::{Connecte, Page};
use crate::sollicitations::{Categorie, Demandee, TEXTE_MAX};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, Saisie, texte};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAutre {
    objet: String,
    texte: String,
}

impl Saisie for SaisieAutre {
    type Lu = Demandee;

    fn lire(&self) -> Result<Demandee, Erreurs> {
        let mut erreurs = Erreurs::default();
        let objet = erreurs.ligne(
            "objet",
            &self.objet,
            255,
            "Saisissez l’objet de votre demande.",
        );
        let texte = erreurs.paragraphe(
            "texte",
            &self.texte,
            TEXTE_MAX,
            "Décrivez votre demande\u{202F}: ce que vous vouliez faire, et ce qui s’est passé.",
        );
        erreurs.verdict()?;
        Ok(Demandee {
            categorie: Categorie::Autre,
            objet,
            texte,
            donnees: serde_json::json!({}),
            siret: None,
        })
    }
}

#[derive(Template)]
#[template(path = "sollicitations/autre.html")]
struct PageAutre {
    page: Page,
    saisie: SaisieAutre,
    erreurs: Erreurs,
    max: usize,
}

impl PageAutre {
    fn new(page: Page, saisie: SaisieAutre, erreurs: Erreurs) -> Self {
        Self {
            page,
            saisie,
            erreurs,
            max: TEXTE_MAX,
        }
    }

    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }
}

/// The free category; `?objet=` proposes an object.
pub async fn page(_connecte: Connecte, page: Page, requete: Requete) -> Result<Response, Erreur> {
    let saisie = SaisieAutre {
        objet: texte::ligne(requete.valeur("objet"), 255).unwrap_or_default(),
        ..SaisieAutre::default()
    };
    web::page(&PageAutre::new(page, saisie, Erreurs::default()))
}

pub async fn envoyer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieAutre>,
) -> Result<Response, Erreur> {
    match essayer(&app, &connecte, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageAutre::new(page, saisie, erreurs),
        ),
        Err(autre) => Err(autre),
    }
}

async fn essayer(app: &App, connecte: &Connecte, saisie: &SaisieAutre) -> Result<String, Erreur> {
    let demandee = saisie.lire()?;
    envoyee(app, connecte, &demandee).await
}
