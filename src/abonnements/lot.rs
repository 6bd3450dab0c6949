//! Many decisions at once: same rule and same effects as one by one, one result per line (spec §8.7).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::decision;
use super::en_cours::{self, EnCours};
use crate::acces::{Portee, ValiderAbonnements};
use crate::db::{DemandeAbonnementId, StructureId, Tx};
use crate::historique;
use crate::structures;
use crate::web::Erreur;

pub use crate::structures::{LOT_MAX, Lot};

/// The result of one line.
pub type Issue = structures::Issue<DemandeAbonnementId>;

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
) -> Result<Vec<Issue>, Erreur> {
    let demandes = structures::cochees(demandes);
    let structures = structures_de(tx, &demandes).await?;
    structures::verrouiller(tx, &structures).await?;
    let lues: BTreeMap<DemandeAbonnementId, EnCours> = en_cours::charger(tx, portee, &demandes)
        .await?
        .into_iter()
        .map(|d| (d.id, d))
        .collect();
    let mut issues = Vec::with_capacity(demandes.len());
    let mut entrees = Vec::new();
    for id in demandes {
        let Some(demande) = lues.get(&id) else {
            issues.push(Issue {
                demande: id,
                libelle: String::new(),
                faite: Err("Demande introuvable.".to_owned()),
            });
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
            // Refusals of the rule come before any write: the line is left as it was, the others go on.
            Err(Erreur::Conflit(phrase)) => Err(phrase),
            Err(Erreur::Invalide(erreurs)) => Err(erreurs.phrases().join(" ")),
            Err(autre) => return Err(autre),
        };
        issues.push(Issue {
            demande: id,
            libelle: format!("{}, {}", demande.demandeur(), demande.raison_sociale),
            faite,
        });
    }
    historique::noter_plusieurs(tx, &**portee, entrees).await?;
    Ok(issues)
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
