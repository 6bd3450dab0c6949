//! Accounts: creation, activation, sign-in, passwords, sessions, and the searches other features need.
//!
//! ```text
//! (creer) ──▶ en_cours_activation ──link + password──▶ actif ──▶ inactif ──60 days──▶ clos
//! ```

mod adresse;
mod appareils;
mod attente;
mod client;
mod compte;
mod connexion;
mod conseil;
pub mod courriers;
pub mod courriers_securite;
mod creation;
mod equipe;
mod joignable;
mod lien_demande;
pub mod mots_de_passe;
mod pages;
mod recherche;
mod second_facteur;
mod suspension;

pub use client::Client;
pub use compte::{Compte, Equipe, NouveauCompte, Statut, lire_adresse, par_adresse};
pub use creation::{corriger, creer, creer_equipe, creer_plusieurs, envoyer_activation, refaire};
pub use equipe::{Agent, agents};
pub use joignable::joignable;
pub use lien_demande::compter_l_envoi;
pub use pages::{Retour, par_lien, routes};
pub use recherche::{CompteTrouve, Criteres, MAXIMUM, Resultats, journaliser, rechercher};
pub use second_facteur::{oter as oter_le_facteur, retirer_d_office};
pub use suspension::{
    Absent, Recherche, Tuteur, absent, absent_du_lien, confirmer_mot_de_passe, emettre_retour,
    rappeler, reveiller, suspendre, verrouiller_le_sien,
};
