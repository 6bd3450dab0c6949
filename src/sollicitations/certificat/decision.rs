//! What becomes of the signed document: a second agent executes the change, or any agent refuses it.

use uuid::Uuid;

use super::lecture::{self, Certificat, Statut};
use super::{JOURS_POUR_CONTESTER, desinteresse, noter, verrouiller};
use crate::acces::Support;
use crate::courrier;
use crate::db::{PieceId, SollicitationId, Tx, UtilisateurId};
use crate::historique::{Action, Auteur};
use crate::rattachements::{self, Agent};
use crate::sollicitations::courriers::{
    CertificatRefuse, ChangementAbandonne, DesignationTranchee, GestionnaireRemplace,
};
use crate::sollicitations::machine::{self, Ligne};
use crate::sollicitations::{Ecrit, resoudre};
use crate::web::Erreur;

fn conflit(phrase: impl Into<String>) -> Erreur {
    Erreur::Conflit(phrase.into())
}

/// The certificate, under the locks of its structure and of its sollicitation.
async fn tenir(
    tx: &mut Tx,
    support: &Support,
    sollicitation: SollicitationId,
) -> Result<(Certificat, machine::Tenue), Erreur> {
    let vu = lecture::lire(tx, support, sollicitation)
        .await?
        .ok_or(Erreur::Introuvable)?;
    let tenue = verrouiller(tx, vu.structure, sollicitation).await?;
    let certificat = lecture::lire(tx, support, sollicitation)
        .await?
        .ok_or(Erreur::Introuvable)?;
    if certificat.statut != Statut::Envoye {
        return Err(conflit(format!(
            "Ce certificat est déjà {} par {}.",
            certificat.statut.libelle().to_lowercase(),
            certificat.tranche_par_nom.as_deref().unwrap_or("un agent")
        )));
    }
    let nommes: Vec<UtilisateurId> = [tenue.emetteur, certificat.successeur.id]
        .into_iter()
        .chain(certificat.ancien.as_ref().map(|a| a.id))
        .collect();
    desinteresse(tx, support, certificat.structure, &nommes).await?;
    Ok((certificat, tenue))
}

async fn trancher(
    tx: &mut Tx,
    support: &Support,
    certificat: &Certificat,
    piece: Option<PieceId>,
    motif: &str,
) -> Result<(), Erreur> {
    sqlx::query!(
        "update certificats set statut = case when $2::uuid is null then 'refuse' else 'execute' end, piece_id = $2,
           tranche_par = $3, tranche_motif = $4, tranche_le = maintenant()
         where id = $1 and statut = 'envoye'",
        certificat.id.0,
        piece.map(|p| p.0),
        support.id().0,
        motif
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// « Approuver et exécuter »: the transfer itself, everybody told, the sollicitation resolved. Answers the sentence of it.
///
/// # Errors
/// `Conflit`: the agent who sent it may not approve it; contested; the gestionnaire principal is not the one it names any
/// more; decided meanwhile. `Invalide` at `piece`: not one of the files that came back.
pub async fn approuver(
    tx: &mut Tx,
    support: &Support,
    sollicitation: SollicitationId,
    piece: PieceId,
    motif: &str,
) -> Result<String, Erreur> {
    let (certificat, tenue) = tenir(tx, support, sollicitation).await?;
    if certificat.envoye_par == support.id() {
        return Err(conflit(
            "Vous avez envoyé ce certificat\u{202F}: un second agent doit l’approuver.",
        ));
    }
    if let Some(reference) = &certificat.contestee {
        return Err(conflit(format!(
            "Ce changement est contesté\u{202F}: traitez d’abord la sollicitation {reference}."
        )));
    }
    if certificat.contestation_agent == Some(support.id()) {
        return Err(conflit(
            "Vous avez traité la contestation de ce changement\u{202F}: un autre agent doit approuver le certificat.",
        ));
    }
    tenue.encore_ouverte()?;
    let signees = lecture::signees(tx, &certificat).await?;
    if !signees.iter().any(|s| s.id == piece) {
        return Err(Erreur::champ(
            "piece",
            "Choisissez le document signé, parmi les fichiers reçus depuis l’envoi du certificat.",
        ));
    }
    let agent = support.personne().nom_complet();
    let remplacement = rattachements::remplacer(
        tx,
        &Agent::nouveau(support, &tenue.reference, motif),
        certificat.structure,
        certificat.ancien.as_ref().map(|a| a.id),
        certificat.successeur.id,
    )
    .await
    .map_err(en_conflit)?;
    trancher(tx, support, &certificat, Some(piece), motif).await?;
    let successeur = (
        certificat.successeur.id,
        certificat.successeur.nom_complet.as_str(),
    );
    let evenement = noter(
        tx,
        Auteur::from(support),
        &agent,
        certificat.structure,
        (Action::CertificatExecute, successeur),
        (&tenue.reference, motif),
    )
    .await?;
    avertir_du_remplacement(tx, evenement, &certificat, motif).await?;
    avertir_le_referent(tx, evenement, (&certificat, &agent), (true, motif)).await?;
    let phrase = format!(
        "{} est gestionnaire principal de {}.",
        remplacement.successeur, remplacement.raison_sociale
    );
    let texte = format!("Le certificat administratif signé est approuvé. {phrase}");
    let ecrit = Ecrit {
        texte: &texte,
        piece: None,
    };
    resoudre(tx, support, sollicitation, ecrit).await?;
    Ok(phrase)
}

/// « Refuser »: its author reads why in the thread and by mail; another certificate may be sent.
///
/// # Errors
/// `Conflit`: decided meanwhile.
pub async fn refuser(
    tx: &mut Tx,
    support: &Support,
    sollicitation: SollicitationId,
    motif: &str,
) -> Result<String, Erreur> {
    let (certificat, tenue) = tenir(tx, support, sollicitation).await?;
    trancher(tx, support, &certificat, None, motif).await?;
    let texte = format!("Le certificat administratif est refusé\u{202F}: {motif}");
    let ligne = Ligne {
        auteur: Some(support.id()),
        cote: "support",
        interne: false,
        acte: None,
        texte: &texte,
    };
    machine::ecrire(tx, sollicitation, &ligne).await?;
    sqlx::query!(
        "update sollicitations set modifiee_le = maintenant(),
           statut = case when statut = 'en_attente_du_demandeur' then 'en_cours' else statut end
         where id = $1",
        sollicitation.0
    )
    .execute(&mut **tx)
    .await?;
    let agent = support.personne().nom_complet();
    let successeur = (
        certificat.successeur.id,
        certificat.successeur.nom_complet.as_str(),
    );
    let evenement = noter(
        tx,
        Auteur::from(support),
        &agent,
        certificat.structure,
        (Action::CertificatRefuse, successeur),
        (&tenue.reference, motif),
    )
    .await?;
    avertir_du_refus(tx, evenement, &certificat, &tenue, motif).await?;
    avertir_le_referent(tx, evenement, (&certificat, &agent), (false, motif)).await?;
    Ok(tenue.reference)
}

/// Who may not be named is not a fault of the form: the document names him.
fn en_conflit(erreur: Erreur) -> Erreur {
    match erreur {
        Erreur::Invalide(erreurs) => conflit(erreurs.phrases().join(" ")),
        autre => autre,
    }
}

/// Whom it replaced, with where he may contest it.
async fn avertir_du_remplacement(
    tx: &mut Tx,
    evenement: Uuid,
    certificat: &Certificat,
    motif: &str,
) -> Result<(), Erreur> {
    let Some(ancien) = &certificat.ancien else {
        return Ok(());
    };
    let courrier = GestionnaireRemplace {
        marque: tx.marque.to_string(),
        nom_complet: ancien.nom_complet.clone(),
        structure: certificat.raison_sociale.clone(),
        successeur: certificat.successeur.phrase(),
        motif: motif.to_owned(),
        jours: JOURS_POUR_CONTESTER,
        certificat: certificat.id,
    };
    Ok(courrier::deposer(tx, evenement, &ancien.destinataire(), &courrier).await?)
}

/// Whoever prepared it without having the desk reads here what became of it.
async fn avertir_le_referent(
    tx: &mut Tx,
    evenement: Uuid,
    (certificat, agent): (&Certificat, &str),
    (execute, motif): (bool, &str),
) -> Result<(), Erreur> {
    if !certificat.par_un_referent {
        return Ok(());
    }
    let referent = machine::emetteur(tx, certificat.envoye_par).await?;
    let courrier = DesignationTranchee {
        marque: tx.marque.to_string(),
        nom_complet: referent.nom_complet.clone(),
        structure: certificat.raison_sociale.clone(),
        reference: certificat.reference.clone(),
        successeur: certificat.successeur.phrase(),
        agent: agent.to_owned(),
        execute,
        motif: motif.to_owned(),
    };
    Ok(courrier::deposer(tx, evenement, &referent.destinataire(), &courrier).await?)
}

/// The author, why; and the gestionnaire principal, who was told of the change.
async fn avertir_du_refus(
    tx: &mut Tx,
    evenement: Uuid,
    certificat: &Certificat,
    tenue: &machine::Tenue,
    motif: &str,
) -> Result<(), Erreur> {
    let emetteur = machine::emetteur(tx, tenue.emetteur).await?;
    let courrier = CertificatRefuse {
        marque: tx.marque.to_string(),
        nom_complet: tenue.emetteur_nom.clone(),
        structure: certificat.raison_sociale.clone(),
        reference: tenue.reference.clone(),
        motif: motif.to_owned(),
        sollicitation: tenue.id,
    };
    courrier::deposer(tx, evenement, &emetteur.destinataire(), &courrier).await?;
    if let Some(ancien) = &certificat.ancien {
        let courrier = ChangementAbandonne {
            marque: tx.marque.to_string(),
            nom_complet: ancien.nom_complet.clone(),
            structure: certificat.raison_sociale.clone(),
            successeur: certificat.successeur.phrase(),
        };
        courrier::deposer(tx, evenement, &ancien.destinataire(), &courrier).await?;
    }
    Ok(())
}
