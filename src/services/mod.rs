//! The services of a structure (R-STR-SERVICES, seed 004 §2): listed, created, modified, activated, deactivated, imported.
//!
//! Nothing here touches a right: a service that is not active gives none, because `services_actifs` and
//! `abonnements_effectifs` do not have it any more, and gives the same again when it comes back.

mod actes;
mod export;
mod import;
mod lecture;
mod pages;
mod saisie;

pub use pages::routes;
