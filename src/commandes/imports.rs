//! `vantail import …`: the file, the report on stdout, one line of the historique for the instance (decisions 6).

use std::io::{Write, stdout};
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
    /// The SIRENE repertory, from the stock files of the INSEE, plain or compressed: it fills in the fiches of private
    /// structures.
    #[command(group = clap::ArgGroup::new("fichiers").required(true).multiple(true))]
    Sirene {
        /// StockEtablissement.
        #[arg(long, group = "fichiers")]
        etablissements: Option<Fichier>,
        /// StockUniteLegale.
        #[arg(long, group = "fichiers")]
        unites_legales: Option<Fichier>,
    },
    /// Structures that take another SIRET: Ancien;Nouveau;Date.
    ChangementsSiret { fichier: Fichier },
}

pub(super) async fn executer(import: Import) -> Result<ExitCode> {
    let app = ouverture::app(&environnement, Usage::Imports).await?;
    let mut rapports = Vec::new();
    let systeme = Systeme::processus();
    match &import {
        Import::Structures { fichier, pigp } => {
            let source = Source::depuis_argument(fichier);
            let options = Options { pigp: *pigp };
            let progres = imports::progres_sur_stderr();
            let rapport = imports::structures(&app.db, source, options, progres).await?;
            rapports.push(("structures", rapport));
        }
        Import::Services { fichier } => {
            let source = Source::depuis_argument(fichier);
            let options = Options::default();
            let progres = imports::progres_sur_stderr();
            let rapport = imports::services(&app.db, source, options, progres).await?;
            rapports.push(("services", rapport));
        }
        Import::Sirene {
            etablissements,
            unites_legales,
        } => {
            if let Some(fichier) = unites_legales {
                let source = Source::depuis_argument(fichier);
                let progres = imports::progres_sur_stderr();
                let rapport = imports::unites_legales(&app.db, source, progres).await?;
                rapports.push(("unités légales", rapport));
            }
            if let Some(fichier) = etablissements {
                let source = Source::depuis_argument(fichier);
                let progres = imports::progres_sur_stderr();
                let rapport = imports::etablissements(&app.db, source, progres).await?;
                rapports.push(("établissements", rapport));
            }
        }
        Import::ChangementsSiret { fichier } => {
            let source = Source::depuis_argument(fichier);
            let progres = imports::progres_sur_stderr();
            let rapport = identifiant::importer(&app, &systeme, source, progres).await?;
            rapports.push(("changements de SIRET", rapport));
        }
    }
    for (quoi, rapport) in &rapports {
        noter(&app, &systeme, quoi, rapport).await?;
    }
    jobs::annoncer_les_imports(&app, &systeme)
        .await
        .map_err(|e| anyhow!("the structures whose state changed cannot be announced: {e:?}"))?;
    let mut sortie = stdout().lock();
    for (quoi, rapport) in &rapports {
        if rapports.len() > 1 {
            writeln!(sortie, "{quoi}\u{202f}:")?;
        }
        rapport.ecrire(&mut sortie)?;
    }
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
