//! What the desk, or the users of the structure it was sent to, do with a sollicitation (R-SUP-FILE, R-SOL-RECEVOIR): take
//! it, answer, note, resolve. Each act is in the thread, in the historique and, where it speaks to the author, in his mail.

use uuid::Uuid;

use super::certificat::verifier_tiers;
use super::courriers::{SollicitationEnAttente, SollicitationRepondue, SollicitationResolue};
use super::etat::Statut;
use super::machine::{self, Ecrit, Ligne, Tenue};
use super::traitant::Traitant;
use crate::courrier;
use crate::db::{SollicitationId, Temps, Tx};
use crate::historique::Action;
use crate::web::Erreur;

/// How it is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reponse {
    /// The author reads it; who answers goes on.
    Simple,
    /// The author reads it and is expected to answer.
    Attendue,
    /// A note of the desk: the author never reads it.
    Interne,
}

pub(super) fn ligne<'a>(
    traitant: &Traitant<'_>,
    interne: bool,
    acte: Option<&'static str>,
    texte: &'a str,
) -> Ligne<'a> {
    Ligne {
        auteur: Some(traitant.connecte().id()),
        cote: traitant.cote(),
        interne,
        acte,
        texte,
    }
}

pub(super) async fn noter(
    tx: &mut Tx,
    traitant: &Traitant<'_>,
    tenue: &Tenue,
    action: Action,
    (interne, motif): (bool, &str),
) -> Result<Uuid, Erreur> {
    let nom = traitant.connecte().personne().nom_complet();
    machine::noter(
        tx,
        traitant,
        &nom,
        // A note of the desk does not reach the feed of the author.
        (!interne).then_some((tenue.emetteur, &*tenue.emetteur_nom)),
        action,
        (&tenue.reference, motif),
    )
    .await
}

/// Nobody has it yet: it is mine from now on.
async fn prendre(tx: &mut Tx, traitant: &Traitant<'_>, tenue: &Tenue) -> Result<(), Erreur> {
    sqlx::query!(
        "update sollicitations set statut = 'en_cours', prise_en_charge_par = $2, prise_en_charge_le = maintenant(),
           modifiee_le = maintenant()
         where id = $1 and prise_en_charge_par is null",
        tenue.id.0,
        traitant.connecte().id().0
    )
    .execute(&mut **tx)
    .await?;
    let ligne = ligne(traitant, false, Some("prise_en_charge"), "");
    machine::ecrire(tx, tenue.id, &ligne).await?;
    let action = Action::SollicitationPriseEnCharge;
    noter(tx, traitant, tenue, action, (false, "")).await?;
    Ok(())
}

/// « Prendre en charge ». By the same person twice: nothing happens the second time.
///
/// # Errors
/// `Introuvable`, `Interdit`: not hers to answer. `Conflit`: somebody else has it, or it is over.
pub async fn prendre_en_charge<'a>(
    tx: &mut Tx,
    traitant: impl Into<Traitant<'a>>,
    id: SollicitationId,
) -> Result<String, Erreur> {
    let traitant = traitant.into();
    let tenue = machine::tenir_a_traiter(tx, &traitant, id).await?;
    if tenue.agent == Some(traitant.connecte().id()) {
        return Ok(tenue.reference);
    }
    if let Some(agent) = &tenue.agent_nom {
        return Err(Erreur::Conflit(format!(
            "Cette sollicitation a déjà été prise en charge par {agent} le {}.",
            tenue
                .agent_depuis
                .as_ref()
                .map(Temps::jour_heure)
                .unwrap_or_default()
        )));
    }
    tenue.encore_ouverte()?;
    verifier_tiers(tx, id, traitant.connecte().id()).await?;
    prendre(tx, &traitant, &tenue).await?;
    Ok(tenue.reference)
}

/// An answer to the author, or a note of the desk. Answering what nobody took takes it.
///
/// # Errors
/// `Introuvable`, `Interdit`: not hers to answer. `Conflit`: it is over. `Invalide`: too many files.
pub async fn repondre_a<'a>(
    tx: &mut Tx,
    traitant: impl Into<Traitant<'a>>,
    id: SollicitationId,
    reponse: Reponse,
    ecrit: Ecrit<'_>,
) -> Result<(), Erreur> {
    let traitant = traitant.into();
    let tenue = machine::tenir_a_traiter(tx, &traitant, id).await?;
    tenue.encore_ouverte()?;
    let interne = reponse == Reponse::Interne;
    if !interne {
        verifier_tiers(tx, id, traitant.connecte().id()).await?;
    }
    if !interne && tenue.agent.is_none() {
        prendre(tx, &traitant, &tenue).await?;
    }
    let qui = tenue.qui();
    dire(tx, &traitant, (tenue, &qui), reponse, ecrit).await
}

/// The line, the state and the mail of an answer; `qui` gives it, for its author. Whoever calls has read the rights.
pub(super) async fn dire(
    tx: &mut Tx,
    traitant: &Traitant<'_>,
    (tenue, qui): (Tenue, &str),
    reponse: Reponse,
    ecrit: Ecrit<'_>,
) -> Result<(), Erreur> {
    let interne = reponse == Reponse::Interne;
    let id = tenue.id;
    let ligne = ligne(traitant, interne, None, ecrit.texte);
    if !machine::ecrire_avec(tx, id, &ligne, ecrit.piece).await? {
        return Ok(());
    }
    let statut = match reponse {
        Reponse::Interne => tenue.statut,
        Reponse::Simple => Statut::EnCours,
        Reponse::Attendue => Statut::EnAttenteDuDemandeur,
    };
    sqlx::query!(
        "update sollicitations set statut = $2, modifiee_le = maintenant() where id = $1",
        id.0,
        statut.code()
    )
    .execute(&mut **tx)
    .await?;
    let action = Action::SollicitationRepondue;
    let evenement = noter(tx, traitant, &tenue, action, (interne, "")).await?;
    if interne {
        return Ok(());
    }
    let auteur = machine::emetteur(tx, tenue.emetteur).await?;
    let (marque, qui) = (tx.marque.to_string(), qui.to_owned());
    if reponse == Reponse::Attendue {
        let courrier = SollicitationEnAttente {
            marque,
            nom_complet: tenue.emetteur_nom,
            qui,
            reference: tenue.reference,
            objet: tenue.objet,
            texte: ecrit.texte.to_owned(),
            sollicitation: id,
        };
        courrier::deposer(tx, evenement, &auteur.destinataire(), &courrier).await?;
    } else {
        let courrier = SollicitationRepondue {
            marque,
            nom_complet: tenue.emetteur_nom,
            qui,
            reference: tenue.reference,
            objet: tenue.objet,
            texte: ecrit.texte.to_owned(),
            sollicitation: id,
        };
        courrier::deposer(tx, evenement, &auteur.destinataire(), &courrier).await?;
    }
    Ok(())
}

/// « Résoudre », saying how: the author reads it and may reopen within 30 days.
///
/// # Errors
/// `Introuvable`, `Interdit`: not hers to answer. `Conflit`: it is over. `Invalide`: too many files.
pub async fn resoudre<'a>(
    tx: &mut Tx,
    traitant: impl Into<Traitant<'a>>,
    id: SollicitationId,
    ecrit: Ecrit<'_>,
) -> Result<String, Erreur> {
    let traitant = traitant.into();
    let tenue = machine::tenir_a_traiter(tx, &traitant, id).await?;
    tenue.encore_ouverte()?;
    verifier_tiers(tx, id, traitant.connecte().id()).await?;
    if tenue.agent.is_none() {
        prendre(tx, &traitant, &tenue).await?;
    }
    sqlx::query!(
        "update sollicitations set statut = 'resolue', resolue_le = maintenant(), modifiee_le = maintenant() where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    let ligne = ligne(&traitant, false, Some("resolution"), ecrit.texte);
    machine::ecrire_avec(tx, id, &ligne, ecrit.piece).await?;
    let action = Action::SollicitationResolue;
    let evenement = noter(tx, &traitant, &tenue, action, (false, ecrit.texte)).await?;
    let auteur = machine::emetteur(tx, tenue.emetteur).await?;
    let courrier = SollicitationResolue {
        marque: tx.marque.to_string(),
        qui: tenue.qui(),
        nom_complet: tenue.emetteur_nom,
        reference: tenue.reference.clone(),
        objet: tenue.objet,
        texte: ecrit.texte.to_owned(),
        sollicitation: id,
    };
    courrier::deposer(tx, evenement, &auteur.destinataire(), &courrier).await?;
    Ok(tenue.reference)
}
