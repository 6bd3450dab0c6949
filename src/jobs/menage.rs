use sqlx::PgPool;

use super::Bilan;
use crate::rattachements;
use crate::referents;

/// Erases what has no reader any more. Rows that another instance holds wait for the next minute.
pub(super) async fn effacer(db: &PgPool) -> sqlx::Result<Bilan> {
    let messages =
        sqlx::query!("delete from messages where cree_le <= maintenant() - interval '1 day'")
            .execute(db)
            .await?;
    let sessions = sqlx::query!(
        "delete from sessions
         where least(expire_le, coalesce(revoquee_le, expire_le), vue_le + interval '30 minutes') <= maintenant() - interval '30 days'"
    )
    .execute(db)
    .await?;
    let compteurs = sqlx::query!("delete from compteurs where fin_le <= maintenant()")
        .execute(db)
        .await?;
    // Known browsers (their cookie lives 180 days) and second factors nobody finished to set up.
    sqlx::query!("delete from appareils where vu_le <= maintenant() - interval '180 days'")
        .execute(db)
        .await?;
    sqlx::query!("delete from enrolements where expire_le <= maintenant()")
        .execute(db)
        .await?;
    // What a decision changed serves its undoing, possible for ten minutes.
    sqlx::query!("delete from decisions where prise_le <= maintenant() - interval '1 day'")
        .execute(db)
        .await?;
    // Transcripts of support sessions: a year, as the attachments.
    sqlx::query!("delete from assistances where close_le <= maintenant() - interval '1 year'")
        .execute(db)
        .await?;
    rattachements::fichier::purger(db).await?;
    referents::oublier_les_anciennes(db).await?;
    Ok(Bilan {
        messages_effaces: messages.rows_affected(),
        sessions_effacees: sessions.rows_affected(),
        compteurs_effaces: compteurs.rows_affected(),
        ..Bilan::default()
    })
}
