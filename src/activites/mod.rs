//! « Activités du gestionnaire »: what waits for a decision, what was done, and attaching somebody oneself.
//!
//! Screens only: the rules and the transactions are those of `rattachements`, the journal is read by `historique`.

mod pages;
mod utilisateurs;

pub use pages::routes;
