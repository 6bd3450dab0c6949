//! Many decisions at once: same rule and same effects as one by one, one result per line (spec §8.7).

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::decision::{self, EnCours};
use super::effets;
use super::regle::Octroi;
use crate::acces::{Portee, Role, ValiderRattachements};
use crate::db::{DemandeId, StructureId, Tx};
use crate::historique;
use crate::structures;
use crate::web::Erreur;

pub use crate::structures::{LOT_MAX, Lot};

/// The result of one line.
pub type Issue = structures::Issue<DemandeId>;

/// Decides the requests, one transaction for all: the structures are locked in id order, so two overlapping batches in
/// opposite orders cannot deadlock (failure-modes R12). A foreign or unknown id is « introuvable ».
pub async fn decider_en_lot(
    tx: &mut Tx,
    portee: &Portee<ValiderRattachements>,
    demandes: &[DemandeId],
    lot: &Lot,
) -> Result<Vec<Issue>, Erreur> {
    let demandes = structures::cochees(demandes);
    let structures = structures_de(tx, &demandes).await?;
    effets::verrouiller(tx, &structures).await?;
    let lues: BTreeMap<DemandeId, EnCours> = decision::charger(tx, portee, &demandes)
        .await?
        .into_iter()
        .map(|d| (d.id, d))
        .collect();
    let actifs = decision::services_actifs(tx, &structures).await?;
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
                let octroi = tel_que_demande(demande, portee);
                decision::appliquer_validation(tx, portee, demande, &octroi, &actifs).await
            }
            Lot::Refuser { motif } => decision::appliquer_refus(tx, portee, demande, motif).await,
        };
        let faite = match appliquee {
            Ok(entree) => {
                entrees.push(entree);
                Ok(())
            }
            // Refusals of the rule come before any write: the line is left as it was, the others go on.
            Err(Erreur::Conflit(phrase)) => Err(phrase),
            Err(Erreur::Invalide(erreurs)) => Err(erreurs.phrases().join(" ")),
            Err(autre) => return Err(autre),
        };
        let libelle = format!("{}, {}", demande.nom_complet, demande.raison_sociale);
        issues.push(Issue {
            demande: id,
            libelle,
            faite,
        });
    }
    historique::noter_plusieurs(tx, &**portee, entrees).await?;
    Ok(issues)
}

/// What was asked, and nothing taken away: a GS stays one, an end date stays, services validated stay.
fn tel_que_demande(demande: &EnCours, portee: &Portee<ValiderRattachements>) -> Octroi {
    let tenu = &demande.tenu;
    let maille_structure = demande.maille_structure || tenu.maille_structure;
    let mut services = BTreeSet::new();
    if !maille_structure {
        services.extend(demande.services.iter().copied());
        services.extend(tenu.services.iter().filter(|s| demande.decideur.couvre(s)));
    }
    Octroi {
        role: if tenu.role == Some(Role::Gs) {
            Role::Gs
        } else {
            demande.role
        },
        debut: None,
        fin: tenu.fin,
        commentaire: format!("Rattachement par {}", portee.personne().nom_complet()),
        maille_structure,
        services: services.into_iter().collect(),
    }
}

/// Structures of the requests, to lock them before reading anything of them.
async fn structures_de(tx: &mut Tx, demandes: &[DemandeId]) -> Result<Vec<StructureId>, Erreur> {
    let ids: Vec<Uuid> = demandes.iter().map(|d| d.0).collect();
    Ok(sqlx::query_scalar!(
        r#"select distinct structure_id as "structure: StructureId" from demandes_rattachement where id = any ($1)"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?)
}
