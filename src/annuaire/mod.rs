//! « Rechercher structure publique » (R-ANNUAIRE): every active public structure, its services and its obligations.
//! One of the exceptions to isolation (decisions 13): whoever is signed in reads it, and no private structure is in it.

mod curseur;
mod export;
mod pages;
mod store;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/annuaire", pages::liste)
        .get("/annuaire.csv", pages::csv)
        .get("/annuaire/{structure}", pages::detail)
}
