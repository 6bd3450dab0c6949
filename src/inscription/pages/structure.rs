//! Step 2: the identifier of the structure, and an honest answer to it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use super::{DEMANDE, FICHE, VERIFICATION, au_debut, compter, en_cours};
use crate::App;
use crate::acces::{Page, Visiteur};
use crate::identifiants::TypeIdentifiant;
use crate::inscription::brouillon::{Brouillon, Suite};
use crate::structures::{SaisieIdentifiant, Situee, perimetre, situer};
use crate::utilisateurs::{Client, Retour};
use crate::web::{self, Erreur, Erreurs, Formulaire, Saisie as _};

/// The form as typed, with the button pressed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieStructure {
    type_identifiant: String,
    identifiant: String,
    passer: String,
}

/// Types of identifier, as a list of the forms.
pub fn types() -> [(&'static str, &'static str); 7] {
    TypeIdentifiant::TOUS.map(|t| (t.code(), t.libelle()))
}

#[derive(Template)]
#[template(path = "inscription/structure.html")]
struct PageStructure {
    page: Page,
    brouillon: Brouillon,
    saisie: SaisieIdentifiant,
    situee: Option<Situee>,
    /// Of the operator, for whom does not know his référent.
    contact: Option<String>,
    /// Whose référents create the accounts of a PIGP structure.
    perimetre: Option<String>,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl PageStructure {
    fn new(
        app: &App,
        page: Page,
        brouillon: Brouillon,
        saisie: SaisieIdentifiant,
        retour: Retour,
    ) -> Self {
        Self {
            page,
            brouillon,
            saisie,
            situee: None,
            contact: app.parametres().contact.clone(),
            perimetre: None,
            resume: retour.resume(),
            retour,
        }
    }

    fn titre(&self) -> &'static str {
        if self.brouillon.pour_autrui {
            "Sa structure"
        } else {
            "Votre structure"
        }
    }

    fn precedent(&self) -> &'static str {
        if self.brouillon.pour_autrui {
            super::AUTRE
        } else {
            super::DEBUT
        }
    }

    /// « Continuer sans structure » would end in an account that must not come from here.
    fn peut_passer(&self) -> bool {
        Brouillon::par_pigp(self.situee.as_ref()).is_none()
    }
}

pub async fn page(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
) -> Result<Response, Erreur> {
    let Some((brouillon, situee)) = en_cours(&app, &visiteur, &session).await? else {
        return Ok(au_debut());
    };
    let saisie = brouillon
        .identifiant
        .clone()
        .unwrap_or_else(|| SaisieIdentifiant {
            type_identifiant: TypeIdentifiant::Siret.code().to_owned(),
            ..SaisieIdentifiant::default()
        });
    let mut gabarit = PageStructure::new(&app, page, brouillon, saisie, Retour::default());
    if let Some(structure) = Brouillon::par_pigp(situee.as_ref()) {
        gabarit.perimetre = perimetre(&app.db, structure).await?.map(|p| p.nom);
    }
    gabarit.situee = situee;
    web::page(&gabarit)
}

pub async fn garder(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieStructure>,
) -> Result<Response, Erreur> {
    let Some((mut brouillon, situee)) = en_cours(&app, &visiteur, &session).await? else {
        return Ok(au_debut());
    };
    let passer = saisie.passer == "oui";
    let saisie = SaisieIdentifiant {
        type_identifiant: saisie.type_identifiant,
        identifiant: saisie.identifiant,
    };
    if passer && Brouillon::par_pigp(situee.as_ref()).is_none() {
        brouillon.identifiant = None;
        brouillon.suite = Some(Suite::Rien);
        brouillon.garder(&session).await?;
        return Ok(web::vers(VERIFICATION));
    }
    match chercher(&app, &client, &saisie).await {
        Ok(situee) => {
            if brouillon.identifiant.as_ref() != Some(&saisie) {
                brouillon.suite = None;
            }
            brouillon.identifiant = Some(saisie);
            brouillon.garder(&session).await?;
            Ok(web::vers(match situee {
                Situee::Connue(_) => DEMANDE,
                Situee::Libre => FICHE,
                Situee::Fermee(_)
                | Situee::ParPigp(_)
                | Situee::PubliqueInconnue
                | Situee::Radiee => "/inscription/structure#reponse",
            }))
        }
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            let gabarit = PageStructure::new(&app, page, brouillon, saisie, retour);
            gabarit.retour.rendre(&gabarit)
        }
    }
}

async fn chercher(
    app: &App,
    client: &Client,
    saisie: &SaisieIdentifiant,
) -> Result<Situee, Erreur> {
    let identifiant = saisie.lire().map_err(|erreurs: Erreurs| erreurs)?;
    compter(app, client).await?;
    situer(&app.db, &identifiant).await
}
