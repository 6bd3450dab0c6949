//! « Bureau du support »: the sollicitations sent to it and the requests that nobody answers (spec §7, R-SUP-FILE). The
//! staff sees no more than these pages show; what it may do here is written in `sollicitations`.

mod dossier;
mod file;
mod pages;
mod place;
mod reponses;
mod store;

pub use pages::routes;
