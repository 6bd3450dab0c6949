//! Looking at the outbox: state for the support, mails in words for `/demo/courriels`, retention.

use sqlx::{PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use super::expedition::Expedition;
use super::jeton::Usage;
use crate::db::Temps;
use crate::secrets::Cles;

/// What the support's banner shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EtatFile {
    /// Mails waiting.
    pub en_attente: i64,
    /// Deposit of the oldest one waiting.
    pub plus_ancien: Option<OffsetDateTime>,
    /// Dead letters whose bodies are still there.
    pub abandonnes: i64,
}

/// Counts the outbox.
pub async fn etat(db: impl PgExecutor<'_>) -> sqlx::Result<EtatFile> {
    sqlx::query_as!(
        EtatFile,
        r#"select (select count(*) from courriers where statut = 'a_envoyer') as "en_attente!",
                  (select min(cree_le) from courriers where statut = 'a_envoyer') as plus_ancien,
                  (select count(*) from courriers where statut = 'abandonne' and purge_le is null) as "abandonnes!""#,
    )
    .fetch_one(db)
    .await
}

/// Age of the oldest mail waiting, in seconds; `None` when nothing waits.
pub async fn age(db: impl PgExecutor<'_>) -> sqlx::Result<Option<f64>> {
    sqlx::query_scalar!(
        "select extract(epoch from maintenant() - min(cree_le))::float8 from courriers where statut = 'a_envoyer'"
    )
    .fetch_one(db)
    .await
}

/// A mail as its recipient reads it, link included: for `/demo/courriels` and tests only.
#[derive(Debug, Clone)]
pub struct CourrierLisible {
    /// Row of `courriers`.
    pub id: Uuid,
    /// Deposit.
    pub cree_le: OffsetDateTime,
    /// The same, for the screens.
    pub depose_le: Temps,
    /// Template name.
    pub gabarit: String,
    /// Address.
    pub destinataire: String,
    /// Subject.
    pub sujet: String,
    /// Plain text with the real link; empty once purged.
    pub texte: String,
    /// HTML with the real link; empty once purged.
    pub html: String,
    /// The link both bodies carry.
    pub lien: String,
    /// `a_envoyer`, `envoye` or `abandonne`.
    pub statut: String,
}

/// The newest mails first, at most `limite`.
pub async fn recents(
    db: impl PgExecutor<'_>,
    expedition: &Expedition,
    cles: &Cles,
    limite: i64,
) -> sqlx::Result<Vec<CourrierLisible>> {
    lisibles(db, expedition, cles, None, limite).await
}

/// One mail.
pub async fn lisible(
    db: impl PgExecutor<'_>,
    expedition: &Expedition,
    cles: &Cles,
    id: Uuid,
) -> sqlx::Result<Option<CourrierLisible>> {
    Ok(lisibles(db, expedition, cles, Some(id), 1).await?.pop())
}

async fn lisibles(
    db: impl PgExecutor<'_>,
    expedition: &Expedition,
    cles: &Cles,
    id: Option<Uuid>,
    limite: i64,
) -> sqlx::Result<Vec<CourrierLisible>> {
    let lignes = sqlx::query!(
        r#"select id, cree_le, temps(cree_le) as "depose_le!: Temps", gabarit, destinataire, sujet, texte, html, statut,
                  lien_chemin, jeton_id, jeton_usage
           from courriers where $1::uuid is null or id = $1 order by id desc limit $2"#,
        id,
        limite,
    )
    .fetch_all(db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| {
            let usage = l.jeton_usage.as_deref().and_then(Usage::depuis_code);
            let lien = expedition.lien(cles, l.jeton_id.zip(usage), &l.lien_chemin);
            let (texte, html) = super::texte::poser_lien(&l.texte, &l.html, &lien);
            CourrierLisible {
                id: l.id,
                cree_le: l.cree_le,
                depose_le: l.depose_le,
                gabarit: l.gabarit,
                destinataire: l.destinataire,
                sujet: l.sujet,
                texte,
                html,
                lien,
                statut: l.statut,
            }
        })
        .collect())
}

/// Sends a dead letter again, once its cause is mended. `false`: not a dead letter, or already purged.
pub async fn remettre_en_file(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    let faits = sqlx::query!(
        "with remis as (
           update courriers set statut = 'a_envoyer', essais = 0, prochain_essai_le = maintenant()
            where id = $1 and statut = 'abandonne' and purge_le is null returning id)
         select count(pg_notify('courriers', '')) from remis",
        id,
    )
    .fetch_one(tx)
    .await?;
    Ok(faits.count.unwrap_or(0) == 1)
}

/// Blanks the bodies 30 days after the end of a mail's life (decision 21) and forgets tokens expired for 30 days.
/// Small statements, so that no lock lasts. Returns the number of mails blanked.
pub async fn purger(db: &PgPool) -> sqlx::Result<u64> {
    let mut blanchis = 0;
    loop {
        let lot = sqlx::query!(
            "update courriers set texte = '', html = '', purge_le = maintenant()
              where id in (select id from courriers
                            where statut <> 'a_envoyer' and purge_le is null
                              and cree_le <= maintenant() - interval '30 days'
                              and coalesce(envoye_le, prochain_essai_le) <= maintenant() - interval '30 days'
                            limit 1000 for update skip locked)",
        )
        .execute(db)
        .await?
        .rows_affected();
        blanchis += lot;
        if lot == 0 {
            break;
        }
    }
    sqlx::query!("delete from jetons where expire_le <= maintenant() - interval '30 days'")
        .execute(db)
        .await?;
    Ok(blanchis)
}
