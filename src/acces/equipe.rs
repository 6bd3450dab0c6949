//! The proofs of the staff: built here from the session, never elsewhere.

use std::ops::Deref;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::identite::Personne;
use super::permission::Permission;
use super::preuves::{Connecte, Preuve};
use crate::App;
use crate::web::Erreur;

/// A proof of one team. Its pages do not exist for anybody else: 404. The account holds nothing on any structure by itself.
macro_rules! preuve_d_equipe {
    ($(#[$doc:meta])* $nom:ident, $est:path) => {
        $(#[$doc])*
        pub struct $nom {
            connecte: Connecte,
        }

        impl Deref for $nom {
            type Target = Connecte;

            fn deref(&self) -> &Connecte {
                &self.connecte
            }
        }

        impl Preuve for $nom {
            const PERMISSION: Permission = Permission::$nom;
        }

        impl FromRequestParts<App> for $nom {
            type Rejection = Erreur;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
                let connecte = Connecte::from_request_parts(parts, app).await?;
                if $est(connecte.personne()) {
                    Ok(Self { connecte })
                } else {
                    Err(Erreur::Introuvable)
                }
            }
        }

        /// The part of a page that this team alone has: `None` for anybody else, nothing is refused.
        impl OptionalFromRequestParts<App> for $nom {
            type Rejection = Erreur;

            async fn from_request_parts(
                parts: &mut Parts,
                app: &App,
            ) -> Result<Option<Self>, Erreur> {
                match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
                    Ok(preuve) => Ok(Some(preuve)),
                    Err(Erreur::Introuvable | Erreur::ConnexionRequise) => Ok(None),
                    Err(autre) => Err(autre),
                }
            }
        }
    };
}

preuve_d_equipe!(
    /// Staff of the support desk (decisions 11).
    Support,
    Personne::support
);

preuve_d_equipe!(
    /// Référent (decisions 11, R-REF). What he answers for is the view `referents_effectifs`: every store joins it.
    Referent,
    Personne::referent
);

preuve_d_equipe!(
    /// Administrateur of the instance (decisions 11, R-ADM).
    Administration,
    Personne::administrateur
);
