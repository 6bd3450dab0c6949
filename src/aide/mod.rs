//! Aide en ligne, « Posez-moi vos questions » and actualités (R-AIDE, spec §4 and §13 « Header and domains »).
//!
//! Articles ship with the application (`articles/*.md`, see [`livraison`]); an administrateur changes them and writes
//! others (`administration`). Reading and searching work signed out.

pub mod actualites;
mod article;
mod audience;
mod lecture;
pub mod livraison;
mod pages;
pub mod recherche;
pub mod redaction;

pub use article::{Article, Statut, Theme};
pub use audience::Audience;
pub use lecture::{Ligne, Rayon, de_l_ecran, par_slug, rayons};
pub use pages::routes;
