//! The référents (R-REF, R-REF-DEMANDE, spec §13 « Accounts and PIGP »): they create and correct the accounts of the structures
//! that go through the PIGP, each in his périmètres.
//!
//! ```text
//! visitor ─▶ demandes_de_compte: a_confirmer ──link of the mail──▶ ouverte ──▶ acceptee (an account) | refusee (a reason)
//! account ─▶ sollicitations: destinataire « referent », the one machine of `sollicitations`
//! ```
//!
//! Which périmètre covers a structure is the view `structures_des_perimetres`; who answers for it, `referents_effectifs`.
//! Without a référent there, it is the support. Outside his périmètres nothing exists for a référent: 404.

mod adresse;
mod arrivees;
mod comptes;
pub mod courriers;
mod demandes;
mod designations;
mod guichet;
mod pages;
mod perimetres;
mod structures;

pub use demandes::{oublier_les_anciennes, passer_les_orphelines};
pub use pages::routes;

/// Characters of a reason at most, as everywhere (spec §2).
pub const MOTIF_MAX: usize = 255;
