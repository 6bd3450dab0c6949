//! Many decisions at once: same rule and same effects as one by one, one result per line (spec §8.7).

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::annulation;
use super::decision;
use super::effets::{self, Attribution};
use super::en_cours::{self, EnCours};
use super::regle::Octroi;
use crate::acces::{Portee, Role, ValiderRattachements};
use crate::courrier;
use crate::db::{DemandeId, ServiceId, StructureId, Tx};
use crate::historique;
use crate::structures::{self, Decidees, Issue, Lot, Prevision};
use crate::web::Erreur;

/// Decides the requests, one transaction for all: the structures are locked in id order, so two overlapping batches in
/// opposite orders cannot deadlock (failure-modes R12). A foreign or unknown id is « introuvable ».
pub async fn decider_en_lot(
    tx: &mut Tx,
    portee: &Portee<ValiderRattachements>,
    demandes: &[DemandeId],
    lot: &Lot,
) -> Result<Decidees<DemandeId>, Erreur> {
    let (demandes, lues, actifs) = lire(tx, portee, demandes).await?;
    let acte = annulation::ouvrir(tx, portee, &demandes).await?;
    let mut issues = Vec::with_capacity(demandes.len());
    let (mut entrees, mut valides, mut refuses) = (Vec::new(), Vec::new(), Vec::new());
    for id in demandes {
        let Some(demande) = lues.get(&id) else {
            issues.push(Issue::introuvable(id));
            continue;
        };
        let appliquee = match lot {
            Lot::Valider => {
                let octroi = tel_que_demande(demande, portee);
                decision::appliquer_validation(tx, portee, demande, &octroi, &actifs)
                    .await
                    .map(|faite| {
                        valides.push(faite.courrier);
                        faite.entree
                    })
            }
            Lot::Refuser { motif } => decision::appliquer_refus(tx, portee, demande, motif)
                .await
                .map(|faite| {
                    refuses.push(faite.courrier);
                    faite.entree
                }),
        };
        let faite = match appliquee {
            Ok(entree) => {
                entrees.push(entree);
                Ok(())
            }
            Err(erreur) => Err(structures::raison(erreur)?),
        };
        issues.push(Issue {
            demande: id,
            libelle: format!("{}, {}", demande.nom_complet, demande.raison_sociale),
            faite,
        });
    }
    courrier::deposer_en_masse(tx, &valides).await?;
    courrier::deposer_en_masse(tx, &refuses).await?;
    let faites: Vec<DemandeId> = issues
        .iter()
        .filter(|i| i.faite.is_ok())
        .map(|i| i.demande)
        .collect();
    annulation::clore(tx, acte, &faites).await?;
    historique::noter_plusieurs(tx, &**portee, entrees).await?;
    Ok(Decidees { acte, issues })
}

/// Each line once, read under the lock of its structure, and the active services there.
async fn lire(
    tx: &mut Tx,
    portee: &Portee<ValiderRattachements>,
    demandes: &[DemandeId],
) -> Result<
    (
        Vec<DemandeId>,
        BTreeMap<DemandeId, EnCours>,
        BTreeSet<ServiceId>,
    ),
    Erreur,
> {
    let demandes = structures::cochees(demandes);
    let structures = structures_de(tx, &demandes).await?;
    effets::verrouiller(tx, &structures).await?;
    let lues = en_cours::charger(tx, portee, &demandes).await?;
    let actifs = en_cours::services_actifs(tx, &structures).await?;
    let lues = lues.into_iter().map(|d| (d.id, d)).collect();
    Ok((demandes, lues, actifs))
}

/// What [`decider_en_lot`] would do with each line, by the same rule; nothing is written.
///
/// # Errors
/// Those of the database.
pub async fn prevoir_en_lot(
    tx: &mut Tx,
    portee: &Portee<ValiderRattachements>,
    demandes: &[DemandeId],
    lot: &Lot,
) -> Result<Vec<Prevision<DemandeId>>, Erreur> {
    let (demandes, lues, actifs) = lire(tx, portee, demandes).await?;
    let mut previsions = Vec::with_capacity(demandes.len());
    let mut octrois = Vec::new();
    for id in demandes {
        let Some(demande) = lues.get(&id) else {
            previsions.push(Prevision::introuvable(id));
            continue;
        };
        let effet = match lot {
            Lot::Refuser { .. } => demande.decidable().map(|()| "Refusée".to_owned()),
            Lot::Valider => {
                let jugee = demande.juger(&tel_que_demande(demande, portee), &actifs);
                jugee.map(|j| {
                    octrois.push((previsions.len(), id, j.attribution));
                    String::new()
                })
            }
        };
        previsions.push(Prevision {
            demande: id,
            structure: Some(demande.structure),
            demandeur: demande.nom_complet.clone(),
            raison_sociale: demande.raison_sociale.clone(),
            objet: demande.objet(),
            effet: match effet {
                Ok(mots) => Ok(mots),
                Err(erreur) => Err(structures::raison(erreur)?),
            },
        });
    }
    for (rang, mots) in en_mots(tx, &octrois).await? {
        previsions[rang].effet = Ok(mots);
    }
    Ok(previsions)
}

/// « Utilisateur simple ; Service achats ; espaces : Factures émises », in one statement for all.
async fn en_mots(
    tx: &mut Tx,
    octrois: &[(usize, DemandeId, Attribution)],
) -> Result<Vec<(usize, String)>, Erreur> {
    let services = octrois.iter().flat_map(|(rang, _, a)| {
        let rang = i64::try_from(*rang).unwrap_or_default();
        a.services.iter().map(move |s| (rang, s.0))
    });
    let (rangs, services): (Vec<i64>, Vec<Uuid>) = services.unzip();
    let lues = sqlx::query!(
        r#"with octrois as (
             select o.rang, d.structure_id, o.role, o.maille
             from unnest($1::bigint[], $2::uuid[], $3::text[], $4::bool[]) as o (rang, demande, role, maille)
             join demandes_rattachement d on d.id = o.demande),
           siens as (select * from unnest($5::bigint[], $6::uuid[]) as x (rang, service))
           select o.rang as "rang!", o.maille as "maille!",
                  array(select v.libelle from siens x join services v on v.id = x.service
                        where x.rang = o.rang order by v.cle_tri) as "services!",
                  espaces_ouverts(o.structure_id, o.role, o.maille,
                                  array(select x.service from siens x where x.rang = o.rang)) as "espaces!"
           from octrois o"#,
        &octrois.iter().map(|(r, ..)| i64::try_from(*r).unwrap_or_default()).collect::<Vec<_>>(),
        &octrois.iter().map(|(_, d, _)| d.0).collect::<Vec<_>>(),
        &octrois.iter().map(|(.., a)| a.role.code().to_owned()).collect::<Vec<_>>(),
        &octrois.iter().map(|(.., a)| a.maille_structure).collect::<Vec<_>>(),
        &rangs,
        &services
    )
    .fetch_all(&mut **tx)
    .await?;
    let mots = lues.into_iter().filter_map(|l| {
        let rang = usize::try_from(l.rang).ok()?;
        let (.., attribution) = octrois.iter().find(|(r, ..)| *r == rang)?;
        let perimetre = if l.maille {
            "toute la structure".to_owned()
        } else {
            l.services.join(", ")
        };
        let espaces = if l.espaces.is_empty() {
            "aucun espace".to_owned()
        } else {
            format!("espaces : {}", l.espaces.join(", "))
        };
        let role = attribution.role.libelle();
        Some((rang, format!("{role} sur {perimetre} ; {espaces}")))
    });
    Ok(mots.collect())
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
