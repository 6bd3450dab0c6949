//! The proof of an espace: built here from the session, never elsewhere.

use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::permission::Permission;
use super::preuves::{Connecte, Preuve};
use crate::App;
use crate::web::Erreur;

/// An espace of this portal as a type.
pub trait EspaceConnu: Send + Sync + 'static {
    /// As the database spells it.
    const CODE: &'static str;
}

/// « Sollicitations reçues » (R-SOL-RECEVOIR).
pub struct SollicitationsRecues;

impl EspaceConnu for SollicitationsRecues {
    const CODE: &'static str = "sollicitations_recues";
}

/// Has espace E in force on some structure, for reading at least. The store asks again which, and how far: nothing outside
/// is seen. For anybody else its pages do not exist: 404.
pub struct Espace<E> {
    connecte: Connecte,
    espace: PhantomData<E>,
}

impl<E> Deref for Espace<E> {
    type Target = Connecte;

    fn deref(&self) -> &Connecte {
        &self.connecte
    }
}

impl<E: EspaceConnu> Preuve for Espace<E> {
    const PERMISSION: Permission = Permission::Espace(E::CODE);
}

impl<E: EspaceConnu> FromRequestParts<App> for Espace<E> {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let connecte = Connecte::from_request_parts(parts, app).await?;
        if connecte.personne().a_l_espace(E::CODE) {
            Ok(Self {
                connecte,
                espace: PhantomData,
            })
        } else {
            Err(Erreur::Introuvable)
        }
    }
}
