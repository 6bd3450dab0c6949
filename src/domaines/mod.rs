//! « Les domaines » and « Organisation » (R-DOMAINES, seed 004 §2, spec §13 « Header and domains »): the same screens, entered by
//! what one wants to do. Nothing is done here, and nothing is offered that the person may not use.

mod applications;
mod pages;
mod store;

pub use pages::routes;
