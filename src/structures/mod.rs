//! A structure as its members read it, and the search that finds one (spec §6, R-STR-FICHE, R-STR-SERVICES).

mod choix;
mod decision;
mod gerance;
mod lot;
mod miennes;
mod modification;
mod nouvelle;
mod pages;
mod perimetre;
mod recherche;
mod repertoire;
mod rubriques;
mod store;

pub use choix::{Choix, a_choisir};
pub use decision::{deja_traitee, noms_des_decideurs, suite, verrouiller};
pub use gerance::{gerer, structure_entiere};
pub use lot::{
    Annulation, Decidee, Decidees, Issue, LOT_MAX, Lot, Prevision, cochees, decision, verdict,
};
pub use miennes::{MaStructure, MesStructures, TRIS_MIENNES, miennes};
pub use nouvelle::{
    Connue, NouvelleStructure, PUBLIQUE, SaisieFiche, SaisieIdentifiant, Situee, a_l_etranger,
    inserer, semble_publique, situer,
};
pub use perimetre::{Perimetre, perimetre};
pub use recherche::{
    Criteres, Recherche, Resultats, Situation, Trouvee, rechercher_pour_rattachement,
};
pub use repertoire::{RADIEE, pre_remplir};
pub use rubriques::{LienRubrique, Rubrique, rubriques};
pub use store::{
    Obligations, Service, fenetre_des_services, legende_des_services, lignes_d_adresse,
};

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/structures/{structure}", pages::fiche::fiche)
        .get(
            "/structures/{structure}/modification",
            pages::modification::page,
        )
        .post(
            "/structures/{structure}/modification",
            pages::modification::enregistrer,
        )
}
