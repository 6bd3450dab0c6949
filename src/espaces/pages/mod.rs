//! The pages. Whatever changes something is shown first with the people it touches: the act itself says it, without a commit.

mod ajout;
mod confirmation;
mod matrice;
mod reglages;

use crate::routes::Routes;
use crate::web::Erreurs;

pub fn routes() -> Routes {
    Routes::new()
        .get("/structures/{structure}/espaces", reglages::page)
        .get("/structures/{structure}/espaces/ajout", ajout::page)
        .post("/structures/{structure}/espaces/ajout", ajout::ajouter)
        .post("/structures/{structure}/espaces/retrait", reglages::retirer)
        .post("/structures/{structure}/espaces/niveaux", reglages::niveaux)
        .get(
            "/structures/{structure}/espaces/utilisateurs",
            matrice::page,
        )
        .post(
            "/structures/{structure}/espaces/utilisateurs",
            matrice::regler,
        )
        .get(
            "/structures/{structure}/espaces/utilisateurs.csv",
            matrice::csv,
        )
}

/// For the summary above the form: pairs (field, sentence), the field "" for the whole.
fn resume(erreurs: &Erreurs) -> Vec<(String, String)> {
    let champs = erreurs.champs().iter().cloned();
    let generales = erreurs.generales().iter();
    champs
        .chain(generales.map(|p| (String::new(), p.clone())))
        .collect()
}
