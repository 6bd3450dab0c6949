//! « Mes données » (R-COMPTE-DONNEES).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::acces::{Connecte, EnPersonne, Page};
use crate::mon_compte::{absence, donnees};
use crate::web::{self, Erreur};

#[derive(Template)]
#[template(path = "mon_compte/donnees.html")]
struct PageDonnees {
    page: Page,
    /// The person may deactivate the account himself.
    desactivable: bool,
}

pub async fn page(connecte: Connecte, page: Page) -> Result<Response, Erreur> {
    web::page(&PageDonnees {
        page,
        desactivable: absence::empechement(connecte.personne()).is_none(),
    })
}

pub async fn telecharger(personne: EnPersonne, State(app): State<App>) -> Result<Response, Erreur> {
    let fichier = donnees::fichier(&app, &personne).await?;
    let disposition = format!("attachment; filename=\"mes-donnees-{}.json\"", fichier.jour);
    let entetes = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((entetes, fichier.json).into_response())
}
