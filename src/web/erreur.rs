use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Erreurs;

/// What may go wrong, by what the visitor can do next (decisions 20). It travels in the response
/// extensions and is dressed as a page at the edge (`acces::habillage`).
#[derive(Clone, Debug)]
pub enum Erreur {
    /// Sign in first, then come back to where you were going.
    ConnexionRequise,
    /// Signed in, but this account must set up its second factor before anything else (decisions 22).
    SecondFacteurRequis,
    /// Absent, or not yours: the same answer (spec §8.4).
    Introuvable,
    /// You may see it, you may not do this. The sentence says which right is missing and who can give it.
    Interdit(String),
    /// Somebody was faster, or the state does not allow it any more.
    Conflit(String),
    /// Bad input: a page with a form catches it and shows it at the fields.
    Invalide(Erreurs),
    /// Too many attempts; the time to wait.
    TropDeRequetes(Duration),
    /// The database does not answer: try again.
    Indisponible,
    /// A fault of ours: logged, shown as a reference only.
    Interne(std::sync::Arc<anyhow::Error>),
}

/// SQLSTATE of the two failures that deserve another try.
const A_RECOMMENCER: [&str; 2] = ["40001", "40P01"];

impl Erreur {
    /// Bad input on one field.
    pub fn champ(nom: &str, phrase: &str) -> Self {
        Self::Invalide(Erreurs::une(nom, phrase))
    }

    pub(crate) fn a_recommencer(&self) -> bool {
        let Self::Interne(cause) = self else {
            return false;
        };
        cause
            .downcast_ref::<sqlx::Error>()
            .and_then(|e| e.as_database_error())
            .and_then(|e| e.code())
            .is_some_and(|code| A_RECOMMENCER.contains(&code.as_ref()))
    }

    pub fn statut(&self) -> StatusCode {
        match self {
            Self::ConnexionRequise | Self::SecondFacteurRequis => StatusCode::SEE_OTHER,
            Self::Introuvable => StatusCode::NOT_FOUND,
            Self::Interdit(_) => StatusCode::FORBIDDEN,
            Self::Conflit(_) => StatusCode::CONFLICT,
            Self::Invalide(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TropDeRequetes(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Indisponible => StatusCode::SERVICE_UNAVAILABLE,
            Self::Interne(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Invariants of the database that read as « somebody was faster » (decisions 3).
fn conflit(contrainte: &str) -> Option<&'static str> {
    match contrainte {
        "rattachements_exige_gp" | "structures_gp" | "rattachements_un_gp" => Some(
            "Le gestionnaire principal de cette structure vient de changer. Rechargez la page pour voir la situation actuelle.",
        ),
        "structures_remplacee" => Some(
            "Cette structure continue sous un autre identifiant\u{202F}: elle ne peut pas être réactivée.",
        ),
        "rattachements_un_par_personne" => Some(
            "Cette personne vient d’être rattachée à cette structure. Rechargez la page pour voir la situation actuelle.",
        ),
        _ => None,
    }
}

impl From<sqlx::Error> for Erreur {
    fn from(erreur: sqlx::Error) -> Self {
        if let Some(phrase) = crate::db::contrainte(&erreur).and_then(conflit) {
            return Self::Conflit(phrase.to_owned());
        }
        match &erreur {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                tracing::warn!(%erreur, "database unavailable");
                Self::Indisponible
            }
            // 53*: out of connections or of disk; 57P0*: the server is stopping; 55P03, 57014: locked or too slow.
            sqlx::Error::Database(e)
                if e.code().is_some_and(|c| {
                    c.starts_with("53") || c.starts_with("57") || c == "55P03"
                }) =>
            {
                tracing::warn!(%erreur, "database refuses work");
                Self::Indisponible
            }
            _ => Self::Interne(std::sync::Arc::new(erreur.into())),
        }
    }
}

impl From<anyhow::Error> for Erreur {
    fn from(erreur: anyhow::Error) -> Self {
        Self::Interne(std::sync::Arc::new(erreur))
    }
}

impl From<askama::Error> for Erreur {
    fn from(erreur: askama::Error) -> Self {
        Self::Interne(std::sync::Arc::new(erreur.into()))
    }
}

impl From<serde_json::Error> for Erreur {
    fn from(erreur: serde_json::Error) -> Self {
        Self::Interne(std::sync::Arc::new(erreur.into()))
    }
}

impl From<tower_sessions::session::Error> for Erreur {
    fn from(erreur: tower_sessions::session::Error) -> Self {
        Self::Interne(std::sync::Arc::new(erreur.into()))
    }
}

impl From<Erreurs> for Erreur {
    fn from(erreurs: Erreurs) -> Self {
        Self::Invalide(erreurs)
    }
}

impl IntoResponse for Erreur {
    fn into_response(self) -> Response {
        let mut reponse = self.statut().into_response();
        if let Self::Interne(cause) = &self {
            tracing::error!(erreur = format!("{cause:#}"), "internal error");
        }
        if let Self::TropDeRequetes(attente) = &self {
            reponse.headers_mut().insert(
                header::RETRY_AFTER,
                HeaderValue::from(attente.as_secs().max(1)),
            );
        }
        if let Self::Indisponible = &self {
            reponse
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(3));
        }
        reponse.extensions_mut().insert(self);
        reponse
    }
}
