//! What a change of the catalogue does to the rattachements in force: carried by the jobs, five hundred rattachements at a
//! time in the order of their ids, each time in a transaction of its own with its lines of historique.

use uuid::Uuid;

use super::effets;
use crate::App;
use crate::acces::Systeme;
use crate::db::{RattachementId, StructureId, Tx, en_transaction};
use crate::historique::{self, Action, Details, Entree};
use crate::structures::verrouiller;
use crate::web::Erreur;

/// Rattachements of one transaction.
const LOT: i64 = 500;
/// Transactions of one run; the next minute goes on.
const LOTS: usize = 200;

/// Who has this espace without asking has changed: the jobs carry it, from the first rattachement on. `phrase`: what each
/// structure reads of it.
///
/// # Errors
/// Those of the database.
pub async fn demander_l_application(
    tx: &mut Tx,
    espace: &str,
    phrase: &str,
    motif: &str,
) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into catalogue_a_appliquer (espace, phrase, motif) values ($1, $2, $3)
         on conflict (espace) do update set dernier = null, phrase = excluded.phrase, motif = excluded.motif,
           demande_le = maintenant()",
        espace,
        phrase,
        motif
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Carries what waits. Answers how many rattachements changed.
///
/// # Errors
/// The database does not answer.
pub async fn appliquer_le_catalogue(app: &App, systeme: &Systeme) -> Result<u64, Erreur> {
    let mut changes = 0;
    for _ in 0..LOTS {
        match en_transaction!(app, |tx| un_lot(tx, systeme).await)? {
            Some(nombre) => changes += nombre,
            None => break,
        }
    }
    Ok(changes)
}

/// `None`: nothing waits any more.
async fn un_lot(tx: &mut Tx, systeme: &Systeme) -> Result<Option<u64>, Erreur> {
    let Some(attente) = sqlx::query!(
        "select espace, dernier, phrase, motif from catalogue_a_appliquer order by demande_le, espace limit 1 for update"
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Ok(None);
    };
    let lot = sqlx::query!(
        r#"select id as "id: RattachementId", structure_id as "structure: StructureId" from rattachements
           where id > $1 order by id limit $2"#,
        attente.dernier.unwrap_or_else(Uuid::nil),
        LOT
    )
    .fetch_all(&mut **tx)
    .await?;
    let Some(dernier) = lot.last().map(|r| r.id) else {
        sqlx::query!(
            "delete from catalogue_a_appliquer where espace = $1",
            attente.espace
        )
        .execute(&mut **tx)
        .await?;
        return Ok(Some(0));
    };
    let structures: Vec<_> = lot.iter().map(|r| r.structure).collect();
    verrouiller(tx, &structures).await?;
    let ids: Vec<_> = lot.iter().map(|r| r.id.0).collect();
    let differents = sqlx::query!(
        r#"with dus as (
             select d.rattachement_id, d.service_id from abonnements_dus d
             where d.rattachement_id = any ($1) and d.espace = $2 and d.origine = 'defaut'),
           tenus as (
             select a.rattachement_id, a.service_id from abonnements a
             where a.rattachement_id = any ($1) and a.espace = $2 and a.origine = 'defaut')
           select r.id as "id: RattachementId", r.structure_id as "structure: StructureId"
           from rattachements r
           where r.id in (select rattachement_id from ((table dus except table tenus) union all (table tenus except table dus)) x)
             and r.statut = 'validee'
           order by r.id"#,
        &ids,
        attente.espace
    )
    .fetch_all(&mut **tx)
    .await?;
    let changes: Vec<_> = differents.iter().map(|d| d.id).collect();
    effets::recalculer_plusieurs(tx, &changes).await?;
    let mut touchees: Vec<_> = differents.iter().map(|d| d.structure).collect();
    touchees.sort_unstable();
    touchees.dedup();
    let entrees = touchees
        .into_iter()
        .map(|structure| Entree {
            structure: Some(structure),
            action: Action::EspacesRegles,
            concerne: None,
            demande: None,
            details: Details {
                commentaire: attente.phrase.clone(),
                motif: attente.motif.clone(),
                ..Details::default()
            },
        })
        .collect();
    historique::noter_plusieurs(tx, systeme, entrees).await?;
    sqlx::query!(
        "update catalogue_a_appliquer set dernier = $2 where espace = $1",
        attente.espace,
        dernier.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(Some(u64::try_from(changes.len()).unwrap_or_default()))
}
