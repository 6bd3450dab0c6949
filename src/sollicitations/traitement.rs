//! What the desk does with a sollicitation (R-SUP-FILE): take it, answer, note, resolve. Each act is in the thread, in the
//! historique and, where it speaks to the author, in his mail.

use super::courriers::{SollicitationEnAttente, SollicitationRepondue, SollicitationResolue};
use super::etat::Statut;
use super::machine::{self, Ligne, Tenue};
use crate::acces::Support;
use crate::courrier;
use crate::db::{SollicitationId, Temps, Tx};
use crate::historique::Action;
use crate::web::Erreur;

/// How the desk answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reponse {
    /// The author reads it; the desk goes on.
    Simple,
    /// The author reads it and is expected to answer.
    Attendue,
    /// A note of the desk: the author never reads it.
    Interne,
}

fn ligne<'a>(
    support: &Support,
    interne: bool,
    acte: Option<&'static str>,
    texte: &'a str,
) -> Ligne<'a> {
    Ligne {
        auteur: support.id(),
        cote: "support",
        interne,
        acte,
        texte,
    }
}

async fn noter(
    tx: &mut Tx,
    support: &Support,
    tenue: &Tenue,
    action: Action,
    interne: bool,
) -> Result<uuid::Uuid, Erreur> {
    let nom = support.personne().nom_complet();
    machine::noter(
        tx,
        support,
        &nom,
        // A note of the desk does not reach the feed of the author.
        (!interne).then_some((tenue.emetteur, &*tenue.emetteur_nom)),
        action,
        &tenue.reference,
    )
    .await
}

fn terminee(tenue: &Tenue) -> Result<(), Erreur> {
    if tenue.statut.ouverte() {
        Ok(())
    } else {
        Err(Erreur::Conflit(format!(
            "Cette sollicitation est {}\u{202F}: seul son auteur peut la rouvrir.",
            tenue.statut.libelle().to_lowercase()
        )))
    }
}

/// Nobody has it yet: it is mine from now on.
async fn prendre(tx: &mut Tx, support: &Support, tenue: &Tenue) -> Result<(), Erreur> {
    sqlx::query!(
        "update sollicitations set statut = 'en_cours', prise_en_charge_par = $2, prise_en_charge_le = maintenant(),
           modifiee_le = maintenant()
         where id = $1 and prise_en_charge_par is null",
        tenue.id.0,
        support.id().0
    )
    .execute(&mut **tx)
    .await?;
    machine::ecrire(
        tx,
        tenue.id,
        &ligne(support, false, Some("prise_en_charge"), ""),
    )
    .await?;
    noter(
        tx,
        support,
        tenue,
        Action::SollicitationPriseEnCharge,
        false,
    )
    .await?;
    Ok(())
}

/// « Prendre en charge ». By the same agent twice: nothing happens the second time.
///
/// # Errors
/// `Conflit`: another agent has it, or it is over.
pub async fn prendre_en_charge(
    tx: &mut Tx,
    support: &Support,
    id: SollicitationId,
) -> Result<String, Erreur> {
    let tenue = machine::tenir(tx, id).await?;
    if tenue.agent == Some(support.id()) {
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
    terminee(&tenue)?;
    prendre(tx, support, &tenue).await?;
    Ok(tenue.reference)
}

/// An answer to the author, or a note of the desk. Answering what nobody took takes it.
///
/// # Errors
/// `Conflit`: it is over.
pub async fn repondre_du_support(
    tx: &mut Tx,
    support: &Support,
    id: SollicitationId,
    reponse: Reponse,
    texte: &str,
) -> Result<(), Erreur> {
    let tenue = machine::tenir(tx, id).await?;
    terminee(&tenue)?;
    if reponse != Reponse::Interne && tenue.agent.is_none() {
        prendre(tx, support, &tenue).await?;
    }
    let interne = reponse == Reponse::Interne;
    if !machine::ecrire(tx, id, &ligne(support, interne, None, texte)).await? {
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
    let evenement = noter(tx, support, &tenue, Action::SollicitationRepondue, interne).await?;
    let auteur = machine::emetteur(tx, tenue.emetteur).await?;
    let marque = tx.marque.to_string();
    match reponse {
        Reponse::Interne => {}
        Reponse::Simple => {
            courrier::deposer(
                tx,
                evenement,
                &auteur.destinataire(),
                &SollicitationRepondue {
                    marque,
                    nom_complet: tenue.emetteur_nom,
                    reference: tenue.reference,
                    objet: tenue.objet,
                    texte: texte.to_owned(),
                    sollicitation: id,
                },
            )
            .await?;
        }
        Reponse::Attendue => {
            courrier::deposer(
                tx,
                evenement,
                &auteur.destinataire(),
                &SollicitationEnAttente {
                    marque,
                    nom_complet: tenue.emetteur_nom,
                    reference: tenue.reference,
                    objet: tenue.objet,
                    texte: texte.to_owned(),
                    sollicitation: id,
                },
            )
            .await?;
        }
    }
    Ok(())
}

/// « Résoudre », saying how: the author reads it and may reopen within 30 days.
///
/// # Errors
/// `Conflit`: it is over.
pub async fn resoudre(
    tx: &mut Tx,
    support: &Support,
    id: SollicitationId,
    texte: &str,
) -> Result<String, Erreur> {
    let tenue = machine::tenir(tx, id).await?;
    terminee(&tenue)?;
    if tenue.agent.is_none() {
        prendre(tx, support, &tenue).await?;
    }
    sqlx::query!(
        "update sollicitations set statut = 'resolue', resolue_le = maintenant(), modifiee_le = maintenant() where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    machine::ecrire(tx, id, &ligne(support, false, Some("resolution"), texte)).await?;
    let evenement = noter(tx, support, &tenue, Action::SollicitationResolue, false).await?;
    let auteur = machine::emetteur(tx, tenue.emetteur).await?;
    let courrier = SollicitationResolue {
        marque: tx.marque.to_string(),
        nom_complet: tenue.emetteur_nom,
        reference: tenue.reference.clone(),
        objet: tenue.objet,
        texte: texte.to_owned(),
        sollicitation: id,
    };
    courrier::deposer(tx, evenement, &auteur.destinataire(), &courrier).await?;
    Ok(tenue.reference)
}
