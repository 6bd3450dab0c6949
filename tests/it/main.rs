//! One binary: real PostgreSQL, the router in process, people who click.

mod accueil;
mod annuaire;
mod boite_demo;
mod composants;
mod courrier;
mod fondations;
mod identifiants;
mod informations;
mod palette;
mod postgres_prive;
mod serveur;
mod statiques;
mod structures;
mod support;
