//! Deciding a request: one at a time or in bulk, the same rule and the same effects (failure-modes R11).

use std::collections::BTreeSet;

use uuid::Uuid;

use super::annulation;
use super::courriers::{RattachementRefuse, RattachementValide};
use super::effets::{self, Attribution};
use super::en_cours::{EnCours, Jugee, charger, services_actifs};
use super::regle::{self, Octroi};
use crate::acces::{Connecte, Gestion, ValiderRattachements};
use crate::courrier::{self, Destinataire};
use crate::db::{DemandeId, RattachementId, ServiceId, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::Decidee;
use crate::web::Erreur;

/// A decision that is written but for its line of the historique and its mail, which a batch writes for all at once.
pub(super) struct Faite<C> {
    pub entree: Entree,
    pub courrier: (Uuid, Destinataire, C),
}

/// Loads one request of the structure of the proof, or 404.
async fn une(
    tx: &mut Tx,
    gestion: &Gestion<ValiderRattachements>,
    id: DemandeId,
) -> Result<EnCours, Erreur> {
    let structure = gestion.structure().id;
    effets::verrouiller(tx, &[structure]).await?;
    let lue = charger(tx, gestion, &[id]).await?.into_iter().next();
    lue.filter(|d| d.structure == structure)
        .ok_or(Erreur::Introuvable)
}

/// « Valider » (seed 001 §2): the right, its services, its default espaces, the historique, the mail: one transaction.
pub async fn valider(
    tx: &mut Tx,
    gestion: &Gestion<ValiderRattachements>,
    id: DemandeId,
    octroi: &Octroi,
) -> Result<Decidee, Erreur> {
    let demande = une(tx, gestion, id).await?;
    let actifs = services_actifs(tx, &[demande.structure]).await?;
    let acte = annulation::ouvrir(tx, gestion, &[id]).await?;
    let faite = appliquer_validation(tx, gestion, &demande, octroi, &actifs).await?;
    annulation::clore(tx, acte, &[id]).await?;
    historique::noter(tx, &***gestion, faite.entree).await?;
    courrier::deposer_en_masse(tx, &[faite.courrier]).await?;
    Ok(Decidee {
        acte,
        demandeur: demande.nom_complet,
    })
}

/// « Refuser »: the motif is mandatory; services already validated stay as they are (spec §13).
pub async fn refuser(
    tx: &mut Tx,
    gestion: &Gestion<ValiderRattachements>,
    id: DemandeId,
    motif: &str,
) -> Result<Decidee, Erreur> {
    let demande = une(tx, gestion, id).await?;
    let acte = annulation::ouvrir(tx, gestion, &[id]).await?;
    let faite = appliquer_refus(tx, gestion, &demande, motif).await?;
    annulation::clore(tx, acte, &[id]).await?;
    historique::noter(tx, &***gestion, faite.entree).await?;
    courrier::deposer_en_masse(tx, &[faite.courrier]).await?;
    Ok(Decidee {
        acte,
        demandeur: demande.nom_complet,
    })
}

/// The guarded update: decided once, a second click changes nothing.
async fn trancher(
    tx: &mut Tx,
    demande: &EnCours,
    statut: &str,
    par: &Connecte,
    motif: Option<&str>,
    accorde: Option<(RattachementId, &Attribution)>,
) -> Result<Vec<String>, Erreur> {
    let services = accorde.map(|(_, a)| a.services.as_slice());
    let services: Vec<Uuid> = services.unwrap_or_default().iter().map(|s| s.0).collect();
    let change = sqlx::query!(
        r#"with tranchee as (
             update demandes_rattachement set statut = $2, traitee_le = maintenant(), traitee_par = $3, motif = $4,
               rattachement_id = $5
             where id = $1 and statut = 'en_cours_de_validation' returning id),
           lignes as (
             update demande_services ds set statut = case when $6 or ds.service_id = any ($7) then 'accordee' else 'ecartee' end
             from tranchee t where ds.demande_id = t.id)
           select exists (select from tranchee) as "faite!",
                  array(select v.libelle from services v where v.id = any ($7) order by v.cle_tri) as "accordes!""#,
        demande.id.0,
        statut,
        par.id().0,
        motif,
        accorde.map(|(r, _)| r.0),
        accorde.is_some_and(|(_, a)| a.maille_structure),
        &services
    )
    .fetch_one(&mut **tx)
    .await?;
    if change.faite {
        Ok(change.accordes)
    } else {
        Err(Erreur::Conflit(
            "Cette demande vient d’être traitée par quelqu’un d’autre.".to_owned(),
        ))
    }
}

pub(super) async fn appliquer_validation(
    tx: &mut Tx,
    par: &Connecte,
    demande: &EnCours,
    octroi: &Octroi,
    actifs: &BTreeSet<ServiceId>,
) -> Result<Faite<RattachementValide>, Erreur> {
    let Jugee {
        attribution,
        gardes,
    } = demande.juger(octroi, actifs)?;
    let rattache = effets::attacher_en_gardant(
        tx,
        demande.structure,
        demande.personne,
        &attribution,
        &gardes,
    )
    .await?;
    let accorde = Some((rattache.id, &attribution));
    let accordes = trancher(tx, demande, "validee", par, None, accorde).await?;
    let perimetre = if octroi.maille_structure {
        "toute la structure".to_owned()
    } else {
        accordes.join(", ")
    };
    let courrier = RattachementValide {
        marque: tx.marque.to_string(),
        nom_complet: demande.nom_complet.clone(),
        structure: demande.raison_sociale.clone(),
        role: octroi.role.libelle(),
        perimetre: perimetre.clone(),
        par: par.personne().nom_complet(),
    };
    let avant = if demande.maille_structure {
        "toute la structure".to_owned()
    } else {
        demande.libelles.join(", ")
    };
    let mut changements = vec![
        Changement::new("Rôle", demande.role.libelle(), octroi.role.libelle()),
        Changement::new("Services", avant, perimetre),
    ];
    if octroi.fin.is_some() {
        let periode = regle::periode(octroi.debut, octroi.fin);
        changements.push(Changement::new("Période", "", periode));
    }
    let entree = Entree {
        structure: Some(demande.structure),
        action: Action::DemandeValidee,
        concerne: Some(demande.personne),
        demande: Some(demande.id),
        details: Details {
            acteur: par.personne().nom_complet(),
            concerne: demande.nom_complet.clone(),
            commentaire: octroi.commentaire.clone(),
            changements,
            ..Details::default()
        },
    };
    Ok(Faite {
        entree,
        courrier: (demande.id.0, destinataire(demande), courrier),
    })
}

pub(super) async fn appliquer_refus(
    tx: &mut Tx,
    par: &Connecte,
    demande: &EnCours,
    motif: &str,
) -> Result<Faite<RattachementRefuse>, Erreur> {
    demande.decidable()?;
    trancher(tx, demande, "refusee", par, Some(motif), None).await?;
    let courrier = RattachementRefuse {
        marque: tx.marque.to_string(),
        nom_complet: demande.nom_complet.clone(),
        structure: demande.raison_sociale.clone(),
        motif: motif.to_owned(),
        par: par.personne().nom_complet(),
    };
    let entree = Entree {
        structure: Some(demande.structure),
        action: Action::DemandeRefusee,
        concerne: Some(demande.personne),
        demande: Some(demande.id),
        details: Details {
            acteur: par.personne().nom_complet(),
            concerne: demande.nom_complet.clone(),
            commentaire: demande.commentaire.clone(),
            motif: motif.to_owned(),
            ..Details::default()
        },
    };
    Ok(Faite {
        entree,
        courrier: (demande.id.0, destinataire(demande), courrier),
    })
}

fn destinataire(demande: &EnCours) -> Destinataire {
    Destinataire {
        utilisateur: Some(demande.personne.0),
        adresse: demande.adresse_contact.clone(),
    }
}
