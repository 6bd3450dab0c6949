//! The web kernel: it knows no feature. Errors, extractors, forms, lists, CSV, static files.

mod csv;
mod empreinte;
mod erreur;
pub mod extract;
mod fichier;
mod form;
mod liste;
pub mod markdown;
pub mod statiques;
mod suite;
pub mod texte;

pub use csv::{EnCsv, reponse_csv};
pub use empreinte::empreinte;
pub use erreur::Erreur;
pub use extract::{Chemin, Formulaire, FormulaireAmple, Requete};
pub use fichier::{Envoi, FichierRecu, OCTETS_ENVOI};
pub use form::{Erreurs, MotDePasse, Saisie};
pub use liste::{Fenetre, LienPage, Liste, PLAFOND, Pastille, Sens, Suite, Total};
pub use suite::{Curseur, Lue, Tranche};

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

/// A page with its status.
pub fn rendre(statut: StatusCode, gabarit: &impl Template) -> Result<Response, Erreur> {
    Ok((statut, Html(gabarit.render()?)).into_response())
}

/// A page that answers a GET.
pub fn page(gabarit: &impl Template) -> Result<Response, Erreur> {
    rendre(StatusCode::OK, gabarit)
}

/// 303: after a change, the browser comes back with a GET.
pub fn vers(adresse: &str) -> Response {
    Redirect::to(adresse).into_response()
}
