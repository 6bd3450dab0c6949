//! « Rechercher Utilisateur » (R-GEST-UTILISATEURS, block E): the users, the accounts that wait and the requests of every
//! structure within reach, one line per person. Nothing of a structure outside the reach is read: the view
//! `portees_membres` says who sees whom.

mod activation;
mod compte;
mod correction;
mod recherche;

pub use activation::{activables, renvoyer};
pub use compte::{CompteVu, Lien, compte};
pub use correction::corriger;
pub use recherche::{Criteres, LignePersonne, PORTION, TOUS, TRIS, rechercher};
