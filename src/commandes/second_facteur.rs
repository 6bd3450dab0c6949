use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::{dire, ouverture};
use crate::acces::Systeme;
use crate::config::environnement;
use crate::db::bassin::Usage;
use crate::utilisateurs;

#[derive(Subcommand)]
pub(super) enum SecondFacteur {
    /// Removes the second factor of somebody who has neither the application nor a recovery code. Make sure who asks first.
    Retirer {
        /// Login address.
        login: String,
        /// Why; kept in the log.
        #[arg(long)]
        motif: String,
    },
}

pub(super) async fn executer(acte: SecondFacteur) -> Result<ExitCode> {
    let SecondFacteur::Retirer { login, motif } = acte;
    let app = ouverture::app(&environnement, Usage::Pages).await?;
    utilisateurs::retirer_d_office(&app, &Systeme::processus(), &login, &motif)
        .await
        .map_err(dire)?;
    println!("{login} has no second factor any more; every session has ended, a mail says so.");
    Ok(ExitCode::SUCCESS)
}
