//! The CSV of arrivals (R-REF): deposited, planned, shown, then applied exactly as shown, by the machine of
//! `rattachements::fichier`. One result per line.

mod depot;
mod plan;

pub use depot::{appliquer, deposer, lire, revoir};

/// Lines of a file at most, the header apart (spec §8: bulk).
pub const LIGNES_MAX: usize = 500;
