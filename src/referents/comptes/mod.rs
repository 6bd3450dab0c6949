//! The PIGP accounts of a référent's périmètres: found, created, corrected, moved, deactivated and back (R-REF).
//!
//! Order of the locks: structures in id order, then the account, then the rest. Each act has a reason, a line in the chain of
//! every structure the account is attached to (of the instance where there is none), and a mail nobody can switch off.

mod absence;
mod actes;
mod creation;
mod identite;
mod lecture;

pub use absence::{desactiver, reactiver};
pub use actes::{activer, deplacer, domaines};
pub use creation::{Creation, Origine, Rattachement, creer};
pub use identite::{Identite, modifier};
pub use lecture::{Fiche, LigneCompte, fenetre, fiche, lignes};
