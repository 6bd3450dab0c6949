//! The API of a structure's information system (spec §13): who am I, and the services, users and espaces of my own structure.
//!
//! Every answer below `/api/v1/` is JSON, errors included (`acces::probleme`). The proof [`Technique`] owns the structure: no
//! address and no parameter names one.

mod document;
mod lecture;
mod pages;

pub use document::{DESCRIPTIONS, Description, document};
pub use pages::routes;
