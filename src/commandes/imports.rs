//! `vantail import …`: the file, the report on stdout, one line of the historique for the instance (decisions 6).

use std::io::stdout;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Subcommand;

use super::{Fichier, ouverture};
use crate::App;
use crate::acces::Systeme;
use crate::config::environnement;
use crate::db::bassin::Usage;
use crate::db::transaction;
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::imports::{self, Options, Rapport, Source};
use crate::jobs;
use crate::vie_des_structures::identifiant;

#[derive(Subcommand)]
pub(super) enum Import {
    /// The directory of public structures, in the layout of its export.
    Structures {
        fichier: Fichier,
        /// These structures go through the PIGP.
        #[arg(long)]
        pigp: bool,
    },
    /// Services of structures: TypeIdentifiant;Identifiant;Code;Libelle…
    Services { fichier: Fichier },
    /// Structures that take another SIRET: Ancien;Nouveau;Date.
    ChangementsSiret { fichier: Fichier },
}

pub(super) async fn executer(import: Import) -> Result<ExitCode> {
    let app = ouverture::app(&environnement, Usage::Imports).await?;
    let progres = imports::progres_sur_stderr();
    let systeme = Systeme::processus();
    let (quoi, rapport) = match &import {
        Import::Structures { fichier, pigp } => {
            let source = Source::depuis_argument(fichier);
            let options = Options { pigp: *pigp };
            (
                "structures",
                imports::structures(&app.db, source, options, progres).await?,
            )
        }
        Import::Services { fichier } => {
            let source = Source::depuis_argument(fichier);
            (
                "services",
                imports::services(&app.db, source, Options::default(), progres).await?,
            )
        }
        Import::ChangementsSiret { fichier } => {
            let source = Source::depuis_argument(fichier);
            (
                "changements de SIRET",
                identifiant::importer(&app, &systeme, source, progres).await?,
            )
        }
    };
    noter(&app, &systeme, quoi, &rapport).await?;
    jobs::annoncer_les_imports(&app, &systeme)
        .await
        .map_err(|e| anyhow!("the structures whose state changed cannot be announced: {e:?}"))?;
    rapport.ecrire(&mut stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}

/// The import in the historique of the instance.
pub(super) async fn noter(
    app: &App,
    systeme: &Systeme,
    quoi: &str,
    rapport: &Rapport,
) -> Result<()> {
    let entree = || Entree {
        structure: None,
        action: Action::Import,
        concerne: None,
        demande: None,
        details: Details {
            commentaire: format!("Import de {quoi}"),
            changements: [
                ("lues", rapport.lues),
                ("créées", rapport.creees),
                ("modifiées", rapport.modifiees),
                ("rejetées", rapport.rejetees),
            ]
            .map(|(champ, n)| Changement::new(champ, "", n.to_string()))
            .to_vec(),
            ..Details::default()
        },
    };
    transaction(app, async |tx| {
        historique::noter(tx, systeme, entree()).await
    })
    .await
    .map_err(|e| anyhow!("the import cannot be recorded in the historique: {e:?}"))?;
    Ok(())
}
