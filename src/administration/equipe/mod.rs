//! Accounts of the staff (R-ADM): created, moved to another team, stopped and brought back by an administrateur, who gives a
//! reason; it is in the historique of the instance and in the mailbox of the person. Nobody does it to himself, so that one
//! active administrateur is always left.

mod actes;
mod lecture;

pub use actes::{changer_d_equipe, creer, desactiver, reactiver, renvoyer, retirer_le_facteur};
pub use lecture::{CompteEquipe, TRIS, en_charge, lire, tous};

/// Characters of a reason at most, as everywhere (spec §2).
pub const MOTIF_MAX: usize = 255;
