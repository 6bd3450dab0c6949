//! « Créer un service » (seed 004 §2): from the screen of a structure, or choosing the structure first.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::services_de;
use crate::App;
use crate::acces::{
    Capacite, Connecte, GererStructure, Gestion, Message, Page, Portee, StructureVue,
};
use crate::db::{StructureId, en_transaction};
use crate::services::actes;
use crate::services::lecture;
use crate::services::saisie::{DESCRIPTION_MAX, SaisieService};
use crate::structures::{self, Choix, structure_entiere};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete};

#[derive(Template)]
#[template(path = "services/creation.html")]
struct PageCreation {
    page: Page,
    /// The structure of the path; `None` where it is chosen in the form.
    structure: Option<StructureVue>,
    choix: Vec<Choix>,
    saisie: SaisieService,
    erreurs: Erreurs,
}

impl PageCreation {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn action(&self) -> String {
        match &self.structure {
            Some(structure) => format!("/structures/{}/services/nouveau", structure.id),
            None => "/services/nouveau".to_owned(),
        }
    }

    fn annuler(&self) -> String {
        match &self.structure {
            Some(structure) => services_de(structure.id),
            None => "/activites#mes-structures".to_owned(),
        }
    }

    fn options(&self) -> Vec<(String, String)> {
        self.choix.iter().map(Choix::option).collect()
    }

    /// Of the structure chosen in the form, once one is.
    fn raison_sociale(&self) -> &str {
        let choisie = self
            .choix
            .iter()
            .find(|c| c.id.to_string() == self.saisie.structure);
        choisie.map_or("", |c| &c.raison_sociale)
    }

    /// « Le numéro d'engagement est obligatoire »: where a public structure may be concerned.
    fn publique(&self) -> bool {
        match &self.structure {
            Some(structure) => structure.publique,
            None => self.choix.iter().any(|c| c.publique),
        }
    }
}

/// GET /structures/{structure}/services/nouveau.
pub async fn page(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    structure_entiere(gestion.droits())?;
    let saisie = SaisieService {
        date_debut: lecture::maintenant(&app, &gestion).await?,
        ..SaisieService::default()
    };
    web::page(&PageCreation {
        page,
        structure: Some(gestion.structure().clone()),
        choix: Vec::new(),
        saisie,
        erreurs: Erreurs::default(),
    })
}

pub async fn creer(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieService>,
) -> Result<Response, Erreur> {
    match essayer(&app, &gestion, Some(gestion.structure().id), &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageCreation {
                page,
                structure: Some(gestion.structure().clone()),
                choix: Vec::new(),
                saisie,
                erreurs,
            },
        ),
        Err(autre) => Err(autre),
    }
}

/// The structures managed as a whole.
async fn choix(app: &App, portee: &Portee<GererStructure>) -> Result<Vec<Choix>, Erreur> {
    structures::a_choisir(app, portee, Capacite::GererStructure, true).await
}

/// GET /services/nouveau: « Choisir la structure * » comes first, filled in where there is only one.
pub async fn page_au_choix(
    portee: Portee<GererStructure>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let choix = choix(&app, &portee).await?;
    let premier = Choix::premier(&choix, requete.valeur("structure"));
    let structure = premier.map_or_else(String::new, |c| c.id.to_string());
    let saisie = SaisieService {
        structure,
        date_debut: lecture::maintenant(&app, &portee).await?,
        ..SaisieService::default()
    };
    web::page(&PageCreation {
        page,
        structure: None,
        choix,
        saisie,
        erreurs: Erreurs::default(),
    })
}

pub async fn creer_au_choix(
    portee: Portee<GererStructure>,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieService>,
) -> Result<Response, Erreur> {
    let structure = saisie.structure.parse().ok();
    match essayer(&app, &portee, structure, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageCreation {
                page,
                structure: None,
                choix: choix(&app, &portee).await?,
                saisie,
                erreurs,
            },
        ),
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    auteur: &Connecte,
    structure: Option<StructureId>,
    saisie: &SaisieService,
) -> Result<String, Erreur> {
    let mut erreurs = Erreurs::default();
    if structure.is_none() {
        erreurs.ajouter("structure", "Choisissez la structure.");
    }
    let code = saisie.lire_le_code(&mut erreurs);
    let voulu = saisie.lire(&mut erreurs);
    let (Some(structure), Some(voulu), true) = (structure, voulu, erreurs.est_vide()) else {
        return Err(erreurs.into());
    };
    let vue = en_transaction!(app, |tx| actes::creer(tx, auteur, structure, &code, &voulu)
        .await)?;
    // The words of seed 004.
    Message::succes(
        "L’envoi des données pour «\u{202F}Créer un service\u{202F}» a bien été effectué",
    )
    .texte(format!(
        "Le service {} ({code}) de {} est créé.",
        voulu.libelle, vue.raison_sociale
    ))
    .et_aller(app, Some(auteur.id()), &services_de(structure))
    .await
}
