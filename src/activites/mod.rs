//! « Activités du gestionnaire »: what waits for a decision, what was done, and attaching somebody oneself.
//!
//! Screens and their reading: the rules and the transactions are those of `rattachements` and `abonnements`, the journal
//! is read by `historique`. Both kinds of request go through one [`genre::Genre`].

mod file;
mod genre;
mod pages;

pub use pages::routes;
