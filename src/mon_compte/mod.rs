//! « Mon compte »: my data, my rattachements, my requests, leaving and handing over (spec §3, seeds 000, 001 §10, 003 F).

mod choix;
mod consequences;
pub mod explication;
mod lecture;
mod pages;
mod suivi;

pub use pages::routes;
