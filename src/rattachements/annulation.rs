//! Undoing the decision of a demande de rattachement: what `decisions` asks of its kinds.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::courriers_annulation::DecisionAnnulee;
use super::statuts::{Cause, changer_statuts};
use crate::abonnements;
use crate::acces::Connecte;
use crate::courrier;
use crate::db::{DemandeId, RattachementId, Tx};
use crate::decisions::Prise;
use crate::web::Erreur;

pub(super) async fn obstacles(
    tx: &mut Tx,
    par: &Connecte,
    decisions: &[Uuid],
) -> Result<BTreeMap<Uuid, Option<String>>, Erreur> {
    let lus = sqlx::query!(
        r#"select x.id,
                  case
                    when u.statut not in ('actif', 'en_cours_activation') then 'Le compte de cette personne n’est plus actif.'
                    when exists (select from demandes_rattachement n
                                 where n.structure_id = d.structure_id and n.utilisateur_id = d.utilisateur_id
                                   and n.statut = 'en_cours_de_validation')
                      then 'Cette personne a déjà refait une demande.'
                    when image_du_rattachement(d.structure_id, d.utilisateur_id) <> x.apres
                      then E'Le rattachement de cette personne a changé depuis\u202F: modifiez-le plutôt.'
                  end as obstacle
           from decisions x
           join demandes_rattachement d on d.id = x.demande_rattachement_id
           join portees_demandes p on p.demande_id = d.id and p.gestionnaire_id = $1
           join utilisateurs u on u.id = d.utilisateur_id
           where x.id = any ($2)"#,
        par.id().0,
        decisions
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(lus.into_iter().map(|l| (l.id, l.obstacle)).collect())
}

/// The same requests again, under their new ids.
pub(super) async fn rouvrir(
    tx: &mut Tx,
    par: &Connecte,
    prises: &[(&Prise, DemandeId)],
) -> Result<(), Erreur> {
    sqlx::query!(
        "with nouvelles as (
           insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire, reprend)
           select p.nouvelle, d.structure_id, d.utilisateur_id, d.role, d.maille_structure, d.commentaire, d.id
           from unnest($1::uuid[], $2::uuid[]) as p (ancienne, nouvelle) join demandes_rattachement d on d.id = p.ancienne
           returning id, structure_id, reprend)
         insert into demande_services (demande_id, structure_id, service_id)
         select n.id, n.structure_id, ds.service_id from nouvelles n join demande_services ds on ds.demande_id = n.reprend",
        &prises.iter().map(|(p, _)| p.demande).collect::<Vec<_>>(),
        &prises.iter().map(|(_, nouvelle)| nouvelle.0).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    let marque = tx.marque.to_string();
    let courriers = prises.iter().map(|(prise, nouvelle)| {
        let courrier = DecisionAnnulee {
            marque: marque.clone(),
            nom_complet: prise.auteur.nom_complet.clone(),
            structure: prise.raison_sociale.clone(),
            validee: prise.validee(),
            le: prise.le.clone(),
            par: par.personne().nom_complet(),
        };
        (nouvelle.0, &prise.auteur, courrier)
    });
    courrier::prevenir_chacun(tx, courriers.collect()).await
}

/// Puts back what was there: nothing, a stopped rattachement, or another one. The espaces of the role and of the settings
/// follow from it.
pub(super) async fn restaurer(tx: &mut Tx, prises: &[&Prise]) -> Result<(), Erreur> {
    let decisions: Vec<Uuid> = prises.iter().map(|p| p.id).collect();
    let avant = sqlx::query!(
        r#"select (x.apres #>> '{rattachement,id}')::uuid as "rattachement!: RattachementId",
                  x.avant = '{}' as "absent!", x.avant #>> '{rattachement,cause}' as cause
           from decisions x where x.id = any ($1)"#,
        &decisions
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut arrets = Vec::new();
    let mut restants = Vec::new();
    for l in avant {
        let cause = if l.absent {
            Some(Cause::Depart)
        } else {
            restants.push(l.rattachement);
            Cause::lire(l.cause.as_deref())
        };
        if cause.is_some() {
            arrets.push((l.rattachement, cause));
        }
    }
    changer_statuts(tx, &arrets).await?;
    if restants.is_empty() {
        return Ok(());
    }
    remettre(tx, &decisions, &restants).await?;
    abonnements::recalculer_plusieurs(tx, &restants).await
}

/// The rows as the first images hold them, where there is one.
async fn remettre(
    tx: &mut Tx,
    decisions: &[Uuid],
    restants: &[RattachementId],
) -> Result<(), Erreur> {
    let restants: Vec<Uuid> = restants.iter().map(|r| r.0).collect();
    sqlx::query!(
        "update rattachements r set role = a.role, maille_structure = a.maille_structure, capacites = a.capacites,
           date_debut = a.date_debut, date_fin = a.date_fin, commentaire = a.commentaire, reactive_le = a.reactive_le,
           modifie_le = a.modifie_le
         from decisions x, jsonb_populate_record(null::rattachements, x.avant -> 'rattachement') a
         where x.id = any ($1) and r.id = any ($2) and r.id = a.id",
        decisions,
        &restants
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from rattachement_services where rattachement_id = any ($1)",
        &restants
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into rattachement_services
         select a.* from decisions x, jsonb_populate_recordset(null::rattachement_services, x.avant -> 'services') a
         where x.id = any ($1)",
        decisions
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from abonnements where rattachement_id = any ($1) and origine = 'demande'",
        &restants
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into abonnements
         select a.* from decisions x, jsonb_populate_recordset(null::abonnements, x.avant -> 'abonnements') a
         where x.id = any ($1)",
        decisions
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
