//! The users of one structure: the list, the acts on ticked lines, the fiche of one user (R-STR-UTILISATEURS).

mod copie;
mod droits;
mod fiche;
mod liste;
mod lot;
mod prolongation;

use serde::Deserialize;

use crate::acces::StructureVue;
use crate::db::RattachementId;
use crate::routes::Routes;
use crate::web::texte;

pub fn routes() -> Routes {
    Routes::new()
        .get("/structures/{structure}/utilisateurs", liste::page)
        .get("/structures/{structure}/utilisateurs.csv", liste::csv)
        .post("/structures/{structure}/utilisateurs/lot", lot::agir)
        .get(
            "/structures/{structure}/utilisateurs/{rattachement}",
            fiche::page,
        )
        .post(
            "/structures/{structure}/utilisateurs/{rattachement}/prolongation",
            prolongation::prolonger,
        )
        .get(
            "/structures/{structure}/utilisateurs/{rattachement}/droits",
            droits::page,
        )
        .post(
            "/structures/{structure}/utilisateurs/{rattachement}/droits",
            droits::regler,
        )
        .get(
            "/structures/{structure}/utilisateurs/{rattachement}/copie",
            copie::page,
        )
        .post(
            "/structures/{structure}/utilisateurs/{rattachement}/copie",
            copie::copier,
        )
}

/// The rest of the address: the structure belongs to the proof.
#[derive(Deserialize)]
pub struct CheminMembre {
    pub rattachement: RattachementId,
}

/// The list of the users of this structure.
fn adresse(structure: &StructureVue) -> String {
    format!("/structures/{}/utilisateurs", structure.id)
}

/// The fiche of one user.
fn adresse_de(structure: &StructureVue, rattachement: RattachementId) -> String {
    format!("{}/{rattachement}", adresse(structure))
}

/// Where an act returns to: the list as it was left, filters included.
fn retour(structure: &StructureVue, saisi: &str) -> String {
    texte::retour(saisi, &adresse(structure)).to_owned()
}
