use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Action, Membre, Page, Role, StructureVue};
use crate::identifiants::TypeIdentifiant;
use crate::structures::rubriques::{LienRubrique, Rubrique, rubriques};
use crate::structures::store::{self, Fiche};
use crate::web::{self, Erreur};

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
    /// Address, contact, parameters.
    peut_modifier: bool,
    /// « Désactiver la structure », « Réactiver la structure »: its gestionnaire principal.
    principal: bool,
    /// « Mon gestionnaire est parti »: for whoever is not the gestionnaire principal.
    peut_signaler: bool,
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
}

pub async fn fiche(membre: Membre, page: Page, State(app): State<App>) -> Result<Response, Erreur> {
    let fiche = store::fiche(&app, &membre).await?;
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
        peut_modifier: membre.structure().active
            && membre.droits().maille_structure
            && membre.droits().peut(Action::ModifierStructure),
        principal: membre.droits().role == Role::Gp,
        peut_signaler: membre.structure().active && membre.droits().role != Role::Gp,
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
