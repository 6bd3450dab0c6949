//! One binary: real PostgreSQL, the router in process, people who click.

mod accueil;
mod annuaire;
mod architecture;
mod boite_demo;
mod commandes;
mod composants;
mod comptes;
mod config;
mod courrier;
mod demo;
mod droits;
mod fondations;
mod identifiants;
mod imports;
mod informations;
mod jobs;
mod mon_compte;
mod palette;
mod postgres_prive;
mod serveur;
mod statiques;
mod structures;
mod support;
