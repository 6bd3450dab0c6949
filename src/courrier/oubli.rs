//! What the outbox forgets of an erased person (R-COMPTE-DESACTIVER, security.md RG3).

use sqlx::PgConnection;
use uuid::Uuid;

/// Deletes the mails sent to a person, or to one of his addresses without an account, and the links he was given; blanks the mails
/// to others that name him: those of the events he took part in, and those to the people who had to do with him. One of those that had not left yet does not leave any more: it
/// is older than the 72 hours a mail is tried.
pub async fn oublier(
    tx: &mut PgConnection,
    personne: Uuid,
    adresses: &[String],
    evenements: &[Uuid],
    proches: &[Uuid],
    mentions: &[String],
) -> sqlx::Result<u64> {
    sqlx::query!("delete from jetons where utilisateur_id = $1", personne)
        .execute(&mut *tx)
        .await?;
    let siens = sqlx::query!(
        "delete from courriers where destinataire_id = $1 or (destinataire_id is null and destinataire = any ($2))",
        personne,
        adresses
    )
    .execute(&mut *tx)
    .await?;
    let autres = sqlx::query!(
        "update courriers c
            set sujet = '(effacé)', texte = '', html = '', bail_jusqu_au = null, purge_le = maintenant(),
                statut = case when statut = 'a_envoyer' then 'abandonne' else statut end
          where (c.evenement = any ($1) or c.destinataire_id = any ($3))
            and exists (select from unnest($2::text[]) as m (mention)
                        where position(lower(m.mention) in lower(c.sujet || ' ' || c.texte || ' ' || c.html)) > 0)",
        evenements,
        mentions,
        proches
    )
    .execute(&mut *tx)
    .await?;
    Ok(siens.rows_affected() + autres.rows_affected())
}
