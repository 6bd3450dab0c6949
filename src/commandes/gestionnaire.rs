use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::{dire, ouverture};
use crate::acces::Systeme;
use crate::config::environnement;
use crate::db::bassin::Usage;
use crate::db::transaction;
use crate::rattachements;

#[derive(Subcommand)]
pub(super) enum Gestionnaire {
    /// Names the first gestionnaire principal of a structure that nobody manages.
    Designer {
        siret: String,
        /// Login address of an active account.
        login: String,
        /// Why; kept in the historique and mailed to him.
        #[arg(long)]
        motif: String,
    },
}

pub(super) async fn executer(acte: Gestionnaire) -> Result<ExitCode> {
    let Gestionnaire::Designer {
        siret,
        login,
        motif,
    } = acte;
    let app = ouverture::app(&environnement, Usage::Pages).await?;
    let systeme = Systeme::processus();
    let fait = transaction(&app, async |tx| {
        rattachements::designer(tx, &systeme, &siret, &login, &motif).await
    })
    .await
    .map_err(dire)?;
    println!(
        "{} is gestionnaire principal of {}{}; {} requests wait for a decision.",
        fait.gestionnaire,
        fait.raison_sociale,
        if fait.reactivee { ", active again" } else { "" },
        fait.en_attente
    );
    Ok(ExitCode::SUCCESS)
}
