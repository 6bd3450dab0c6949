//! Our own extractors: a bad address is our 404, a bad form our 422.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{Method, request::Parts};
use serde::de::DeserializeOwned;

use super::{Erreur, Erreurs};

/// Parameters of the path; anything that does not parse does not exist.
pub struct Chemin<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Chemin<T> {
    type Rejection = Erreur;

    #[expect(
        clippy::disallowed_types,
        reason = "the wrapper that the others must use"
    )]
    async fn from_request_parts(parts: &mut Parts, etat: &S) -> Result<Self, Erreur> {
        axum::extract::Path::from_request_parts(parts, etat)
            .await
            .map(|axum::extract::Path(valeur)| Self(valeur))
            .map_err(|_| Erreur::Introuvable)
    }
}

/// Fields in a form at most: the bulk of 500 lines and its own fields (decisions 19).
pub(super) const CHAMPS: usize = 600;
/// Bytes of a form at most (security.md DS2).
pub(super) const OCTETS: usize = 64 * 1024;

/// A form. Fields declared as lists may repeat; a repeated or unknown field is refused (security.md IN2, AC6).
pub struct Formulaire<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Formulaire<T> {
    type Rejection = Erreur;

    async fn from_request(requete: Request, _: &S) -> Result<Self, Erreur> {
        debug_assert_ne!(requete.method(), Method::GET, "a GET reads Requete");
        lire(requete, OCTETS).await.map(Self)
    }
}

async fn lire<T: DeserializeOwned>(requete: Request, octets: usize) -> Result<T, Erreur> {
    let corps = axum::body::to_bytes(requete.into_body(), octets)
        .await
        .map_err(|_| refus("Le formulaire envoyé est trop gros."))?;
    if corps.iter().filter(|o| **o == b'&').count() >= CHAMPS {
        return Err(refus("Le formulaire envoyé a trop de champs."));
    }
    serde_html_form::from_bytes(&corps).map_err(|_| {
        refus(
            "Le formulaire envoyé n’est pas celui de cette page. Rechargez la page et recommencez.",
        )
    })
}

/// Bytes of a form that carries the lines of a file, as the browser encodes them.
pub const OCTETS_AMPLES: usize = 1024 * 1024;

/// The same for a form that carries the lines of a file; its route is declared by `Routes::post_ample`.
pub struct FormulaireAmple<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormulaireAmple<T> {
    type Rejection = Erreur;

    async fn from_request(requete: Request, _: &S) -> Result<Self, Erreur> {
        lire(requete, OCTETS_AMPLES).await.map(Self)
    }
}

fn refus(phrase: &str) -> Erreur {
    Erreur::Invalide(Erreurs::generale(phrase))
}

/// The query string, in order. Unknown keys are kept: every link of a list changes one key and leaves the others.
#[derive(Clone, Default, Debug)]
pub struct Requete {
    pub chemin: String,
    paires: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for Requete {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::lire(
            parts.uri.path(),
            parts.uri.query().unwrap_or_default(),
        ))
    }
}

impl Requete {
    /// Keys beyond this are dropped: nobody filters by so many.
    const CLES: usize = 40;

    pub fn lire(chemin: &str, question: &str) -> Self {
        let paires = url::form_urlencoded::parse(question.as_bytes())
            .take(Self::CLES)
            .map(|(c, v)| (c.into_owned(), v.into_owned()))
            .filter(|(c, v)| c.len() <= 40 && v.len() <= 500 && !v.contains('\0'))
            .collect();
        Self {
            chemin: chemin.to_owned(),
            paires,
        }
    }

    /// Value of a key, empty when absent.
    pub fn valeur(&self, cle: &str) -> &str {
        self.paires
            .iter()
            .find(|(c, _)| c == cle)
            .map_or("", |(_, v)| v)
    }

    /// The same address with these keys changed; an empty value removes its key. The message of the last act is not repeated.
    pub fn avec(&self, changements: &[(&str, &str)]) -> String {
        let mut question = url::form_urlencoded::Serializer::new(String::new());
        for (cle, valeur) in &self.paires {
            if cle != "m" && !changements.iter().any(|(c, _)| c == cle) {
                question.append_pair(cle, valeur);
            }
        }
        for (cle, valeur) in changements.iter().filter(|(_, v)| !v.is_empty()) {
            question.append_pair(cle, valeur);
        }
        let question = question.finish();
        if question.is_empty() {
            self.chemin.clone()
        } else {
            format!("{}?{question}", self.chemin)
        }
    }

    /// The pairs a GET form must carry along, except those it sets itself.
    pub fn autres(&self, siennes: &[&str]) -> Vec<(String, String)> {
        self.paires
            .iter()
            .filter(|(c, _)| c != "m" && !siennes.contains(&c.as_str()))
            .cloned()
            .collect()
    }

    /// This very address, without its message: where an act returns to.
    pub fn ici(&self) -> String {
        self.avec(&[])
    }
}
