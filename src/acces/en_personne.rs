use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::permission::Permission;
use super::preuves::{Connecte, Preuve};
use crate::App;
use crate::web::Erreur;

/// This person is signed in, and nobody looks through her eyes: an agent of a support session sees her screens, he does not
/// leave with everything that the portal knows of her (R-COMPTE-DONNEES, R-SUP-SESSION).
pub struct EnPersonne {
    connecte: Connecte,
}

impl Deref for EnPersonne {
    type Target = Connecte;

    fn deref(&self) -> &Connecte {
        &self.connecte
    }
}

impl Preuve for EnPersonne {
    const PERMISSION: Permission = Permission::EnPersonne;
}

impl FromRequestParts<App> for EnPersonne {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let connecte = <Connecte as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if connecte.personne().regard.is_some() {
            return Err(Erreur::Interdit(
                "Pendant une session d’assistance, ce fichier ne se télécharge pas\u{202F}: seule la personne le peut."
                    .to_owned(),
            ));
        }
        Ok(Self { connecte })
    }
}
