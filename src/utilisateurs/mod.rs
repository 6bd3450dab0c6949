//! Accounts: creation, activation, sign-in, passwords, sessions, and the searches other features need.
//!
//! ```text
//! (creer) ──▶ en_cours_activation ──link + password──▶ actif ──▶ inactif ──60 days──▶ clos
//! ```

mod attente;
mod client;
mod compte;
mod connexion;
pub mod courriers;
mod creation;
mod mots_de_passe;
mod pages;
mod recherche;
mod suspension;

pub use client::Client;
pub use compte::{Compte, Equipe, NouveauCompte, Statut, lire_adresse, par_adresse};
pub use creation::{creer, creer_equipe, envoyer_activation};
pub use pages::routes;
pub use recherche::{CompteTrouve, Criteres, MAXIMUM, Resultats, rechercher};
pub use suspension::{
    Absent, Recherche, absent, absent_du_lien, confirmer_mot_de_passe, emettre_retour, reveiller,
    suspendre, verrouiller_le_sien,
};
