use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::{dire, ouverture};
use crate::acces::Systeme;
use crate::config::environnement;
use crate::db::bassin::Usage;
use crate::utilisateurs;

#[derive(Subcommand)]
pub(super) enum Equipe {
    /// Creates a staff account; its activation link leaves by mail, from a running `serve`.
    Create {
        /// Login address.
        #[arg(long)]
        adresse: String,
        #[arg(long)]
        prenom: String,
        #[arg(long)]
        nom: String,
        /// support, referent or administrateur.
        #[arg(long)]
        equipe: String,
    },
}

pub(super) async fn executer(acte: Equipe) -> Result<ExitCode> {
    let Equipe::Create {
        adresse,
        prenom,
        nom,
        equipe,
    } = acte;
    let app = ouverture::app(&environnement, Usage::Pages).await?;
    let systeme = Systeme::processus();
    utilisateurs::creer_equipe(&app, &systeme, &adresse, &prenom, &nom, &equipe)
        .await
        .map_err(dire)?;
    println!("The account {adresse} ({equipe}) is created; its activation link leaves by mail.");
    Ok(ExitCode::SUCCESS)
}
