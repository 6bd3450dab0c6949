//! Access to espaces (decisions 5, seed 001 §4 to §6).
//!
//! ```text
//! demande:    en_cours_de_validation → validee | refusee | retiree     (decided once, terminal)
//! abonnement: origine defaut (the role) | structure | service (set for everybody there) | demande (asked for)
//! ```
//!
//! `recalculer` makes the first three agree with a rattachement; only a decision makes one of the last, only the person
//! or the end of the rattachement takes it away. Rights are read in the view `abonnements_effectifs` and nowhere else.

mod annulation;
mod catalogue;
mod changements;
mod cloture;
pub mod courriers;
mod decision;
mod depot;
mod droit;
mod effets;
mod en_cours;
mod joignables;
mod lecture;
mod lignes;
mod matrice;
mod miens;
mod offre;
mod parametrage;
mod portee;
mod reglages;
mod reglages_lecture;
mod retrait;

pub use catalogue::{appliquer_le_catalogue, demander_l_application};
pub use changements::Touchee;
pub use cloture::{Fin, MOTIF_FIN_DU_RATTACHEMENT, clore_pour_structure};
pub use decision::Demandes;
pub use depot::{Demandee, Deposee, LIGNES_MAX, LigneDemandee, deposer};
pub use droit::{Droit, Etendue, Octroi};
pub use effets::{fermer, recalculer, recalculer_plusieurs};
pub use lecture::{DemandeVue, demande};
pub use lignes::LigneVue;
pub use matrice::{
    Cellule, ColonneEspace, LigneMatrice, PAR_MAX, Reglee, TRIS_MATRICE, matrice,
    regler_les_cellules,
};
pub use miens::{Abonnement, Etat, MaDemande, TRIS_MIENS, abonnements, ma_demande, mon_abonnement};
pub use offre::{EspaceOffert, Offre, ServiceOffert, StructureOfferte, offre, structures_offertes};
pub use parametrage::{Reglage, regler};
pub use reglages::{ActeReglage, regler_les_espaces};
pub use reglages_lecture::{EspaceDeStructure, EspaceRegle, Reglages, ServiceReglable, reglages};
pub use retrait::{retirer, retirer_demande};
