//! Creating an account, one's own or somebody else's (R-COMPTE-CREER, R-COMPTE-TIERS), and activating it.
//!
//! ```text
//! person ─▶ structure ─▶ check answers ─▶ mail        answers wait in the visitor's session
//!              │ demande, or fiche to create
//!              ▼
//!        inscriptions (pending intent) ──activation, same transaction──▶ demande sent │ structure founded │ told why not
//! ```
//!
//! Nobody learns here who has an account: the last page, its status and its time are the same for every address, and the
//! mail says the rest (security.md AU1, failure-modes T6).

mod activation;
mod brouillon;
mod inscrire;
mod intention;
mod pages;

pub use intention::{Intention, demander, ecrire, oublier_les_anciennes};
pub use pages::{routes, types};
