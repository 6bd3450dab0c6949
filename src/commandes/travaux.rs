use std::process::ExitCode;

use anyhow::Result;

use super::ouverture;
use crate::acces::Systeme;
use crate::config::environnement;
use crate::db::bassin::Usage;
use crate::jobs;

/// `vantail jobs run`.
pub(super) async fn lancer() -> Result<ExitCode> {
    let app = ouverture::app(&environnement, Usage::Pages).await?;
    match jobs::lancer_une_fois(&app, &Systeme::processus()).await? {
        Some(bilan) => println!("{bilan}"),
        None => println!("Another instance is doing it."),
    }
    Ok(ExitCode::SUCCESS)
}
