//! What an act on a rattachement does to its espaces: written once, called by every decision, transfer, departure and job.

use super::cloture::{self, Fin};
use crate::db::{RattachementId, StructureId, Tx, UtilisateurId};
use crate::web::Erreur;

/// Makes the espaces of a rattachement agree with its role, its reach and its state: those of the role, given in
/// Modification (spec §13), and those set on the structure and on its services. What was obtained by request stays, within
/// the services that stay; what is asked for services that were lost is closed. The structure must be locked.
///
/// # Errors
/// Those of the database.
pub async fn recalculer(tx: &mut Tx, rattachement: RattachementId) -> Result<(), Erreur> {
    let demandes = sqlx::query_scalar!(
        r#"with dus as materialized (
             select d.structure_id, d.rattachement_id, d.service_id, d.espace, d.origine, d.droit
             from abonnements_dus d where d.rattachement_id = $1),
           retires as (
             delete from abonnements a
             where a.rattachement_id = $1 and a.origine <> 'demande'
               and not exists (select from dus d
                               where d.espace = a.espace and d.origine = a.origine
                                 and d.service_id is not distinct from a.service_id)),
           poses as (
             insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
             select uuid_v7(), d.structure_id, d.rattachement_id, d.service_id, d.espace, d.droit, d.origine from dus d
             on conflict on constraint abonnements_cle do update set droit = excluded.droit
               where abonnements.droit <> excluded.droit)
           select exists (select from abonnements a where a.rattachement_id = $1 and a.origine = 'demande')
               or exists (select from rattachements r
                          join demande_abonnement_lignes l on l.structure_id = r.structure_id
                               and l.utilisateur_id = r.utilisateur_id and l.statut = 'demandee'
                          where r.id = $1) as "demandes!""#,
        rattachement.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if demandes {
        resserrer(tx, rattachement).await?;
        cloture::ecarter_hors_maille(tx, rattachement).await?;
    }
    Ok(())
}

/// What was obtained by request narrows with the rattachement: « tous les services » becomes the services that are left.
async fn resserrer(tx: &mut Tx, rattachement: RattachementId) -> Result<(), Erreur> {
    sqlx::query!(
        "with mailles as materialized (
           select m.service_id from rattachements_mailles m where m.rattachement_id = $1),
         retires as (
           delete from abonnements a
           where a.rattachement_id = $1 and a.origine = 'demande'
             and not exists (select from mailles m where m.service_id is null or m.service_id is not distinct from a.service_id)
           returning a.structure_id, a.service_id, a.espace, a.droit)
         insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
         select uuid_v7(), r.structure_id, $1, m.service_id, r.espace, r.droit, 'demande'
         from retires r cross join mailles m where r.service_id is null
         on conflict on constraint abonnements_cle do update set droit = greatest(abonnements.droit, excluded.droit)",
        rattachement.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nothing of a rattachement that ended stays open (security.md AC8): its espaces go, and what was asked through it is
/// closed. The structure must be locked.
///
/// # Errors
/// Those of the database.
pub async fn fermer(tx: &mut Tx, rattachement: RattachementId, fin: Fin) -> Result<(), Erreur> {
    let ferme = sqlx::query!(
        r#"with acces as (delete from abonnements where rattachement_id = $1)
           select r.structure_id as "structure: StructureId", r.utilisateur_id as "personne: UtilisateurId"
           from rattachements r
           where r.id = $1
             and exists (select from demandes_abonnement d
                         where d.structure_id = r.structure_id and d.utilisateur_id = r.utilisateur_id
                           and d.statut = 'en_cours_de_validation')"#,
        rattachement.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    match ferme {
        Some(ferme) => cloture::clore(tx, ferme.structure, Some(ferme.personne), fin).await,
        None => Ok(()),
    }
}
