//! Undoing the decision of a demande d'abonnement: what `decisions` asks of its kinds.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::changements;
use super::courriers::AbonnementAnnule;
use super::lignes;
use super::parametrage;
use crate::acces::Connecte;
use crate::courrier;
use crate::db::{DemandeAbonnementId, Tx};
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
                    when u.statut <> 'actif'
                         or not exists (select from rattachements r
                                        where r.structure_id = d.structure_id and r.utilisateur_id = d.utilisateur_id
                                          and r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant()))
                      then 'Cette personne n’est plus rattachée à la structure.'
                    when exists (select from demande_abonnement_lignes l
                                 join demande_abonnement_lignes n on n.structure_id = l.structure_id
                                      and n.utilisateur_id = l.utilisateur_id and n.espace = l.espace
                                      and n.service_id is not distinct from l.service_id and n.statut = 'demandee'
                                 where l.demande_id = d.id)
                      then 'Cette personne a déjà refait une demande.'
                    when image_des_espaces(d.id, x.avant -> 'parametrage' <> 'null') <> x.apres
                      then E'Les espaces de cette demande ont changé depuis\u202F: modifiez-les plutôt.'
                  end as obstacle
           from decisions x
           join demandes_abonnement d on d.id = x.demande_abonnement_id
           join portees_abonnements p on p.demande_id = d.id and p.gestionnaire_id = $1
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
    prises: &[(&Prise, DemandeAbonnementId)],
) -> Result<(), Erreur> {
    let anciennes: Vec<Uuid> = prises.iter().map(|(p, _)| p.demande).collect();
    let nouvelles: Vec<DemandeAbonnementId> = prises.iter().map(|(_, id)| *id).collect();
    let brutes: Vec<Uuid> = nouvelles.iter().map(|id| id.0).collect();
    // The headers first: a line refers to its own by a key of three columns.
    sqlx::query!(
        "insert into demandes_abonnement (id, structure_id, utilisateur_id, reprend)
         select p.nouvelle, d.structure_id, d.utilisateur_id, d.id
         from unnest($1::uuid[], $2::uuid[]) as p (ancienne, nouvelle) join demandes_abonnement d on d.id = p.ancienne",
        &anciennes,
        &brutes
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, service_id, espace, droit, commentaire)
         select uuid_v7(), p.nouvelle, l.structure_id, l.utilisateur_id, l.service_id, l.espace, l.droit, l.commentaire
         from unnest($1::uuid[], $2::uuid[]) as p (ancienne, nouvelle)
         join demande_abonnement_lignes l on l.demande_id = p.ancienne",
        &anciennes,
        &brutes
    )
    .execute(&mut **tx)
    .await?;
    let lues = lignes::charger(tx, &nouvelles).await?;
    let marque = tx.marque.to_string();
    let courriers = prises.iter().map(|(prise, nouvelle)| {
        let demandees = lues.get(nouvelle).map(|l| lignes::demandees(l));
        let courrier = AbonnementAnnule {
            marque: marque.clone(),
            nom_complet: prise.auteur.nom_complet.clone(),
            structure: prise.raison_sociale.clone(),
            lignes: demandees.unwrap_or_default(),
            validee: prise.validee(),
            le: prise.le.clone(),
            par: par.personne().nom_complet(),
        };
        (nouvelle.0, &prise.auteur, courrier)
    });
    courrier::prevenir_chacun(tx, courriers.collect()).await
}

/// The espaces of these lines; then, where they were opened to everybody, the settings.
pub(super) async fn restaurer(
    tx: &mut Tx,
    par: &Connecte,
    prises: &[&Prise],
) -> Result<(), Erreur> {
    let decisions: Vec<Uuid> = prises.iter().map(|p| p.id).collect();
    let larges = sqlx::query!(
        r#"select x.id,
                  array(select distinct l.espace from demande_abonnement_lignes l where l.demande_id = d.id) as "espaces!"
           from decisions x join demandes_abonnement d on d.id = x.demande_abonnement_id
           where x.id = any ($1) and d.etendue in ('services', 'structure')"#,
        &decisions
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut avant = Vec::new();
    for large in &larges {
        let prise = prises.iter().find(|p| p.id == large.id);
        if let Some(prise) = prise {
            let espaces = Some(large.espaces.as_slice());
            let etat = changements::en_vigueur(tx, prise.structure, espaces).await?;
            avant.push((*prise, &large.espaces, etat));
        }
    }
    remettre(tx, &decisions).await?;
    // A wide reach is the choice of a screen: never in a batch.
    for (prise, espaces, avant) in avant {
        remettre_les_reglages(tx, prise).await?;
        parametrage::accorder(tx, prise.structure, espaces).await?;
        let apres = changements::en_vigueur(tx, prise.structure, Some(espaces)).await?;
        let touchees = changements::differences(&avant, &apres);
        let auteur = Some(prise.auteur.id);
        changements::annoncer(tx, par, &prise.raison_sociale, &touchees, auteur).await?;
    }
    Ok(())
}

async fn remettre(tx: &mut Tx, decisions: &[Uuid]) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from abonnements a using decisions x, demande_abonnement_lignes l
         where x.id = any ($1) and l.demande_id = x.demande_abonnement_id
           and a.rattachement_id = (x.apres ->> 'rattachement')::uuid and a.origine = 'demande'
           and a.espace = l.espace and a.service_id is not distinct from l.service_id",
        decisions
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

/// Whoever loses some is told.
async fn remettre_les_reglages(tx: &mut Tx, prise: &Prise) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from parametrage_espaces p using decisions x, demande_abonnement_lignes l
         where x.id = $1 and l.demande_id = x.demande_abonnement_id and p.structure_id = x.structure_id
           and p.espace = l.espace and (p.service_id is null or p.service_id = l.service_id)",
        prise.id
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into parametrage_espaces
         select p.* from decisions x, jsonb_populate_recordset(null::parametrage_espaces, x.avant -> 'parametrage') p
         where x.id = $1",
        prise.id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
