//! Requests that the portal closes itself: nobody can decide them any more.
//!
//! Only a person with a rattachement in force asks, so that a request ends with it. The account was deactivated by its
//! owner: `retiree` (decisions 4). The structure was deactivated, or the rattachement ended in any other way: `refusee` by
//! `Systeme`, with the motif (as decisions 3 says of the requests of a closed structure).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::courriers::AbonnementClos;
use super::lignes::{self, pour_l_historique};
use crate::acces::Systeme;
use crate::courrier::{self, Destinataire};
use crate::db::{DemandeAbonnementId, RattachementId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Details, Entree};
use crate::web::Erreur;

/// Motif of a request closed with the rattachement of its author.
pub const MOTIF_FIN_DU_RATTACHEMENT: &str = "Rattachement terminé";
/// Motif of a request whose services its author has left.
const MOTIF_SERVICES_RETIRES: &str =
    "Rattachement modifié\u{202F}: les services demandés en sont sortis";

/// Why nothing can be decided any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fin {
    /// The author deactivated the account.
    Compte,
    /// The rattachement ended: left, removed, deactivated, past its date.
    Rattachement,
}

/// A request just closed, and its author.
struct Close {
    id: DemandeAbonnementId,
    structure: StructureId,
    personne: UtilisateurId,
    nom_complet: String,
    adresse: String,
    raison_sociale: String,
}

/// Every open request of a structure, when it is deactivated (decisions 3). The structure must be locked.
///
/// # Errors
/// Those of the database.
pub async fn clore_pour_structure(
    tx: &mut Tx,
    structure: StructureId,
    motif: &str,
) -> Result<(), Erreur> {
    let closes = fermer(tx, &[(structure, None)], "refusee", Some(motif)).await?;
    annoncer(tx, &closes, Some(motif)).await
}

/// The open requests of each person on each structure.
pub(super) async fn clore(
    tx: &mut Tx,
    personnes: &[(StructureId, UtilisateurId)],
    fin: Fin,
) -> Result<(), Erreur> {
    if personnes.is_empty() {
        return Ok(());
    }
    let (statut, motif) = match fin {
        Fin::Compte => ("retiree", None),
        Fin::Rattachement => ("refusee", Some(MOTIF_FIN_DU_RATTACHEMENT)),
    };
    let de: Vec<_> = personnes.iter().map(|(s, p)| (*s, Some(*p))).collect();
    let closes = fermer(tx, &de, statut, motif).await?;
    annoncer(tx, &closes, motif).await
}

/// Of one person there, or of everybody (`None`).
async fn fermer(
    tx: &mut Tx,
    de: &[(StructureId, Option<UtilisateurId>)],
    statut: &str,
    motif: Option<&str>,
) -> Result<Vec<Close>, Erreur> {
    Ok(sqlx::query_as!(
        Close,
        r#"with closes as (
             update demandes_abonnement d set statut = $3, traitee_le = maintenant(), motif = $4
             from unnest($1::uuid[], $2::uuid[]) as c (structure, personne)
             where d.structure_id = c.structure and (c.personne is null or d.utilisateur_id = c.personne)
               and d.statut = 'en_cours_de_validation'
             returning d.id, d.structure_id, d.utilisateur_id),
           ecartees as (
             update demande_abonnement_lignes l set statut = 'ecartee' from closes c
             where l.demande_id = c.id and l.statut = 'demandee')
           select c.id as "id: DemandeAbonnementId", c.structure_id as "structure: StructureId", u.id as "personne: UtilisateurId",
                  u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse, s.raison_sociale
           from closes c join utilisateurs u on u.id = c.utilisateur_id join structures s on s.id = c.structure_id
           order by c.id"#,
        &de.iter().map(|(s, _)| s.0).collect::<Vec<_>>(),
        &de.iter().map(|(_, p)| p.map(Uuid::from)).collect::<Vec<_>>() as &[Option<Uuid>],
        statut,
        motif
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Lines asked for services that the rattachements do not reach any more; a request left with none is closed.
pub(super) async fn ecarter_hors_maille(
    tx: &mut Tx,
    rattachements: &[RattachementId],
) -> Result<(), Erreur> {
    let ecartees = sqlx::query_scalar!(
        "update demande_abonnement_lignes l set statut = 'ecartee'
         from rattachements r
         where r.id = any ($1) and l.structure_id = r.structure_id and l.utilisateur_id = r.utilisateur_id
           and l.statut = 'demandee'
           and not exists (select from rattachements_mailles m
                           where m.rattachement_id = r.id
                             and (m.service_id is null or m.service_id is not distinct from l.service_id))
         returning l.demande_id",
        &rattachements.iter().map(|r| r.0).collect::<Vec<_>>()
    )
    .fetch_all(&mut **tx)
    .await?;
    if ecartees.is_empty() {
        return Ok(());
    }
    let closes = sqlx::query_as!(
        Close,
        r#"with closes as (
             update demandes_abonnement d set statut = 'refusee', traitee_le = maintenant(), motif = $2
             where d.id = any ($1) and d.statut = 'en_cours_de_validation'
               and not exists (select from demande_abonnement_lignes l where l.demande_id = d.id and l.statut = 'demandee')
             returning d.id, d.structure_id, d.utilisateur_id)
           select c.id as "id: DemandeAbonnementId", c.structure_id as "structure: StructureId", u.id as "personne: UtilisateurId",
                  u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse, s.raison_sociale
           from closes c join utilisateurs u on u.id = c.utilisateur_id join structures s on s.id = c.structure_id
           order by c.id"#,
        &ecartees,
        MOTIF_SERVICES_RETIRES
    )
    .fetch_all(&mut **tx)
    .await?;
    annoncer(tx, &closes, Some(MOTIF_SERVICES_RETIRES)).await
}

/// The historique, signed by the portal, and a mail to each author who did not close the account himself.
async fn annoncer(tx: &mut Tx, closes: &[Close], motif: Option<&str>) -> Result<(), Erreur> {
    if closes.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = closes.iter().map(|c| c.id).collect();
    let lignes: BTreeMap<_, _> = lignes::charger(tx, &ids).await?;
    let en_mots = |close: &Close| {
        let siennes = lignes.get(&close.id).map(|l| lignes::demandees(l));
        siennes.unwrap_or_default()
    };
    let entrees = closes
        .iter()
        .map(|close| Entree {
            structure: Some(close.structure),
            action: if motif.is_some() {
                Action::AbonnementRefuse
            } else {
                Action::DemandeAbonnementRetiree
            },
            concerne: Some(close.personne),
            demande: Some(pour_l_historique(close.id)),
            details: Details {
                acteur: "Système".to_owned(),
                concerne: close.nom_complet.clone(),
                commentaire: en_mots(close).join("\u{202F}; "),
                motif: motif.unwrap_or_default().to_owned(),
                ..Details::default()
            },
        })
        .collect();
    historique::noter_plusieurs(tx, &Systeme::processus(), entrees).await?;
    let Some(motif) = motif else {
        return Ok(());
    };
    let marque = tx.marque.to_string();
    let courriers = closes.iter().map(|close| {
        let auteur = Destinataire {
            utilisateur: Some(close.personne.0),
            adresse: close.adresse.clone(),
        };
        let courrier = AbonnementClos {
            marque: marque.clone(),
            nom_complet: close.nom_complet.clone(),
            structure: close.raison_sociale.clone(),
            lignes: en_mots(close),
            motif: motif.to_owned(),
        };
        (close.id.0, auteur, courrier)
    });
    let courriers: Vec<_> = courriers.collect();
    Ok(courrier::deposer_en_masse(tx, &courriers).await?)
}
