//! One binary: real PostgreSQL, the router in process, people who click.

mod commandes;
mod composants;
mod config;
mod courrier;
mod demo;
mod fondations;
mod identifiants;
mod imports;
mod jobs;
mod architecture;
mod composants;
mod comptes;
mod courrier;
mod droits;
mod fondations;
mod identifiants;
mod palette;
mod postgres_prive;
mod serveur;
mod statiques;
mod support;
mod imports;
