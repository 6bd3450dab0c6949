//! Closing a structure (decisions 3).

use super::courriers::{DemandeClose, StructureDesactivee};
use super::joignables;
use crate::abonnements;
use crate::acces::{Connecte, Systeme};
use crate::db::{DemandeId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::Erreur;

/// Motif of the requests closed with their structure (decisions 3).
pub const MOTIF_STRUCTURE_DESACTIVEE: &str = "Structure désactivée";

/// Deactivates a structure: rights become read-only, open requests are closed by the portal with their mail, members
/// are told (spec §13). Rattachements and the pointer stay. The structure must be locked; answers false when it was
/// inactive already.
///
/// # Errors
/// `Introuvable`: no such structure. Who may do it is the caller's proof.
pub async fn desactiver(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
) -> Result<bool, Erreur> {
    let lue = sqlx::query!(
        r#"select raison_sociale, statut = 'active' as "active!" from structures where id = $1"#,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if !lue.active {
        return Ok(false);
    }
    let membres = joignables::membres(tx, structure).await?;
    sqlx::query!(
        "update structures set statut = 'inactive', modifiee_le = maintenant() where id = $1",
        structure.0
    )
    .execute(&mut **tx)
    .await?;
    let ligne = historique::noter(
        tx,
        auteur,
        Entree {
            structure: Some(structure),
            action: Action::StructureDesactivee,
            concerne: None,
            demande: None,
            details: Details {
                acteur: auteur.personne().nom_complet(),
                changements: vec![Changement::new("Statut", "Active", "Inactive")],
                ..Details::default()
            },
        },
    )
    .await?;
    let marque = tx.marque.to_string();
    joignables::prevenir(tx, ligne, &membres, |j| StructureDesactivee {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: lue.raison_sociale.clone(),
        par: auteur.personne().nom_complet(),
    })
    .await?;
    clore_les_demandes(tx, structure, &lue.raison_sociale).await?;
    abonnements::clore_pour_structure(tx, structure, MOTIF_STRUCTURE_DESACTIVEE).await?;
    Ok(true)
}

async fn clore_les_demandes(
    tx: &mut Tx,
    structure: StructureId,
    raison_sociale: &str,
) -> Result<(), Erreur> {
    let closes = sqlx::query!(
        r#"with lignes as (
             update demande_services ds set statut = 'ecartee' from demandes_rattachement d
             where d.id = ds.demande_id and d.structure_id = $1 and d.statut = 'en_cours_de_validation'),
           closes as (
             update demandes_rattachement set statut = 'refusee', traitee_le = maintenant(), motif = $2, acte = $2
             where structure_id = $1 and statut = 'en_cours_de_validation'
             returning id, utilisateur_id, commentaire)
           select c.id as "id: DemandeId", u.id as "personne: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!",
                  c.commentaire
           from closes c join utilisateurs u on u.id = c.utilisateur_id order by c.id"#,
        structure.0,
        MOTIF_STRUCTURE_DESACTIVEE
    )
    .fetch_all(&mut **tx)
    .await?;
    let entrees = closes
        .iter()
        .map(|close| Entree {
            structure: Some(structure),
            action: Action::DemandeRefusee,
            concerne: Some(close.personne),
            demande: Some(close.id),
            details: Details {
                acteur: "Système".to_owned(),
                concerne: close.nom_complet.clone(),
                commentaire: close.commentaire.clone(),
                motif: MOTIF_STRUCTURE_DESACTIVEE.to_owned(),
                ..Details::default()
            },
        })
        .collect();
    historique::noter_plusieurs(tx, &Systeme::processus(), entrees).await?;
    let marque = tx.marque.to_string();
    for close in &closes {
        let auteur = joignables::personne(tx, close.personne).await?;
        joignables::prevenir(tx, close.id.0, &[auteur], |j| DemandeClose {
            marque: marque.clone(),
            nom_complet: j.nom_complet.clone(),
            structure: raison_sociale.to_owned(),
            motif: MOTIF_STRUCTURE_DESACTIVEE.to_owned(),
        })
        .await?;
    }
    Ok(())
}
