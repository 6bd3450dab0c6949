//! Block E « Rechercher Utilisateur », and one person as her gestionnaires know her (R-GEST-UTILISATEURS).

mod activation;
mod fiche;
mod identite;
mod liste;

use serde::Deserialize;
use uuid::Uuid;

use crate::db::UtilisateurId;
use crate::routes::Routes;
use crate::structures::LOT_MAX;
use crate::web::{Erreur, Erreurs, texte};

pub fn routes() -> Routes {
    Routes::new()
        .get("/activites/utilisateurs", liste::page)
        .get("/activites/utilisateurs.csv", liste::csv)
        .post("/activites/utilisateurs/export", liste::exporter)
        .post("/activites/utilisateurs/activation", activation::renvoyer)
        .get("/activites/utilisateurs/{utilisateur}", fiche::page)
        .get(
            "/activites/utilisateurs/{utilisateur}/identite",
            identite::page,
        )
        .post(
            "/activites/utilisateurs/{utilisateur}/identite",
            identite::corriger,
        )
}

const LISTE: &str = "/activites/utilisateurs";

#[derive(Deserialize)]
pub struct CheminCompte {
    utilisateur: UtilisateurId,
}

/// The list as it was left.
fn retour(saisi: &str) -> String {
    texte::retour(saisi, LISTE).to_owned()
}

/// The ticked lines of the results.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieSelection {
    id: Vec<String>,
    retour: String,
}

impl SaisieSelection {
    fn ids(&self) -> Result<Vec<Uuid>, Erreur> {
        let lus: Result<Vec<Uuid>, _> = self.id.iter().map(|id| id.parse()).collect();
        let mut ids = lus.map_err(|_| {
            Erreur::Invalide(Erreurs::generale(
                "Une des lignes envoyées n’est pas un utilisateur. Rechargez la page.",
            ))
        })?;
        if ids.len() > LOT_MAX {
            return Err(Erreur::Invalide(Erreurs::generale(
                "Un lot compte 500 utilisateurs au plus.",
            )));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}
