//! The antivirus looks at what was deposited, outside any request: a file waits, readable by its author alone, until a
//! verdict (security.md IN7). Several instances may do it; a lease keeps them apart.

use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::clamd::{Clamd, Verdict};
use crate::App;
use crate::db::PieceId;
use crate::db::bassin::en_temps;
use crate::web::Erreur;

/// Files of one run; the next does the rest.
const PAR_TOUR: usize = 100;
/// What the bell did not tell is found so often.
const RONDE: Duration = Duration::from_secs(30);

/// Has every waiting file scanned; answers how many got a verdict. Without an address of clamd nothing waits.
///
/// # Errors
/// The database does not answer. A scan that fails is logged and tried again later.
pub async fn analyser(app: &App) -> Result<u64, Erreur> {
    let Some(clamd) = &app.config.clamd else {
        return Ok(0);
    };
    let mut jugees = 0;
    for _ in 0..PAR_TOUR {
        let Some(id) = prendre(app).await? else {
            break;
        };
        match une(app, clamd, id).await {
            Ok(verdict) => {
                poser(app, id, &verdict).await?;
                jugees += 1;
            }
            Err(erreur) => {
                tracing::warn!(piece = %id, erreur = format!("{erreur:#}"), "scan of an attachment");
            }
        }
    }
    Ok(jugees)
}

/// Until `arret`: at each deposit, and now and then.
pub async fn surveiller(app: &App, arret: &CancellationToken) {
    if app.config.clamd.is_none() {
        return;
    }
    while !arret.is_cancelled() {
        if let Err(erreur) = analyser(app).await {
            tracing::error!(?erreur, "scan of the attachments");
        }
        tokio::select! {
            () = arret.cancelled() => {}
            () = app.pieces_a_analyser.notified() => {}
            () = tokio::time::sleep(RONDE) => {}
        }
    }
}

/// The oldest that nobody has, leased for two minutes.
async fn prendre(app: &App) -> Result<Option<PieceId>, Erreur> {
    let prise = sqlx::query_scalar!(
        r#"update pieces_jointes set analyse_prise_le = maintenant()
           where id = (select id from pieces_jointes
                       where antivirus = 'en_cours' and effacee_le is null
                         and (analyse_prise_le is null or analyse_prise_le <= maintenant() - interval '2 minutes')
                       order by deposee_le, id limit 1 for update skip locked)
           returning id as "id: PieceId""#
    );
    Ok(en_temps(prise.fetch_optional(&app.db)).await?)
}

async fn une(app: &App, clamd: &Clamd, id: PieceId) -> Result<Verdict> {
    let (envoi, morceaux) = mpsc::channel(2);
    let db = app.db.clone();
    let lecture = tokio::spawn(async move {
        for rang in 0.. {
            let lu = super::lecture::morceau(&db, id, rang).await;
            let fini = !matches!(lu, Ok(Some(_)));
            if let Some(lu) = lu.map_err(|e| anyhow!(e)).transpose()
                && envoi.send(lu).await.is_err()
            {
                return;
            }
            if fini {
                return;
            }
        }
    });
    let verdict = clamd.analyser(morceaux).await;
    lecture.abort();
    verdict
}

/// A refused file loses its content at once; its line stays, so that everybody reads what became of it.
async fn poser(app: &App, id: PieceId, verdict: &Verdict) -> Result<(), Erreur> {
    match verdict {
        Verdict::Saine => {
            let pose = sqlx::query!(
                "update pieces_jointes set antivirus = 'saine', analysee_le = maintenant() where id = $1 and antivirus = 'en_cours'",
                id.0
            );
            en_temps(pose.execute(&app.db)).await?;
        }
        Verdict::Infectee(menace) => {
            tracing::warn!(evenement = "piece_refusee", piece = %id, menace, "pieces");
            let pose = sqlx::query!(
                "with refusee as (
                   update pieces_jointes set antivirus = 'refusee', analysee_le = maintenant(), effacee_le = maintenant()
                   where id = $1 and antivirus = 'en_cours' returning id)
                 delete from piece_morceaux m using refusee r where m.piece_id = r.id",
                id.0
            );
            en_temps(pose.execute(&app.db)).await?;
        }
    }
    Ok(())
}
