//! « Administration » (R-ADM): what the administrateur of the instance writes for everybody, and the accounts of the staff.
//! The acts on texts are those of `aide`; those on accounts are here.

mod catalogue;
pub mod courriers;
mod equipe;
mod journal;
mod pages;
mod reglages;

pub use pages::routes;
