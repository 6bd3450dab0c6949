//! The second factor (R-COMPTE-2F): codes of an application (TOTP, RFC 6238) and recovery codes.
//!
//! ```text
//! (none) ──password──▶ enrolement, 15 min ──first code──▶ active ──password + code──▶ (none)
//! ```
//!
//! The secret is never stored: it is an HMAC of a random salt under a version of `SECRET_KEY`, which must stay listed as
//! long as a factor derives from it.

mod codes;
mod enrolement;
mod gestion;
pub(super) mod secours;
mod secret;

pub(super) use codes::{Code, FAUX, verifier};
pub(super) use enrolement::{abandonner, commencer, confirmer, en_cours};
pub(super) use gestion::{Etat, etat, renouveler, retirer};
pub use gestion::{oter, retirer_d_office};
pub(super) use secret::Dessin;
