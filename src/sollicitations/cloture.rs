//! What was resolved 30 days ago closes by itself: the time to reopen it is over (spec §2). Run by the jobs.

use super::etat::Statut;
use super::machine::{self, Ligne};
use crate::App;
use crate::acces::Systeme;
use crate::db::{SollicitationId, Tx, en_transaction};
use crate::historique::Action;
use crate::web::Erreur;

/// Sollicitations of one run; the next minute does the rest.
const PAR_TOUR: i64 = 500;

/// Closes them, each in a transaction of its own. Answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn clore_les_resolues(app: &App, systeme: &Systeme) -> Result<u64, Erreur> {
    let resolues = sqlx::query_scalar!(
        r#"select id as "id: SollicitationId" from sollicitations
           where statut = 'resolue' and resolue_le <= maintenant() - interval '30 days' order by resolue_le limit $1"#,
        PAR_TOUR
    )
    .fetch_all(&app.db)
    .await?;
    let mut closes = 0;
    for id in resolues {
        closes += u64::from(en_transaction!(app, |tx| clore(tx, systeme, id).await)?);
    }
    Ok(closes)
}

async fn clore(tx: &mut Tx, systeme: &Systeme, id: SollicitationId) -> Result<bool, Erreur> {
    let tenue = machine::tenir(tx, id).await?;
    if tenue.statut != Statut::Resolue {
        return Ok(false);
    }
    let echue = sqlx::query!(
        "update sollicitations set statut = 'close', close_le = maintenant(), close_par_le_portail = true, modifiee_le = maintenant()
         where id = $1 and statut = 'resolue' and resolue_le <= maintenant() - interval '30 days'",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    if echue.rows_affected() == 0 {
        return Ok(false);
    }
    let ligne = Ligne {
        auteur: None,
        cote: "portail",
        interne: false,
        acte: Some("cloture"),
        texte: "",
    };
    machine::ecrire(tx, id, &ligne).await?;
    machine::noter(
        tx,
        systeme,
        "",
        Some((tenue.emetteur, &tenue.emetteur_nom)),
        Action::SollicitationClose,
        (&tenue.reference, ""),
    )
    .await?;
    Ok(true)
}
