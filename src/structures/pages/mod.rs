//! The screens of the structure itself.

pub mod fiche;
pub mod modification;
