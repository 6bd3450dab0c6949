//! R-STR-ESPACES: what a structure opens to its users, and the matrix users × espaces.

mod droits;
mod matrice;
mod reglages;

use crate::abonnements::Monde;

/// An address below /structures/{mairie}/espaces.
pub fn adresse(m: &Monde, suite: &str) -> String {
    format!("/structures/{}/espaces{suite}", m.mairie)
}
