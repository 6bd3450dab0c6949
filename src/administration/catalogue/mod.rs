//! The catalogue of the espaces (R-ADM): their names, where they live, and who has them without asking. What a change of the
//! latter does to the rattachements in force is carried by the jobs (`abonnements::appliquer_le_catalogue`).

mod actes;
mod lecture;

pub use actes::{Espace, creer, modifier};
pub use lecture::{LigneEspace, concernes, lire, tous};

/// Espaces that the portal itself is: they have no address.
pub const DU_PORTAIL: [&str; 3] = [
    "activites_du_gestionnaire",
    "sollicitations_emises",
    "sollicitations_recues",
];
