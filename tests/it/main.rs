//! One binary: real PostgreSQL, the router in process, people who click.

mod composants;
mod comptes;
mod courrier;
mod fondations;
mod identifiants;
mod palette;
mod postgres_prive;
mod serveur;
mod statiques;
mod support;
