use std::fmt;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::acces::StructureVue;
use crate::db::Temps;

/// What was just made, secret included: it goes into one file and nowhere else.
pub struct Emis {
    pub structure: StructureVue,
    /// Login.
    pub identifiant: String,
    pub(super) secret: String,
    pub expire_le: Temps,
    /// Until when the old secret still opens, after a reset.
    pub ancien_jusqu_au: Option<String>,
}

impl fmt::Debug for Emis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Emis({}, …)", self.identifiant)
    }
}

impl Emis {
    /// In clear: for the loader of the demo world.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The file: one value per line, as the software editor expects them.
    pub fn texte(&self, marque: &str, adresse: &url::Url) -> String {
        let mut lignes = vec![
            format!("Informations de connexion à l’API de {marque}"),
            String::new(),
            format!("Structure : {}", self.structure.raison_sociale),
            format!(
                "Identifiant de la structure : {}",
                self.structure.identifiant
            ),
            format!("Adresse de l’API : {}api/v1/", racine(adresse)),
            format!("Documentation : {}api/documentation", racine(adresse)),
            String::new(),
            format!("Identifiant : {}", self.identifiant),
            format!("Mot de passe : {}", self.secret),
            format!("Valable jusqu’au : {}", self.expire_le.jour_heure()),
        ];
        if let Some(fin) = &self.ancien_jusqu_au {
            lignes.push(format!("Ancien mot de passe accepté jusqu’au : {fin}"));
        }
        lignes.push(String::new());
        lignes.push(
            "Ce mot de passe n’est montré que dans ce fichier. Transmettez-le par un moyen sûr, puis supprimez le fichier."
                .to_owned(),
        );
        lignes.join("\r\n") + "\r\n"
    }

    /// The download. It is kept by no cache: neither a reload nor the way back shows it again.
    pub fn reponse(&self, marque: &str, adresse: &url::Url) -> Response {
        let nom = format!("attachment; filename=\"{}.txt\"", self.identifiant);
        let entetes = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/plain; charset=utf-8"),
            ),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (
                header::CONTENT_DISPOSITION,
                HeaderValue::from_str(&nom).unwrap_or(HeaderValue::from_static("attachment")),
            ),
        ];
        (entetes, self.texte(marque, adresse)).into_response()
    }
}

/// With its final slash.
fn racine(adresse: &url::Url) -> String {
    let texte = adresse.as_str();
    if texte.ends_with('/') {
        texte.to_owned()
    } else {
        format!("{texte}/")
    }
}
