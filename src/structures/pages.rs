use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::rubriques::{LienRubrique, Rubrique, rubriques};
use super::store::{self, Fiche, Service, legende_des_services};
use crate::App;
use crate::acces::{Action, Membre, Page, Role, StructureVue};
use crate::identifiants::TypeIdentifiant;
use crate::web::{self, Erreur, Liste, Requete};

#[derive(Template)]
#[template(path = "structures/fiche.html")]
struct PageFiche {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    type_identifiant: &'static str,
    fiche: Fiche,
    role: &'static str,
    maille_structure: bool,
    /// In words; empty for a utilisateur simple.
    droits: Vec<String>,
    peut_rattacher: bool,
    peut_transferer: bool,
    /// « Mon gestionnaire est parti »: for whoever is not the gestionnaire principal.
    peut_signaler: bool,
    services: Liste<Service>,
}

impl PageFiche {
    fn oui_non(&self, vrai: &bool) -> &'static str {
        if *vrai { "Oui" } else { "Non" }
    }

    fn type_de_structure(&self) -> &'static str {
        if self.structure.publique {
            "Structure publique"
        } else {
            "Structure privée"
        }
    }

    fn statut(&self) -> &'static str {
        if self.structure.active {
            "Active"
        } else {
            "Désactivée"
        }
    }

    fn moa(&self) -> &'static str {
        if self.fiche.est_moa_uniquement {
            "Oui, uniquement"
        } else {
            self.oui_non(&self.fiche.est_moa)
        }
    }

    fn sens(&self, colonne: &str) -> &'static str {
        match self.services.sens_de(colonne) {
            "ascending" => "asc",
            "descending" => "desc",
            _ => "",
        }
    }

    fn legende(&self) -> String {
        legende_des_services("Services", &self.services)
    }

    fn effacer(&self) -> Option<String> {
        self.services
            .filtree()
            .then(|| self.services.lien_sans_recherche())
    }
}

pub async fn fiche(
    membre: Membre,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let fiche = store::fiche(&app, &membre).await?;
    let services = store::services(&app, &membre, store::fenetre_des_services(&requete)).await?;
    let structure = membre.structure().clone();
    let type_identifiant = structure
        .type_identifiant
        .parse::<TypeIdentifiant>()
        .map_or("Identifiant", TypeIdentifiant::libelle);
    web::page(&PageFiche {
        page,
        rubriques: rubriques(&membre, Rubrique::Fiche),
        type_identifiant,
        structure,
        fiche,
        role: membre.droits().role.libelle(),
        maille_structure: membre.droits().maille_structure,
        droits: membre
            .droits()
            .capacites
            .iter()
            .map(|c| majuscule(c.libelle()))
            .collect(),
        peut_rattacher: membre.structure().active
            && membre.droits().peut(Action::RattacherUtilisateur),
        peut_transferer: membre.structure().active && membre.droits().peut(Action::TransfererRole),
        peut_signaler: membre.structure().active && membre.droits().role != Role::Gp,
        services,
    })
}

/// « valider les demandes » → « Valider les demandes ».
fn majuscule(phrase: &str) -> String {
    let mut lettres = phrase.chars();
    lettres
        .next()
        .map(|l| l.to_uppercase().chain(lettres).collect())
        .unwrap_or_default()
}
