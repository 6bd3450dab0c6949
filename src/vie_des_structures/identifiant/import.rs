//! `vantail import changements-siret FILE`: the same copy, line by line, each in a transaction of its own.

use std::time::Instant;

use anyhow::{Context, anyhow};
use tokio::sync::mpsc;

use super::{Fait, changer_par_import};
use crate::App;
use crate::acces::Systeme;
use crate::db::{StructureId, en_transaction};
use crate::imports::{Lecteur, LigneChangement, Rapport, Rejet, Source};
use crate::web::Erreur;

/// Lines read ahead of the database.
const AVANCE: usize = 64;

/// Carries out a file of changes. A line already carried out is counted as unchanged: running the file again does nothing. A
/// line that cannot be is reported, and does not stop the others.
///
/// # Errors
/// A missing column, an unreadable file, a database failure. What was done stays done.
pub async fn importer(
    app: &App,
    systeme: &Systeme,
    source: Source,
    mut progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    let depart = Instant::now();
    let (envoi, mut lignes) = mpsc::channel(AVANCE);
    let lecture = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        for lu in Lecteur::<LigneChangement, _>::ouvrir(source.ouvrir()?)? {
            let lu = lu.context("lecture interrompue ; ce qui précède est fait")?;
            if envoi.blocking_send(lu).is_err() {
                break;
            }
        }
        Ok(())
    });
    let mut rapport = Rapport::default();
    while let Some(lu) = lignes.recv().await {
        rapport.lues += 1;
        let issue = match lu {
            Ok(ligne) => appliquer(app, systeme, &ligne)
                .await?
                .map_err(|raison| Rejet {
                    ligne: ligne.ligne,
                    raison,
                }),
            Err(rejet) => Err(rejet),
        };
        match issue {
            Ok(fait) if fait.faite => rapport.creees += 1,
            Ok(_) => rapport.inchangees += 1,
            Err(rejet) => rapport.rejeter(vec![rejet]),
        }
        rapport.duree = depart.elapsed();
        progres(&rapport);
    }
    lecture.await??;
    rapport.duree = depart.elapsed();
    Ok(rapport)
}

/// The inner error is the reason of the rejection.
async fn appliquer(
    app: &App,
    systeme: &Systeme,
    ligne: &LigneChangement,
) -> anyhow::Result<Result<Fait, String>> {
    let trouvee = sqlx::query!(
        r#"select id as "id: StructureId", $2::date > aujourdhui() as "future!" from structures
           where type_identifiant = 'SIRET' and identifiant = $1"#,
        ligne.ancien.valeur(),
        ligne.date
    )
    .fetch_optional(&app.db)
    .await?;
    let Some(trouvee) = trouvee else {
        return Ok(Err("aucune structure n’a l’ancien SIRET.".to_owned()));
    };
    if trouvee.future {
        return Ok(Err(
            "la date est à venir\u{202F}: reprenez cette ligne à partir de ce jour.".to_owned(),
        ));
    }
    let issue = en_transaction!(app, |tx| changer_par_import(
        tx,
        systeme,
        trouvee.id,
        &ligne.nouveau,
        ligne.date
    )
    .await);
    match issue {
        Ok(fait) => Ok(Ok(fait)),
        Err(Erreur::Invalide(erreurs)) => Ok(Err(erreurs.phrases().join(" "))),
        Err(Erreur::Conflit(phrase)) => Ok(Err(phrase)),
        Err(autre) => Err(anyhow!("{autre:?}")),
    }
}
