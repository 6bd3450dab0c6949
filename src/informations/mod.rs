//! What every site must say of itself, and the display settings (ui/README §2 « Mandatory pages »).

mod affichage;
mod pages;
pub mod plan;

pub use plan::libelle_de_la_page;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/mentions-legales", pages::mentions_legales)
        .get("/donnees-personnelles", pages::donnees_personnelles)
        .get("/accessibilite", pages::accessibilite)
        .get("/plan-du-site", plan::page)
        .get("/parametres-affichage", affichage::parametres)
        .post("/parametres-affichage", affichage::enregistrer)
}
