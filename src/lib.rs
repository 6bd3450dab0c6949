//! Vantail: organisations decide who may act for them.
//!
//! The map of the code. Imports go leftwards only (decisions 15):
//! `web`, `db` ← `acces` ← `historique`, `courrier` ← features ← `portail` ← `commandes`.

// Templates name the crate by its own name, here as in the tests.
extern crate self as vantail;

pub mod abonnements;
pub mod acces;
pub mod accueil;
pub mod activites;
pub mod administration;
pub mod aide;
pub mod annuaire;
pub mod api;
pub mod assistance;
pub mod boite_demo;
pub mod commandes;
pub mod config;
pub mod courrier;
pub mod db;
pub mod decisions;
pub mod demo;
pub mod domaines;
pub mod espaces;
pub mod historique;
pub mod identifiants;
pub mod imports;
pub mod informations;
pub mod inscription;
pub mod jobs;
pub mod mon_compte;
pub mod parametres;
pub mod pieces;
mod portail;
pub mod postgres_prive;
pub mod rattachements;
pub mod referents;
pub mod routes;
pub mod secrets;
pub mod serveur;
pub mod services;
pub mod sollicitations;
pub mod structures;
pub mod support;
pub mod utilisateurs;
pub mod vie_des_structures;
pub mod web;

mod app;
pub use app::App;
pub use portail::{portail, routes};
