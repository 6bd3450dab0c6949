//! Many decisions at once: same rule and same effects as one by one, one result per line (spec §8.7).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::annulation;
use super::decision;
use super::en_cours::{self, EnCours};
use super::lignes;
use crate::acces::{Portee, ValiderAbonnements};
use crate::db::{DemandeAbonnementId, StructureId, Tx};
use crate::historique;
use crate::structures::{self, Decidees, Issue, Lot, Prevision};
use crate::web::Erreur;

/// Decides the requests, one transaction for all: the structures are locked in id order, so two overlapping batches in
/// opposite orders cannot deadlock (failure-modes R12). A foreign or unknown id is « introuvable ».
///
/// # Errors
/// Those of the database; what a line refuses is in its issue.
pub async fn decider_en_lot(
    tx: &mut Tx,
    portee: &Portee<ValiderAbonnements>,
    demandes: &[DemandeAbonnementId],
    lot: &Lot,
) -> Result<Decidees<DemandeAbonnementId>, Erreur> {
    let (demandes, lues) = lire(tx, portee, demandes).await?;
    let acte = annulation::ouvrir(tx, portee, &demandes, false).await?;
    let mut issues = Vec::with_capacity(demandes.len());
    let mut entrees = Vec::new();
    for id in demandes {
        let Some(demande) = lues.get(&id) else {
            issues.push(Issue::introuvable(id));
            continue;
        };
        let appliquee = match lot {
            Lot::Valider => {
                let octroi = demande.telle_que_demandee();
                decision::appliquer_validation(tx, portee, demande, &octroi).await
            }
            Lot::Refuser { motif } => decision::appliquer_refus(tx, portee, demande, motif).await,
        };
        let faite = match appliquee {
            Ok(siennes) => {
                entrees.extend(siennes);
                Ok(())
            }
            Err(erreur) => Err(structures::raison(erreur)?),
        };
        issues.push(Issue {
            demande: id,
            libelle: format!("{}, {}", demande.demandeur(), demande.raison_sociale),
            faite,
        });
    }
    let faites: Vec<DemandeAbonnementId> = issues
        .iter()
        .filter(|i| i.faite.is_ok())
        .map(|i| i.demande)
        .collect();
    annulation::clore(tx, acte, &faites).await?;
    historique::noter_plusieurs(tx, &**portee, entrees).await?;
    Ok(Decidees { acte, issues })
}

/// Each line once, read under the lock of its structure.
async fn lire(
    tx: &mut Tx,
    portee: &Portee<ValiderAbonnements>,
    demandes: &[DemandeAbonnementId],
) -> Result<
    (
        Vec<DemandeAbonnementId>,
        BTreeMap<DemandeAbonnementId, EnCours>,
    ),
    Erreur,
> {
    let demandes = structures::cochees(demandes);
    let structures = structures_de(tx, &demandes).await?;
    structures::verrouiller(tx, &structures).await?;
    let lues = en_cours::charger(tx, portee, &demandes).await?;
    Ok((demandes, lues.into_iter().map(|d| (d.id, d)).collect()))
}

/// What [`decider_en_lot`] would do with each line, by the same rule; nothing is written.
///
/// # Errors
/// Those of the database.
pub async fn prevoir_en_lot(
    tx: &mut Tx,
    portee: &Portee<ValiderAbonnements>,
    demandes: &[DemandeAbonnementId],
    lot: &Lot,
) -> Result<Vec<Prevision<DemandeAbonnementId>>, Erreur> {
    let (demandes, lues) = lire(tx, portee, demandes).await?;
    let mut previsions = Vec::with_capacity(demandes.len());
    for id in demandes {
        let Some(demande) = lues.get(&id) else {
            previsions.push(Prevision::introuvable(id));
            continue;
        };
        let effet = match lot {
            Lot::Refuser { .. } => demande.decidable().map(|()| "Refusée".to_owned()),
            Lot::Valider => {
                let jugee = demande.juger(&demande.telle_que_demandee());
                jugee.map(|_| lignes::demandees(&demande.lignes).join(" ; "))
            }
        };
        previsions.push(Prevision {
            demande: id,
            structure: Some(demande.structure),
            demandeur: demande.demandeur().to_owned(),
            raison_sociale: demande.raison_sociale.clone(),
            objet: demande.objet(),
            effet: match effet {
                Ok(mots) => Ok(mots),
                Err(erreur) => Err(structures::raison(erreur)?),
            },
        });
    }
    Ok(previsions)
}

/// Structures of the requests, to lock them before reading anything of them.
async fn structures_de(
    tx: &mut Tx,
    demandes: &[DemandeAbonnementId],
) -> Result<Vec<StructureId>, Erreur> {
    let ids: Vec<Uuid> = demandes.iter().map(|d| d.0).collect();
    Ok(sqlx::query_scalar!(
        r#"select distinct structure_id as "structure: StructureId" from demandes_abonnement where id = any ($1)"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?)
}
