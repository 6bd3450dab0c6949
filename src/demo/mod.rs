//! The demo world (spec §11): known accounts, a few structures with pending work, and on demand a large one for load tests.
//!
//! `monde` is the vocabulary, `scenes` the world written with it, `chargement` puts it in the database.

mod actualites;
mod assistance;
mod certificats;
mod chargement;
mod chargement_abonnements;
mod document;
pub mod manifeste;
pub mod marque;
pub mod masse;
mod masse_mots;
mod monde;
mod recit;
mod recit_abonnements;
mod referents;
mod scenes;
pub mod secret;
pub mod sirene;
mod sollicitations;
pub mod vie_des_structures;

use anyhow::{Result, anyhow};

use crate::App;
use crate::acces::{Systeme, mot_de_passe};
use crate::db::transaction;
use crate::web::MotDePasse;

/// Password of every demo account.
pub const MOT_DE_PASSE: &str = "Vantail-demo-2026";

/// Loads the demo world unless it is already there. `true`: it was loaded.
///
/// # Errors
/// A database that does not answer, or whose content refuses it.
pub async fn charger(app: &App, systeme: &Systeme) -> Result<bool> {
    if marque::monde_charge(&app.db).await? {
        return Ok(false);
    }
    // One hash for all: argon2 is made to be slow.
    let hache = mot_de_passe::hacher_maintenant(app.config.argon2, &MotDePasse::new(MOT_DE_PASSE))?;
    transaction(app, async |tx| {
        chargement::charger(tx, systeme, scenes::monde(), &hache).await?;
        referents::charger(tx).await?;
        marque::noter_monde(tx).await?;
        Ok(())
    })
    .await
    .map_err(|e| anyhow!("the demo world cannot be loaded: {e:?}"))?;
    Ok(true)
}
