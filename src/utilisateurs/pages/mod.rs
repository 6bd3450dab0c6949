//! The pages of accounts. All work without script; a refused form comes back with its status and its words.

mod adresse;
mod changement;
mod code;
mod connexion;
mod oubli;
pub mod par_lien;
mod second_facteur;
mod sessions;

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::App;
use crate::routes::Routes;
use crate::utilisateurs::attente;
use crate::web::{Erreur, Erreurs};

pub fn routes() -> Routes {
    Routes::new()
        .get("/connexion", connexion::page)
        .post("/connexion", connexion::entrer)
        .get("/connexion/code", code::page)
        .post("/connexion/code", code::donner)
        .post("/deconnexion", connexion::sortir)
        .get("/mot-de-passe-oublie", oubli::page)
        .post("/mot-de-passe-oublie", oubli::demander)
        .get("/mot-de-passe/{secret}", oubli::page_choix)
        .post("/mot-de-passe/{secret}", oubli::choisir)
        .get("/mon-compte/mot-de-passe", changement::page)
        .post("/mon-compte/mot-de-passe", changement::changer)
        .get("/mon-compte/adresse", adresse::page)
        .post("/mon-compte/adresse", adresse::demander)
        .post("/mon-compte/adresse/annulation", adresse::annuler)
        .get("/adresse/{secret}", adresse::page_confirmation)
        .post("/adresse/{secret}", adresse::confirmer)
        .get("/mon-compte/sessions", sessions::page)
        .post("/mon-compte/sessions/fin", sessions::finir_les_autres)
        .post("/mon-compte/sessions/{session}/fin", sessions::finir)
        .et(second_facteur::routes())
}

/// What a form shows when it comes back, and with which status.
#[derive(Default)]
pub struct Retour {
    pub erreurs: Erreurs,
    /// Sentence of a lock, until when included.
    pub attente: Option<String>,
    delai: Option<Duration>,
}

impl Retour {
    /// The refusals a form can show; any other error is not its own.
    pub async fn de(app: &App, erreur: Erreur) -> Result<Self, Erreur> {
        match erreur {
            Erreur::Invalide(erreurs) => Ok(Self {
                erreurs,
                ..Self::default()
            }),
            Erreur::TropDeRequetes(delai) => Ok(Self {
                attente: Some(attente::phrase(app, delai).await?),
                delai: Some(delai),
                ..Self::default()
            }),
            autre => Err(autre),
        }
    }

    /// For the summary above the form: pairs (field, sentence), the field "" for the whole.
    pub fn resume(&self) -> Vec<(String, String)> {
        let champs = self.erreurs.champs().iter().cloned();
        let generales = self.erreurs.generales().iter();
        champs
            .chain(generales.map(|p| (String::new(), p.clone())))
            .collect()
    }

    pub fn pour(&self, champ: &str) -> Option<&str> {
        self.erreurs.pour(champ)
    }

    fn statut(&self) -> StatusCode {
        if self.delai.is_some() {
            StatusCode::TOO_MANY_REQUESTS
        } else if self.erreurs.est_vide() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    pub fn rendre(&self, gabarit: &impl askama::Template) -> Result<Response, Erreur> {
        let mut reponse = crate::web::rendre(self.statut(), gabarit)?;
        if let Some(delai) = self.delai {
            reponse.headers_mut().insert(
                header::RETRY_AFTER,
                HeaderValue::from(delai.as_secs().max(1)),
            );
        }
        Ok(reponse)
    }
}

impl From<Erreurs> for Retour {
    fn from(erreurs: Erreurs) -> Self {
        Self {
            erreurs,
            ..Self::default()
        }
    }
}

/// The pages of a secret link: their address must not leave with a link or an image (security.md OU3, ML6).
pub fn sans_referent(mut reponse: Response) -> Response {
    reponse.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    reponse
}
