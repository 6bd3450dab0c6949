//! A sollicitation changes hands: from an agent of the desk to another, from a structure to the support, from the référents of
//! a périmètre to those of another. Each says why.

use super::certificat;
use super::courriers::{SollicitationSuivie, SollicitationTransferee};
use super::machine::{self, Tenue};
use super::traitant::Traitant;
use super::traitement::{ligne, noter};
use crate::acces::{Espace, Referent, SollicitationsRecues, Support};
use crate::courrier;
use crate::db::{PerimetreId, SollicitationId, Tx, UtilisateurId};
use crate::historique::Action;
use crate::sollicitations::Destinataire;
use crate::utilisateurs::{self, Agent, Equipe};
use crate::web::Erreur;

/// What is asked of an assignment.
pub struct Attribution<'a> {
    /// Who will have it.
    pub a: UtilisateurId,
    /// Who had it on the screen the agent decided from; `None`: nobody.
    pub depuis: Option<UtilisateurId>,
    pub motif: &'a str,
}

fn suivie(
    tx: &Tx,
    tenue: &Tenue,
    agent: &Agent,
    de: &str,
    texte: &str,
    (quoi, ou): (&'static str, Destinataire),
) -> SollicitationSuivie {
    SollicitationSuivie {
        marque: tx.marque.to_string(),
        nom_complet: agent.nom_complet.clone(),
        emetteur: de.to_owned(),
        evenement: quoi,
        reference: tenue.reference.clone(),
        objet: tenue.objet.clone(),
        texte: texte.to_owned(),
        racine: machine::racine(ou),
        sollicitation: tenue.id,
    }
}

/// A sollicitation that others answer from now on.
struct Passage<'a> {
    /// In the thread.
    acte: &'static str,
    action: Action,
    /// To whom, as its author reads it.
    a: String,
    receveurs: Vec<Agent>,
    /// What they read, and where it is now.
    quoi: (&'static str, Destinataire),
    motif: &'a str,
}

impl Passage<'_> {
    /// The thread, the historique, its author and those who receive it say why; whoever did it knows.
    async fn dire(
        &self,
        tx: &mut Tx,
        traitant: &Traitant<'_>,
        tenue: &Tenue,
    ) -> Result<(), Erreur> {
        let ligne = ligne(traitant, false, Some(self.acte), self.motif);
        machine::ecrire(tx, tenue.id, &ligne).await?;
        let evenement = noter(tx, traitant, tenue, self.action, (false, self.motif)).await?;
        let auteur = machine::emetteur(tx, tenue.emetteur).await?;
        let courrier = SollicitationTransferee {
            marque: tx.marque.to_string(),
            nom_complet: tenue.emetteur_nom.clone(),
            qui: tenue.qui(),
            a: self.a.clone(),
            texte: self.motif.to_owned(),
            reference: tenue.reference.clone(),
            objet: tenue.objet.clone(),
            sollicitation: tenue.id,
        };
        courrier::deposer(tx, evenement, &auteur.destinataire(), &courrier).await?;
        let lui_meme = traitant.connecte().id();
        let courriers: Vec<_> = self
            .receveurs
            .iter()
            .filter(|r| r.id != lui_meme)
            .map(|r| {
                let courrier = suivie(tx, tenue, r, &tenue.qui(), self.motif, self.quoi);
                (r.destinataire(), courrier)
            })
            .collect();
        if !courriers.is_empty() {
            courrier::deposer_plusieurs(tx, evenement, &courriers).await?;
        }
        Ok(())
    }
}

/// « Attribuer » to an agent of the desk, oneself included; who receives it is mailed. Answers its reference and his name.
///
/// # Errors
/// `Introuvable`: not at the desk. `Conflit`: it is over, or changed hands since. `Invalide`: no such agent.
pub async fn attribuer(
    tx: &mut Tx,
    support: &Support,
    id: SollicitationId,
    attribution: &Attribution<'_>,
) -> Result<(String, String), Erreur> {
    let traitant = Traitant::Support(support);
    let tenue = machine::tenir_a_traiter(tx, &traitant, id).await?;
    tenue.encore_ouverte()?;
    let agents = utilisateurs::agents(tx, Equipe::Support).await?;
    let agent = agents
        .into_iter()
        .find(|a| a.id == attribution.a)
        .ok_or_else(|| Erreur::champ("agent", "Choisissez un agent du support."))?;
    if tenue.agent == Some(agent.id) {
        return Ok((tenue.reference, agent.nom_complet));
    }
    if tenue.agent != attribution.depuis {
        return Err(Erreur::Conflit(format!(
            "Cette sollicitation vient de changer de main\u{202F}: {} l’a prise en charge.",
            tenue.agent_nom.as_deref().unwrap_or("personne ne")
        )));
    }
    certificat::verifier_tiers(tx, id, agent.id).await?;
    sqlx::query!(
        "update sollicitations set prise_en_charge_par = $2, prise_en_charge_le = maintenant(), modifiee_le = maintenant(),
           statut = case when statut = 'nouvelle' then 'en_cours' else statut end
         where id = $1",
        id.0,
        agent.id.0
    )
    .execute(&mut **tx)
    .await?;
    let texte = format!("À {}\u{202F}: {}", agent.nom_complet, attribution.motif);
    let ligne = ligne(&traitant, true, Some("attribution"), &texte);
    machine::ecrire(tx, id, &ligne).await?;
    let action = Action::SollicitationAttribuee;
    let evenement = noter(tx, &traitant, &tenue, action, (true, attribution.motif)).await?;
    if agent.id != support.id() {
        let de = support.personne().nom_complet();
        let quoi = (
            "Sollicitation qui vous est attribuée",
            Destinataire::Support,
        );
        let courrier = suivie(tx, &tenue, &agent, &de, attribution.motif, quoi);
        courrier::deposer(tx, evenement, &agent.destinataire(), &courrier).await?;
    }
    Ok((tenue.reference, agent.nom_complet))
}

/// « Transférer au support »: the structure does not read it any more; its author and the desk are told why.
///
/// # Errors
/// `Introuvable`, `Interdit`: not hers to answer. `Conflit`: it is over.
pub async fn transferer(
    tx: &mut Tx,
    espace: &Espace<SollicitationsRecues>,
    id: SollicitationId,
    motif: &str,
) -> Result<String, Erreur> {
    let traitant = Traitant::Structure(espace);
    let tenue = machine::tenir_a_traiter(tx, &traitant, id).await?;
    tenue.encore_ouverte()?;
    sqlx::query!(
        "update sollicitations set destinataire = 'support', transferee_de = destinataire_structure_id,
           destinataire_structure_id = null, transferee_le = maintenant(), statut = 'nouvelle', prise_en_charge_par = null,
           prise_en_charge_le = null, modifiee_le = maintenant()
         where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    let passage = Passage {
        acte: "transfert",
        action: Action::SollicitationTransferee,
        a: "au support".to_owned(),
        receveurs: utilisateurs::agents(tx, Equipe::Support).await?,
        quoi: ("Sollicitation transférée au support", Destinataire::Support),
        motif,
    };
    passage.dire(tx, &traitant, &tenue).await?;
    Ok(tenue.reference)
}

/// « Transmettre à un autre référent »: his périmètre does not read it any more; its author and the référents of the other one
/// are told why. Answers its reference and the name of that périmètre.
///
/// # Errors
/// `Introuvable`: not his to answer. `Conflit`: it is over. `Invalide` at `perimetre`: that one has no référent, or has it.
pub async fn transmettre(
    tx: &mut Tx,
    referent: &Referent,
    id: SollicitationId,
    vers: PerimetreId,
    motif: &str,
) -> Result<(String, String), Erreur> {
    let traitant = Traitant::Referent(referent);
    // Held first, as by a deposit: it is not deleted meanwhile.
    let nom = sqlx::query_scalar!(
        "select nom from perimetres where id = $1 for key share",
        vers.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let tenue = machine::tenir_a_traiter(tx, &traitant, id).await?;
    tenue.encore_ouverte()?;
    let ou = Destinataire::Referent(vers);
    let receveurs = machine::traitants(tx, ou).await?;
    let Some(nom) = nom.filter(|_| !receveurs.is_empty() && tenue.perimetre != Some(vers)) else {
        return Err(Erreur::champ(
            "perimetre",
            "Choisissez un autre périmètre de la liste.",
        ));
    };
    sqlx::query!(
        "update sollicitations set perimetre_id = $2, statut = 'nouvelle', prise_en_charge_par = null,
           prise_en_charge_le = null, modifiee_le = maintenant()
         where id = $1",
        id.0,
        vers.0
    )
    .execute(&mut **tx)
    .await?;
    let passage = Passage {
        acte: "transmission",
        action: Action::SollicitationTransmise,
        a: format!("au référent ({nom})"),
        receveurs,
        quoi: ("Sollicitation transmise à votre périmètre", ou),
        motif,
    };
    passage.dire(tx, &traitant, &tenue).await?;
    Ok((tenue.reference, nom))
}
