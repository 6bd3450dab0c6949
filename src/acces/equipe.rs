//! The proof of the staff: built here from the session, never elsewhere.

use std::ops::Deref;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::permission::Permission;
use super::preuves::{Connecte, Preuve};
use crate::App;
use crate::web::Erreur;

/// Staff of the support (decisions 11). Its desk does not exist for anybody else: 404. The account holds nothing on any
/// structure by itself.
pub struct Support {
    connecte: Connecte,
}

impl Deref for Support {
    type Target = Connecte;

    fn deref(&self) -> &Connecte {
        &self.connecte
    }
}

impl Preuve for Support {
    const PERMISSION: Permission = Permission::Support;
}

impl FromRequestParts<App> for Support {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let connecte = Connecte::from_request_parts(parts, app).await?;
        if connecte.personne().support() {
            Ok(Self { connecte })
        } else {
            Err(Erreur::Introuvable)
        }
    }
}

/// Staff of the administration (decisions 11): what the others work with. Its pages do not exist for anybody else: 404.
pub struct Administration {
    connecte: Connecte,
}

impl Deref for Administration {
    type Target = Connecte;

    fn deref(&self) -> &Connecte {
        &self.connecte
    }
}

impl Preuve for Administration {
    const PERMISSION: Permission = Permission::Administration;
}

impl FromRequestParts<App> for Administration {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let connecte = Connecte::from_request_parts(parts, app).await?;
        if connecte.personne().administrateur() {
            Ok(Self { connecte })
        } else {
            Err(Erreur::Introuvable)
        }
    }
}

/// The part of a page that the desk alone has: `None` for anybody else, nothing is refused.
impl OptionalFromRequestParts<App> for Support {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Erreur> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(support) => Ok(Some(support)),
            Err(Erreur::Introuvable | Erreur::ConnexionRequise) => Ok(None),
            Err(autre) => Err(autre),
        }
    }
}
