//! « Sollicitations émises » and « Sollicitations reçues »: what a person asks of the support or of a public structure, and
//! the thread that follows (spec §2, §7, §13; seed 000 §3).
//!
//! ```text
//! nouvelle → en_cours → en_attente_du_demandeur ⇄ en_cours → resolue → close      (reopened by its author within 30 days)
//! ```
//!
//! Every act locks the row of the sollicitation, changes the state by a guarded update, then writes the line of the thread,
//! the line of the historique (chain of the instance) and the mails in the same transaction. The acts of the desk are here
//! too, next to those of the author: one machine of states, whoever answers ([`Traitant`]). The screens of the desk are in
//! `support`.

mod brouillons;
pub mod certificat;
mod changement;
mod cloture;
mod courriers;
mod depot;
mod etat;
mod fil;
mod lecture;
mod listes;
mod machine;
mod pages;
mod passage;
mod traitant;
mod traitement;

pub use brouillons::effacer_les_anciens as effacer_les_brouillons;
pub use changement::{ChangementGestionnaire, Identite};
pub use cloture::clore_les_resolues;
pub use depot::{Demandee, Deposee, deposer};
pub use etat::{Categorie, Destinataire, Statut, categorie_en_mots};
pub use fil::{clore, repondre, rouvrir};
pub use lecture::{Acte, Cote, Fil, Message, Sollicitation, fil};
pub use listes::{Filtre, mots};
pub use machine::{Ecrit, referents};
pub use pages::{SaisieTexte, envoyee, freiner, guichet, routes};
pub use passage::{Attribution, attribuer, transferer, transmettre};
pub use traitant::Traitant;
pub use traitement::{Reponse, prendre_en_charge, repondre_a, resoudre};

/// Longest text of a sollicitation or of an answer, in characters (as the table).
pub const TEXTE_MAX: usize = 4_000;
