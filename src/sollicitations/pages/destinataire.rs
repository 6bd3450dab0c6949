//! The public structure to write to, found as everywhere else (R-ANNUAIRE).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::{Connecte, Page};
use crate::structures::Situation;
use crate::structures::{Recherche, Resultats, Trouvee, rechercher_pour_rattachement};
use crate::web::{self, Erreur, Erreurs, Requete};

#[derive(Template)]
#[template(path = "sollicitations/destinataire.html")]
struct PageDestinataire {
    page: Page,
    q: String,
    cp: String,
    erreurs: Erreurs,
    resultats: Option<Resultats>,
}

impl PageDestinataire {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    /// A new search begins anew.
    fn caches(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Where the town is known.
    fn lieu(t: &Trouvee) -> String {
        [&t.code_postal, &t.ville]
            .into_iter()
            .filter_map(|m| m.as_deref())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let (q, cp) = (requete.valeur("q"), requete.valeur("cp"));
    let mut gabarit = PageDestinataire {
        page,
        q: q.to_owned(),
        cp: cp.to_owned(),
        erreurs: Erreurs::default(),
        resultats: None,
    };
    if requete.ici() == requete.chemin {
        return web::page(&gabarit);
    }
    match Recherche::lire(q, cp) {
        Ok(recherche) => {
            let mut resultats = rechercher_pour_rattachement(&app, &connecte, &recherche).await?;
            resultats
                .trouvees
                .retain(|t| t.publique && t.situation != Situation::Inactive);
            gabarit.resultats = Some(resultats);
            web::page(&gabarit)
        }
        Err(erreurs) => {
            gabarit.erreurs = erreurs;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
    }
}
