//! One binary: real PostgreSQL, the router in process, people who click.

mod architecture;
mod composants;
mod comptes;
mod courrier;
mod droits;
mod fondations;
mod identifiants;
mod mon_compte;
mod palette;
mod postgres_prive;
mod serveur;
mod statiques;
mod support;
