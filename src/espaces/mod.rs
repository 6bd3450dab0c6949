//! R-STR-ESPACES: the espaces that a structure opens to its users, and the matrix users × espaces.
//!
//! Screens only: the rules and the transactions are those of `abonnements`.

mod pages;

pub use pages::routes;
