//! « Sollicitations émises »: what a person asks of the support, and the thread that follows (spec §2, §7, §13; seed 000 §3).
//!
//! ```text
//! nouvelle → en_cours → en_attente_du_demandeur ⇄ en_cours → resolue → close      (reopened by its author within 30 days)
//! ```
//!
//! Every act locks the row of the sollicitation, changes the state by a guarded update, then writes the line of the thread,
//! the line of the historique (chain of the instance) and the mails in the same transaction. The acts of the desk are here
//! too, next to those of the author: one machine of states. Its screens are in `support`.

mod changement;
mod courriers;
mod depot;
mod etat;
mod fil;
mod lecture;
mod machine;
mod pages;
mod traitement;

pub use changement::{ChangementGestionnaire, Identite};
pub use depot::{Demandee, Deposee, deposer};
pub use etat::{Categorie, Statut};
pub use fil::{clore, repondre, rouvrir};
pub use lecture::{Acte, Cote, Message, Sollicitation, fil};
pub use pages::routes;
pub use traitement::{Reponse, prendre_en_charge, repondre_du_support, resoudre};

/// Longest text of a sollicitation or of an answer, in characters (as the table).
pub const TEXTE_MAX: usize = 4_000;
