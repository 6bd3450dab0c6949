//! The one proof that a deactivated structure lets act: its gestionnaire principal opens it again.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::droits::Exigence;
use super::permission::Permission;
use super::preuves::{Membre, Preuve, juger};
use super::situation::Usage;
use crate::App;
use crate::web::Erreur;

/// Is the gestionnaire principal of the structure of the path, be it deactivated (decisions 3). For its reactivation only.
pub struct Reouverture {
    membre: Membre,
}

impl Deref for Reouverture {
    type Target = Membre;

    fn deref(&self) -> &Membre {
        &self.membre
    }
}

impl Preuve for Reouverture {
    const PERMISSION: Permission = Permission::GestionPrincipale;
}

impl FromRequestParts<App> for Reouverture {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let exigence = Exigence::GestionnairePrincipal;
        Ok(Self {
            membre: juger(parts, app, exigence, Some(Usage::Consulter)).await?,
        })
    }
}
