//! What was done, by whom, on whom: append-only, one hash chain per structure (decisions 6, security.md §3.4).
//!
//! It knows no feature: a feature passes an [`Entree`], the author comes from a proof.

mod action;
mod ecriture;
mod effacement;
pub mod lecture;
mod masse;
mod phrase;
mod verification;

pub use action::Action;
pub use ecriture::{Auteur, Changement, Details, Entree, noter, noter_plusieurs};
pub use effacement::effacer;
pub use masse::{ActeDate, EnMasse};
pub use verification::{Defaut, verifier};
