//! R-STR-FICHE: the fiche is modified, the structure is deactivated and opened again, the next import keeps what was edited.

mod courses;
mod etat;
mod fiche;
mod reimport;
