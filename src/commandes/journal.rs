use std::process::ExitCode;

use anyhow::Result;

use super::ouverture;
use crate::config::environnement;
use crate::db::bassin::Usage;
use crate::historique;

/// `vantail journal verify` (spec §8.5).
pub(super) async fn verifier() -> Result<ExitCode> {
    let app = ouverture::app(&environnement, Usage::Imports).await?;
    let (lues, defauts) = historique::verifier(&app.db, &app.cles).await?;
    for defaut in &defauts {
        println!(
            "chain {} line {}: {}",
            defaut.chaine, defaut.numero, defaut.raison
        );
    }
    println!("{lues} lines read, {} defects", defauts.len());
    Ok(if defauts.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
