//! The users of a structure, as its gestionnaires see and change them (R-STR-UTILISATEURS, seed 001 §7).
//!
//! Every act is on the rattachement, never on the account, and never on the gestionnaire principal's. Who sees whom is the
//! view `portees_membres`; who may do what to whom is [`Acte::refus`], for one line and for five hundred.

mod actes;
mod copie;
mod droits;
mod ecriture;
mod fiche;
mod lecture;
mod lot;
mod prolongation;

pub use actes::{Acte, Cible};
pub use copie::{Apercu, Copiable, apercu, copiables, copier};
pub use droits::regler_les_droits;
pub use fiche::{EspaceTenu, FicheMembre, ServiceTenu, fiche, fiche_du_principal};
pub use lecture::{Filtre, LigneMembre, ROLE_TECHNIQUE, TRIS, membres};
pub use lot::{IssueMembre, agir, previsions};
pub use prolongation::prolonger;
