//! The result as a file: one line per line of the one that was given.

use axum::response::Response;

use super::{Issue, LignePlan, Plan};
use crate::web::{EnCsv, reponse_csv};

struct LigneResultat {
    ligne: LignePlan,
    resultat: &'static str,
}

impl EnCsv for LigneResultat {
    const ENTETES: &'static [&'static str] =
        &["Ligne", "Utilisateur", "Adresse", "Résultat", "Détail"];

    fn cellules(&self) -> Vec<String> {
        vec![
            self.ligne.numero.to_string(),
            self.ligne.nom.clone(),
            self.ligne.adresse.clone(),
            self.resultat.to_owned(),
            self.ligne.details.join(" "),
        ]
    }
}

/// `mot`: how an outcome is said there.
pub fn resultat_csv(plan: Plan, mot: impl Fn(Issue) -> &'static str + Send + 'static) -> Response {
    reponse_csv("resultat-import.csv", |envoi| async move {
        for ligne in plan.lignes {
            let resultat = mot(ligne.issue);
            if envoi.send(LigneResultat { ligne, resultat }).await.is_err() {
                break;
            }
        }
        Ok(())
    })
}
