//! « Administration »: what the administrateur of the instance writes for everybody, actualités and articles of the aide
//! (R-ADM). The acts are those of `aide`; here are their screens, behind one proof.

mod pages;

pub use pages::routes;
