//! Who receives a request: the référents of the périmètre of the structure, or the support where there is none.

use sqlx::{PgExecutor, PgPool};

use crate::App;
use crate::acces::Systeme;
use crate::db::{PerimetreId, StructureId, Tx, en_transaction};
use crate::web::Erreur;

/// The périmètre that covers the structure, if a référent answers for it.
///
/// # Errors
/// Those of the database.
pub async fn pour_la_structure(
    db: impl PgExecutor<'_>,
    structure: StructureId,
) -> Result<Option<PerimetreId>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select v.perimetre_id as "id!: PerimetreId" from structures_des_perimetres v
           where v.structure_id = $1
             and exists (select from referents_effectifs r where r.perimetre_id = v.perimetre_id)"#,
        structure.0
    )
    .fetch_optional(db)
    .await?)
}

/// « Le référent (Académie de Lyon) », « Le support ».
///
/// # Errors
/// Those of the database.
pub async fn qui(tx: &mut Tx, perimetre: Option<PerimetreId>) -> Result<String, Erreur> {
    let nom = sqlx::query_scalar!(
        "select nom from perimetres where id = $1",
        perimetre.map(|p| p.0)
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(nom.map_or_else(
        || "Le support".to_owned(),
        |nom| format!("Le référent ({nom})"),
    ))
}

/// What is open in a périmètre that has no référent any more goes to the support. Answers how much.
///
/// # Errors
/// Those of the database.
pub async fn passer_au_support(tx: &mut Tx, perimetre: PerimetreId) -> Result<u64, Erreur> {
    let passees = sqlx::query_scalar!(
        r#"with sans as (
             select p.id from perimetres p
             where p.id = $1 and not exists (select from referents_effectifs r where r.perimetre_id = p.id)),
           demandes as (
             update demandes_de_compte set perimetre_id = null
             where statut = 'ouverte' and perimetre_id in (select id from sans) returning id),
           sollicitees as (
             update sollicitations set destinataire = 'support', perimetre_id = null, statut = 'nouvelle',
               prise_en_charge_par = null, prise_en_charge_le = null, modifiee_le = maintenant()
             where rang < 4 and perimetre_id in (select id from sans) returning id)
           select (select count(*) from demandes) + (select count(*) from sollicitees) as "n!""#,
        perimetre.0
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(passees.unsigned_abs())
}

/// The same wherever a référent left without an administrateur saying so: his account was deactivated. Run by the jobs.
///
/// # Errors
/// Those of the database.
pub async fn passer_les_orphelines(app: &App, _: &Systeme) -> Result<u64, Erreur> {
    let perimetres = sqlx::query_scalar!(
        r#"select p.id as "id: PerimetreId" from perimetres p
           where not exists (select from referents_effectifs r where r.perimetre_id = p.id)
             and (exists (select from demandes_de_compte d where d.perimetre_id = p.id and d.statut = 'ouverte')
                  or exists (select from sollicitations s where s.perimetre_id = p.id and s.rang < 4))"#
    )
    .fetch_all(&app.db)
    .await?;
    let mut passees = 0;
    for perimetre in perimetres {
        passees += en_transaction!(app, |tx| passer_au_support(tx, perimetre).await)?;
    }
    Ok(passees)
}

/// Unconfirmed for 7 days, or answered for a year: the words of somebody who has no account, gone. Answers how many.
///
/// # Errors
/// Those of the database.
pub async fn oublier_les_anciennes(db: &PgPool) -> sqlx::Result<u64> {
    let oubliees = sqlx::query!(
        "delete from demandes_de_compte
         where (statut = 'a_confirmer' and deposee_le <= maintenant() - interval '7 days')
            or traitee_le <= maintenant() - interval '1 year'"
    )
    .execute(db)
    .await?;
    Ok(oubliees.rows_affected())
}
