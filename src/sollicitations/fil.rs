//! What the author does with his sollicitation: answer, close, reopen.

use uuid::Uuid;

use super::courriers::SollicitationSuivie;
use super::etat::Statut;
use super::machine::{self, Ecrit, Ligne, Tenue};
use crate::acces::Connecte;
use crate::courrier;
use crate::db::{SollicitationId, Tx};
use crate::historique::Action;
use crate::utilisateurs::Agent;
use crate::web::Erreur;

fn ligne<'a>(auteur: &Connecte, acte: Option<&'static str>, texte: &'a str) -> Ligne<'a> {
    Ligne {
        auteur: Some(auteur.id()),
        cote: "demandeur",
        interne: false,
        acte,
        texte,
    }
}

async fn noter(
    tx: &mut Tx,
    auteur: &Connecte,
    tenue: &Tenue,
    action: Action,
) -> Result<Uuid, Erreur> {
    let nom = auteur.personne().nom_complet();
    machine::noter(
        tx,
        auteur,
        &nom,
        Some((tenue.emetteur, &nom)),
        action,
        (&tenue.reference, ""),
    )
    .await
}

/// To who is in charge while he answers there; to everybody who does otherwise: somebody reads it.
async fn prevenir(
    tx: &mut Tx,
    evenement: Uuid,
    tenue: &Tenue,
    quoi: &'static str,
    texte: &str,
) -> Result<(), Erreur> {
    let mut agents = machine::traitants(tx, tenue.destinataire()).await?;
    if agents.iter().any(|a| Some(a.id) == tenue.agent) {
        agents.retain(|a| Some(a.id) == tenue.agent);
    }
    let marque = tx.marque.to_string();
    let courriers: Vec<_> = agents
        .into_iter()
        .map(|agent: Agent| {
            (
                agent.destinataire(),
                SollicitationSuivie {
                    marque: marque.clone(),
                    nom_complet: agent.nom_complet,
                    emetteur: tenue.emetteur_nom.clone(),
                    evenement: quoi,
                    reference: tenue.reference.clone(),
                    objet: tenue.objet.clone(),
                    texte: texte.to_owned(),
                    racine: machine::racine(tenue.destinataire()),
                    sollicitation: tenue.id,
                },
            )
        })
        .collect();
    if !courriers.is_empty() {
        courrier::deposer_plusieurs(tx, evenement, &courriers).await?;
    }
    Ok(())
}

/// The author answers; what waited for him goes on.
///
/// # Errors
/// `Introuvable`: not his. `Conflit`: resolved or closed meanwhile. `Invalide`: too many files.
pub async fn repondre(
    tx: &mut Tx,
    auteur: &Connecte,
    id: SollicitationId,
    ecrit: Ecrit<'_>,
) -> Result<(), Erreur> {
    let tenue = machine::tenir_la_mienne(tx, auteur, id).await?;
    if !tenue.statut.ouverte() {
        return Err(Erreur::Conflit(format!(
            "Cette sollicitation est {}\u{202F}: {}.",
            tenue.statut.libelle().to_lowercase(),
            if tenue.rouvrable {
                "rouvrez-la pour la compléter, ou déposez-en une nouvelle"
            } else {
                "déposez-en une nouvelle"
            }
        )));
    }
    let ligne = ligne(auteur, None, ecrit.texte);
    if !machine::ecrire_avec(tx, id, &ligne, ecrit.piece).await? {
        return Ok(());
    }
    sqlx::query!(
        "update sollicitations set modifiee_le = maintenant(),
           statut = case when statut = 'en_attente_du_demandeur' then 'en_cours' else statut end
         where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    let evenement = noter(tx, auteur, &tenue, Action::SollicitationRepondue).await?;
    prevenir(tx, evenement, &tenue, "Réponse du demandeur", ecrit.texte).await
}

/// « Clore »: nothing more is expected. Twice is once.
///
/// # Errors
/// `Introuvable`: not his.
pub async fn clore(tx: &mut Tx, auteur: &Connecte, id: SollicitationId) -> Result<String, Erreur> {
    let tenue = machine::tenir_la_mienne(tx, auteur, id).await?;
    if tenue.statut == Statut::Close {
        return Ok(tenue.reference);
    }
    sqlx::query!(
        "update sollicitations set statut = 'close', close_le = maintenant(), modifiee_le = maintenant() where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    machine::ecrire(tx, id, &ligne(auteur, Some("cloture"), "")).await?;
    noter(tx, auteur, &tenue, Action::SollicitationClose).await?;
    Ok(tenue.reference)
}

/// « Rouvrir », within 30 days of its end, saying why.
///
/// # Errors
/// `Introuvable`: not his. `Conflit`: open, or ended more than 30 days ago. `Invalide`: too many files.
pub async fn rouvrir(
    tx: &mut Tx,
    auteur: &Connecte,
    id: SollicitationId,
    ecrit: Ecrit<'_>,
) -> Result<(), Erreur> {
    let tenue = machine::tenir_la_mienne(tx, auteur, id).await?;
    if tenue.statut.ouverte() {
        return Err(Erreur::Conflit(
            "Cette sollicitation est déjà ouverte\u{202F}: répondez dans son fil.".to_owned(),
        ));
    }
    if !tenue.rouvrable {
        return Err(Erreur::Conflit(
            "Cette sollicitation est terminée depuis plus de 30 jours\u{202F}: déposez-en une nouvelle."
                .to_owned(),
        ));
    }
    sqlx::query!(
        "update sollicitations set resolue_le = null, close_le = null, modifiee_le = maintenant(),
           statut = case when prise_en_charge_par is null then 'nouvelle' else 'en_cours' end
         where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    let ligne = ligne(auteur, Some("reouverture"), ecrit.texte);
    machine::ecrire_avec(tx, id, &ligne, ecrit.piece).await?;
    let evenement = noter(tx, auteur, &tenue, Action::SollicitationRouverte).await?;
    prevenir(
        tx,
        evenement,
        &tenue,
        "Sollicitation rouverte par le demandeur",
        ecrit.texte,
    )
    .await
}
