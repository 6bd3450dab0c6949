//! Errors of the API: the same data as those of the pages, dressed as JSON (RFC 9457) instead of HTML.

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::habillage::{Texte, sans_corps};
use crate::serveur::{Reference, RefusHttp};
use crate::web::Erreur;

/// Below this path everything answers in JSON.
const RACINE: &str = "/api/v1/";

pub(super) fn concerne(chemin: &str) -> bool {
    chemin.starts_with(RACINE)
}

/// A problem as a program reads it.
#[derive(Serialize)]
struct Probleme {
    /// Page that documents this kind of problem.
    #[serde(rename = "type")]
    genre: String,
    title: String,
    status: u16,
    detail: String,
    /// What to mend, one entry per parameter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    erreurs: Vec<Faute>,
    /// To quote to the support.
    reference: String,
}

#[derive(Serialize)]
struct Faute {
    parametre: String,
    message: String,
}

/// The kind of a problem: the anchor of its paragraph in the documentation.
fn genre(erreur: Option<&Erreur>, statut: StatusCode) -> &'static str {
    match erreur {
        Some(Erreur::ConnexionRequise | Erreur::SecondFacteurRequis) => "authentification-requise",
        Some(Erreur::Interdit(_)) => "interdit",
        Some(Erreur::Conflit(_)) => "conflit",
        Some(Erreur::Invalide(_)) => "parametre-invalide",
        Some(Erreur::TropDeRequetes(_)) => "trop-de-requetes",
        Some(Erreur::Indisponible) => "indisponible",
        Some(Erreur::Interne(_)) => "erreur-interne",
        Some(Erreur::Introuvable) => "introuvable",
        None => match statut {
            StatusCode::NOT_FOUND => "introuvable",
            StatusCode::METHOD_NOT_ALLOWED => "methode-refusee",
            s if s.is_server_error() => "erreur-interne",
            _ => "requete-refusee",
        },
    }
}

pub(super) fn habiller(parts: &Parts, reponse: Response) -> Response {
    let erreur = reponse.extensions().get::<Erreur>().cloned();
    let refus = reponse.extensions().get::<RefusHttp>().copied();
    // The sign-in page is for people.
    let statut = match &erreur {
        Some(Erreur::ConnexionRequise | Erreur::SecondFacteurRequis) => StatusCode::UNAUTHORIZED,
        _ => reponse.status(),
    };
    let texte = match (&erreur, refus) {
        (Some(Erreur::ConnexionRequise | Erreur::SecondFacteurRequis), _) => Texte {
            titre: "Authentification requise".to_owned(),
            explication:
                "Donnez l’identifiant et le mot de passe d’un utilisateur technique, en HTTP Basic."
                    .to_owned(),
            details: Vec::new(),
        },
        (Some(Erreur::Introuvable), _) => inconnue(),
        (Some(erreur), _) => Texte::de_erreur(erreur),
        (None, Some(refus)) => Texte::de_refus(refus),
        (None, None) if statut == StatusCode::NOT_FOUND && sans_corps(&reponse) => inconnue(),
        (None, None) if statut == StatusCode::METHOD_NOT_ALLOWED => Texte::methode(),
        (None, None) => return reponse,
    };
    let erreurs = match &erreur {
        Some(Erreur::Invalide(erreurs)) => erreurs
            .champs()
            .iter()
            .map(|(champ, phrase)| Faute {
                parametre: champ.clone(),
                message: phrase.clone(),
            })
            .collect(),
        _ => Vec::new(),
    };
    let probleme = Probleme {
        genre: format!("/api/documentation#{}", genre(erreur.as_ref(), statut)),
        title: texte.titre,
        status: statut.as_u16(),
        detail: texte.explication,
        erreurs,
        reference: parts
            .extensions
            .get::<Reference>()
            .map_or_else(String::new, |r| r.0.clone()),
    };
    let Ok(corps) = serde_json::to_vec(&probleme) else {
        return reponse;
    };
    let mut habillee = (statut, corps).into_response();
    let entetes = habillee.headers_mut();
    for (nom, valeur) in reponse.headers() {
        if !matches!(
            nom,
            &header::CONTENT_TYPE | &header::CONTENT_LENGTH | &header::LOCATION
        ) {
            entetes.append(nom, valeur.clone());
        }
    }
    entetes.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if statut == StatusCode::UNAUTHORIZED {
        entetes.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"API\", charset=\"UTF-8\""),
        );
    }
    habillee
}

fn inconnue() -> Texte {
    Texte {
        titre: "Adresse introuvable".to_owned(),
        explication: "Cette adresse n’existe pas dans l’API. Les adresses sont décrites dans /api/v1/openapi.json.".to_owned(),
        details: Vec::new(),
    }
}
