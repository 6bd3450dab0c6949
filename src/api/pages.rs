use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::document::{self, DESCRIPTIONS, Description};
use super::lecture::{self, Repere};
use crate::App;
use crate::acces::{Page, Technique, Visiteur};
use crate::routes::Routes;
use crate::web::{self, Erreur, Erreurs, Requete};

pub fn routes() -> Routes {
    Routes::new()
        .get("/api/documentation", documentation)
        .get("/api/v1/openapi.json", openapi)
        .get("/api/v1/moi", moi)
        .get("/api/v1/services", services)
        .get("/api/v1/utilisateurs", utilisateurs)
        .get("/api/v1/espaces", espaces)
}

/// Lines of one answer, where nothing is asked, and at most.
pub const LIMITE: i64 = 100;
/// At most.
pub const LIMITE_MAX: i64 = 200;

/// A piece of a list: what follows `apres`, `limite` lines.
pub struct Tranche {
    pub apres: Option<uuid::Uuid>,
    pub limite: i64,
}

impl Tranche {
    /// # Errors
    /// `Invalide` at the parameter: one that is none of the two, or a wrong value.
    fn lire(requete: &Requete) -> Result<Self, Erreur> {
        let mut erreurs = Erreurs::default();
        for (cle, _) in requete.autres(&["apres", "limite"]) {
            erreurs.ajouter(&cle, "Ce paramètre n’existe pas.");
        }
        let apres = match requete.valeur("apres") {
            "" => None,
            saisi => erreurs.lire(
                "apres",
                saisi.parse().map(Some).map_err(
                    |_| "Reprenez l’adresse «\u{202F}suivant\u{202F}» de la réponse précédente.",
                ),
            ),
        };
        let limite = match requete.valeur("limite") {
            "" => LIMITE,
            saisi => erreurs.lire(
                "limite",
                saisi
                    .parse::<i64>()
                    .ok()
                    .filter(|n| (1..=LIMITE_MAX).contains(n))
                    .ok_or("De 1 à 200."),
            ),
        };
        erreurs.verdict()?;
        Ok(Self { apres, limite })
    }
}

/// One answer of a list.
#[derive(Serialize)]
struct Liste<L> {
    donnees: Vec<L>,
    /// Address of what follows; null at the end.
    suivant: Option<String>,
}

/// `lignes` holds one more than the answer, where there is more.
fn rendre<L: Serialize + Repere>(
    requete: &Requete,
    tranche: &Tranche,
    mut lignes: Vec<L>,
) -> Response {
    let limite = usize::try_from(tranche.limite).unwrap_or(usize::MAX);
    let suite = lignes.len() > limite;
    lignes.truncate(limite);
    let suivant = lignes.last().filter(|_| suite).map(|derniere| {
        requete.avec(&[
            ("apres", derniere.repere().to_string().as_str()),
            ("limite", tranche.limite.to_string().as_str()),
        ])
    });
    Json(Liste {
        donnees: lignes,
        suivant,
    })
    .into_response()
}

/// `GET /api/v1/moi`
#[derive(Serialize)]
struct Moi {
    id: String,
    identifiant: String,
    /// End of the password that was given.
    expire_le: String,
    structure: Structure,
}

#[derive(Serialize)]
struct Structure {
    id: String,
    type_identifiant: String,
    identifiant: String,
    raison_sociale: String,
    publique: bool,
}

async fn moi(technique: Technique) -> Response {
    let s = technique.structure();
    Json(Moi {
        id: technique.id().to_string(),
        identifiant: technique.identifiant().to_owned(),
        expire_le: technique.expire_le().iso().to_owned(),
        structure: Structure {
            id: s.id.to_string(),
            type_identifiant: s.type_identifiant.clone(),
            identifiant: s.identifiant.clone(),
            raison_sociale: s.raison_sociale.clone(),
            publique: s.publique,
        },
    })
    .into_response()
}

async fn services(
    technique: Technique,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let tranche = Tranche::lire(&requete)?;
    let lignes = lecture::services(&app, &technique, &tranche).await?;
    Ok(rendre(&requete, &tranche, lignes))
}

async fn utilisateurs(
    technique: Technique,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let tranche = Tranche::lire(&requete)?;
    let lignes = lecture::utilisateurs(&app, &technique, &tranche).await?;
    Ok(rendre(&requete, &tranche, lignes))
}

async fn espaces(
    technique: Technique,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let tranche = Tranche::lire(&requete)?;
    let lignes = lecture::espaces(&app, &technique, &tranche).await?;
    Ok(rendre(&requete, &tranche, lignes))
}

async fn openapi(_: Visiteur, State(app): State<App>) -> Response {
    Json(document::document(
        &app.config.marque,
        &app.config.public_url,
    ))
    .into_response()
}

#[derive(Template)]
#[template(path = "api/documentation.html")]
struct PageDocumentation {
    page: Page,
    racine: String,
    descriptions: &'static [Description],
    limite: i64,
    limite_max: i64,
    par_minute: i32,
}

async fn documentation(
    _: Visiteur,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    web::page(&PageDocumentation {
        page,
        racine: app
            .config
            .public_url
            .as_str()
            .trim_end_matches('/')
            .to_owned(),
        descriptions: DESCRIPTIONS,
        limite: LIMITE,
        limite_max: LIMITE_MAX,
        par_minute: crate::acces::compteurs::API.max,
    })
}
