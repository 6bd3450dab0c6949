//! Closing a structure (decisions 3), by its gestionnaire principal or because the file of an import says so.

use super::courriers::{DemandeClose, DemandeReprise};
use super::courriers_structures::{StructureDesactivee, StructureReactivee};
use super::{effets, joignables, passations};
use crate::App;
use crate::abonnements;
use crate::acces::{Connecte, Systeme};
use crate::db::{DemandeId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::web::Erreur;

/// Why nothing waits any more on a structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cloture {
    Desactivation,
    /// It goes on under this identifier, where the requests wait already.
    Reprise(String),
}

impl Cloture {
    fn motif(&self) -> String {
        match self {
            Self::Desactivation => MOTIF_STRUCTURE_DESACTIVEE.to_owned(),
            Self::Reprise(identifiant) => format!(
                "Changement d’identifiant\u{202F}: votre demande est reprise sous l’identifiant {identifiant}, vous n’avez rien à refaire."
            ),
        }
    }
}

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
    sqlx::query!(
        "update structures set statut = 'inactive', modifiee_le = maintenant() where id = $1",
        structure.0
    )
    .execute(&mut **tx)
    .await?;
    let par = auteur.personne().nom_complet();
    fermer(tx, auteur.into(), &par, structure, &lue.raison_sociale).await?;
    Ok(true)
}

/// What an import is called in the historique and in the mails.
const ANNUAIRE: &str = "L’annuaire des structures publiques";

/// Structures whose state an import changed, with something still to close or somebody to tell.
///
/// # Errors
/// Those of the database.
pub async fn a_annoncer(app: &App) -> Result<Vec<StructureId>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id: StructureId" from structures where statut_a_annoncer order by id"#
    )
    .fetch_all(&app.db)
    .await?)
}

/// The same closing as a gestionnaire's, after an import that changed the state of the structure; a return to « active »
/// is told too. Nothing waits for it: an inactive structure takes no request and no decision meanwhile. Answers false when
/// somebody else did it.
///
/// # Errors
/// Those of the database.
pub async fn annoncer_l_import(
    tx: &mut Tx,
    systeme: &Systeme,
    structure: StructureId,
) -> Result<bool, Erreur> {
    effets::verrouiller(tx, &[structure]).await?;
    let Some(lue) = sqlx::query!(
        r#"update structures set statut_a_annoncer = false where id = $1 and statut_a_annoncer
           returning raison_sociale, statut = 'active' as "active!""#,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Ok(false);
    };
    if !lue.active {
        fermer(tx, systeme.into(), ANNUAIRE, structure, &lue.raison_sociale).await?;
        return Ok(true);
    }
    rouvrir(tx, systeme.into(), ANNUAIRE, structure, &lue.raison_sociale).await?;
    Ok(true)
}

/// Opens a deactivated structure again, by the gestionnaire principal it kept: rights are what they were, members are told;
/// the requests that were closed stay so. Answers false when it was active already.
///
/// # Errors
/// `Introuvable`: no such structure. Who may do it is the caller's proof.
pub async fn reactiver(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
) -> Result<bool, Erreur> {
    // What an import closed a moment ago is first told as such.
    annoncer_l_import(tx, &Systeme::processus(), structure).await?;
    let rouverte = sqlx::query_scalar!(
        "update structures set statut = 'active', modifiee_le = maintenant() where id = $1 and statut = 'inactive'
         returning raison_sociale",
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(raison_sociale) = rouverte else {
        return Ok(false);
    };
    let par = auteur.personne().nom_complet();
    rouvrir(tx, auteur.into(), &par, structure, &raison_sociale).await?;
    Ok(true)
}

/// What follows the return of a structure, whoever decided it.
async fn rouvrir(
    tx: &mut Tx,
    auteur: Auteur,
    par: &str,
    structure: StructureId,
    raison_sociale: &str,
) -> Result<(), Erreur> {
    let membres = joignables::membres(tx, structure).await?;
    let ligne = noter(tx, auteur, par, structure, Action::StructureReactivee).await?;
    let marque = tx.marque.to_string();
    joignables::prevenir(tx, ligne, &membres, |j| StructureReactivee {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: raison_sociale.to_owned(),
        par: par.to_owned(),
    })
    .await
}

async fn noter(
    tx: &mut Tx,
    auteur: Auteur,
    par: &str,
    structure: StructureId,
    action: Action,
) -> Result<uuid::Uuid, Erreur> {
    let (avant, apres) = if action == Action::StructureReactivee {
        ("Inactive", "Active")
    } else {
        ("Active", "Inactive")
    };
    let entree = Entree {
        structure: Some(structure),
        action,
        concerne: None,
        demande: None,
        details: Details {
            acteur: par.to_owned(),
            commentaire: if auteur.id().is_none() {
                par.to_owned()
            } else {
                String::new()
            },
            changements: vec![Changement::new("Statut", avant, apres)],
            ..Details::default()
        },
    };
    historique::noter(tx, auteur, entree).await
}

/// What follows the end of a structure, whoever decided it.
async fn fermer(
    tx: &mut Tx,
    auteur: Auteur,
    par: &str,
    structure: StructureId,
    raison_sociale: &str,
) -> Result<(), Erreur> {
    let membres = joignables::membres(tx, structure).await?;
    let ligne = noter(tx, auteur, par, structure, Action::StructureDesactivee).await?;
    let marque = tx.marque.to_string();
    joignables::prevenir(tx, ligne, &membres, |j| StructureDesactivee {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: raison_sociale.to_owned(),
        par: par.to_owned(),
    })
    .await?;
    clore_ce_qui_attend(tx, structure, raison_sociale, &Cloture::Desactivation).await
}

/// Nothing waits on a structure that has just become inactive: its requests are closed by the portal, with its motif and a
/// mail, and a programmed handover is void. The structure must be locked, and inactive already.
///
/// # Errors
/// Those of the database.
pub async fn clore_ce_qui_attend(
    tx: &mut Tx,
    structure: StructureId,
    raison_sociale: &str,
    cloture: &Cloture,
) -> Result<(), Erreur> {
    clore_les_demandes(tx, structure, raison_sociale, cloture).await?;
    abonnements::clore_pour_structure(tx, structure, &cloture.motif()).await?;
    passations::caduques(tx, structure).await?;
    Ok(())
}

async fn clore_les_demandes(
    tx: &mut Tx,
    structure: StructureId,
    raison_sociale: &str,
    cloture: &Cloture,
) -> Result<(), Erreur> {
    let motif = cloture.motif();
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
        motif
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
                motif: motif.clone(),
                ..Details::default()
            },
        })
        .collect();
    historique::noter_plusieurs(tx, &Systeme::processus(), entrees).await?;
    let marque = tx.marque.to_string();
    for close in &closes {
        let auteur = joignables::personne(tx, close.personne).await?;
        if let Cloture::Reprise(identifiant) = cloture {
            joignables::prevenir(tx, close.id.0, &[auteur], |j| DemandeReprise {
                marque: marque.clone(),
                nom_complet: j.nom_complet.clone(),
                structure: raison_sociale.to_owned(),
                identifiant: identifiant.clone(),
            })
            .await?;
            continue;
        }
        joignables::prevenir(tx, close.id.0, &[auteur], |j| DemandeClose {
            marque: marque.clone(),
            nom_complet: j.nom_complet.clone(),
            structure: raison_sociale.to_owned(),
            motif: motif.clone(),
        })
        .await?;
    }
    Ok(())
}
