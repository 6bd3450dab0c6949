//! What an act on rattachements does to their espaces: written once, for one and for many, called by every decision,
//! transfer, departure and job.

use uuid::Uuid;

use super::cloture::{self, Fin};
use crate::db::{RattachementId, StructureId, Tx, UtilisateurId};
use crate::web::Erreur;

/// The same for one.
///
/// # Errors
/// Those of the database.
pub async fn recalculer(tx: &mut Tx, rattachement: RattachementId) -> Result<(), Erreur> {
    recalculer_plusieurs(tx, &[rattachement]).await
}

/// Makes the espaces of each rattachement agree with its role, its reach and its state: those of the role, given in
/// Modification (spec §13), and those set on the structure and on its services. What was obtained by request stays, within
/// the services that stay; what is asked for services that were lost is closed. The structures must be locked. The
/// statements do not depend on how many there are.
///
/// # Errors
/// Those of the database.
pub async fn recalculer_plusieurs(
    tx: &mut Tx,
    rattachements: &[RattachementId],
) -> Result<(), Erreur> {
    if rattachements.is_empty() {
        return Ok(());
    }
    let avec_demandes = sqlx::query_scalar!(
        r#"with dus as materialized (
             select d.structure_id, d.rattachement_id, d.service_id, d.espace, d.origine, d.droit
             from abonnements_dus d where d.rattachement_id = any ($1)),
           retires as (
             delete from abonnements a
             where a.rattachement_id = any ($1) and a.origine <> 'demande'
               and not exists (select from dus d
                               where d.rattachement_id = a.rattachement_id and d.espace = a.espace and d.origine = a.origine
                                 and d.service_id is not distinct from a.service_id)),
           poses as (
             insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
             select uuid_v7(), d.structure_id, d.rattachement_id, d.service_id, d.espace, d.droit, d.origine from dus d
             on conflict on constraint abonnements_cle do update set droit = excluded.droit
               where abonnements.droit <> excluded.droit)
           select r.id as "id: RattachementId" from rattachements r
           where r.id = any ($1)
             and (exists (select from abonnements a where a.rattachement_id = r.id and a.origine = 'demande')
                  or exists (select from demande_abonnement_lignes l
                             where l.structure_id = r.structure_id and l.utilisateur_id = r.utilisateur_id
                               and l.statut = 'demandee'))"#,
        &bruts(rattachements)
    )
    .fetch_all(&mut **tx)
    .await?;
    if !avec_demandes.is_empty() {
        resserrer(tx, &avec_demandes).await?;
        cloture::ecarter_hors_maille(tx, &avec_demandes).await?;
    }
    Ok(())
}

fn bruts(rattachements: &[RattachementId]) -> Vec<Uuid> {
    rattachements.iter().map(|r| r.0).collect()
}

/// What was obtained by request narrows with the rattachement: « tous les services » becomes the services that are left.
async fn resserrer(tx: &mut Tx, rattachements: &[RattachementId]) -> Result<(), Erreur> {
    sqlx::query!(
        "with mailles as materialized (
           select m.rattachement_id, m.service_id from rattachements_mailles m where m.rattachement_id = any ($1)),
         retires as (
           delete from abonnements a
           where a.rattachement_id = any ($1) and a.origine = 'demande'
             and not exists (select from mailles m
                             where m.rattachement_id = a.rattachement_id
                               and (m.service_id is null or m.service_id is not distinct from a.service_id))
           returning a.structure_id, a.rattachement_id, a.service_id, a.espace, a.droit)
         insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
         select uuid_v7(), r.structure_id, r.rattachement_id, m.service_id, r.espace, r.droit, 'demande'
         from retires r join mailles m on m.rattachement_id = r.rattachement_id where r.service_id is null
         on conflict on constraint abonnements_cle do update set droit = greatest(abonnements.droit, excluded.droit)",
        &bruts(rattachements)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nothing of a rattachement that ended stays open (security.md AC8): its espaces go, and what was asked through it is
/// closed. The structures must be locked.
///
/// # Errors
/// Those of the database.
pub async fn fermer(tx: &mut Tx, rattachements: &[RattachementId], fin: Fin) -> Result<(), Erreur> {
    if rattachements.is_empty() {
        return Ok(());
    }
    let fermes = sqlx::query!(
        r#"with acces as (delete from abonnements where rattachement_id = any ($1))
           select r.structure_id as "structure: StructureId", r.utilisateur_id as "personne: UtilisateurId"
           from rattachements r
           where r.id = any ($1)
             and exists (select from demandes_abonnement d
                         where d.structure_id = r.structure_id and d.utilisateur_id = r.utilisateur_id
                           and d.statut = 'en_cours_de_validation')"#,
        &bruts(rattachements)
    )
    .fetch_all(&mut **tx)
    .await?;
    let siennes: Vec<_> = fermes.iter().map(|f| (f.structure, f.personne)).collect();
    cloture::clore(tx, &siennes, fin).await
}
