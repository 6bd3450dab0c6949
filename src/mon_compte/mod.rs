//! « Mon compte »: my data, my rattachements, my requests, leaving and handing over, deactivating my account and coming back (spec
//! §3, seeds 000, 001 §10, 003 F).

mod absence;
mod choix;
mod consequences;
mod courriers;
mod donnees;
mod effacement;
pub mod explication;
mod informations;
mod lecture;
mod pages;
mod preferences;
mod suivi;

pub use effacement::{avertir, effacer_echus};
pub use pages::routes;
