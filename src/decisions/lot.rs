//! Taking decisions: same rule and same effects for one and for many, one result per line (failure-modes R11, spec §8.7).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Decidable, Validation, images, verrouiller};
use crate::acces::{Connecte, Gestion, Portee};
use crate::db::Tx;
use crate::historique;
use crate::structures::{self, Decidee, Decidees, Issue, Lot, Prevision};
use crate::web::Erreur;

/// What is decided of requests.
pub enum Decision<O> {
    Valider(O),
    /// The motif is mandatory.
    Refuser(String),
}

/// Requests under the lock of their structures, by id.
type Lues<D> = BTreeMap<<D as Decidable>::Id, <D as Decidable>::EnCours>;

async fn lire<D: Decidable>(
    tx: &mut Tx,
    lecteur: &Connecte,
    demandes: &[D::Id],
) -> Result<Lues<D>, Erreur> {
    let ids: Vec<Uuid> = demandes.iter().map(|d| (*d).into()).collect();
    verrouiller(tx, &ids).await?;
    let lues = D::charger(tx, lecteur, demandes).await?;
    Ok(lues.into_iter().map(|d| (d.id, d)).collect())
}

/// « Valider » or « Refuser » one request of the structure of the proof (seeds 001 §2, §5): rights, states, historique and
/// mails in one transaction.
///
/// # Errors
/// `Introuvable`; `Invalide` at the fields; `Conflit`: decided meanwhile, or nothing can be granted any more.
pub async fn decider<D: Decidable>(
    tx: &mut Tx,
    gestion: &Gestion<D::Capacite>,
    id: D::Id,
    decision: Decision<D::Octroi>,
) -> Result<Decidee, Erreur> {
    let lues = lire::<D>(tx, gestion, &[id]).await?;
    let demande = lues
        .get(&id)
        .filter(|d| d.structure == gestion.structure().id)
        .ok_or(Erreur::Introuvable)?;
    let mut actes = Actes::<D>::default();
    match decision {
        Decision::Valider(octroi) => actes.valider(demande, octroi)?,
        Decision::Refuser(motif) => actes.refuser(demande, &motif)?,
    }
    Ok(Decidee {
        acte: actes.ecrire(tx, gestion).await?,
        demandeur: demande.auteur.nom_complet.clone(),
    })
}

/// Decides the requests, one transaction for all: the structures are locked in id order, so two overlapping batches in
/// opposite orders cannot deadlock (failure-modes R12). A foreign or unknown id is « introuvable ».
///
/// # Errors
/// Those of the database; what a line refuses is in its issue.
pub async fn decider_en_lot<D: Decidable>(
    tx: &mut Tx,
    portee: &Portee<D::Capacite>,
    demandes: &[D::Id],
    lot: &Lot,
) -> Result<Decidees<D::Id>, Erreur> {
    let demandes = structures::cochees(demandes);
    let lues = lire::<D>(tx, portee, &demandes).await?;
    let mut actes = Actes::<D>::default();
    let mut issues = Vec::with_capacity(demandes.len());
    for id in demandes {
        let Some(demande) = lues.get(&id) else {
            issues.push(Issue::introuvable(id));
            continue;
        };
        let faite = match lot {
            Lot::Valider => actes.valider(demande, D::tel_que_demande(demande, portee)),
            Lot::Refuser { motif } => actes.refuser(demande, motif),
        };
        issues.push(Issue {
            demande: id,
            libelle: format!("{}, {}", demande.auteur.nom_complet, demande.raison_sociale),
            faite: structures::verdict(faite)?,
        });
    }
    let acte = actes.ecrire(tx, portee).await?;
    Ok(Decidees { acte, issues })
}

/// What [`decider_en_lot`] would do with each line, by the same rule; nothing is written.
///
/// # Errors
/// Those of the database.
pub async fn prevoir_en_lot<D: Decidable>(
    tx: &mut Tx,
    portee: &Portee<D::Capacite>,
    demandes: &[D::Id],
    lot: &Lot,
) -> Result<Vec<Prevision<D::Id>>, Erreur> {
    let demandes = structures::cochees(demandes);
    let lues = lire::<D>(tx, portee, &demandes).await?;
    let mut actes = Actes::<D>::default();
    let mut previsions = Vec::with_capacity(demandes.len());
    let mut rangs = Vec::new();
    for id in demandes {
        let Some(demande) = lues.get(&id) else {
            previsions.push(Prevision::introuvable(id));
            continue;
        };
        let faite = match lot {
            Lot::Refuser { .. } => demande.decidable(),
            Lot::Valider => {
                let jugee = actes.valider(demande, D::tel_que_demande(demande, portee));
                jugee.map(|()| rangs.push(previsions.len()))
            }
        };
        previsions.push(Prevision {
            demande: id,
            structure: Some(demande.structure),
            demandeur: demande.auteur.nom_complet.clone(),
            raison_sociale: demande.raison_sociale.clone(),
            objet: D::objet(demande),
            effet: structures::verdict(faite)?.map(|()| "Refusée".to_owned()),
        });
    }
    let mots = D::annoncer(tx, &actes.validations).await?;
    for (rang, mots) in rangs.into_iter().zip(mots) {
        previsions[rang].effet = Ok(mots);
    }
    Ok(previsions)
}

/// The decisions of one act, each judged, none written yet.
struct Actes<'a, D: Decidable> {
    validations: Vec<Validation<'a, D>>,
    refus: Vec<&'a D::EnCours>,
    /// The same for every refusal of the act.
    motif: String,
}

impl<D: Decidable> Default for Actes<'_, D> {
    fn default() -> Self {
        Self {
            validations: Vec::new(),
            refus: Vec::new(),
            motif: String::new(),
        }
    }
}

impl<'a, D: Decidable> Actes<'a, D> {
    fn valider(&mut self, demande: &'a D::EnCours, octroi: D::Octroi) -> Result<(), Erreur> {
        let jugee = D::juger(demande, &octroi)?;
        self.validations.push(Validation {
            demande,
            octroi,
            jugee,
        });
        Ok(())
    }

    fn refuser(&mut self, demande: &'a D::EnCours, motif: &str) -> Result<(), Erreur> {
        demande.decidable()?;
        motif.clone_into(&mut self.motif);
        self.refus.push(demande);
        Ok(())
    }

    /// Writes them all. Answers the name of the act.
    async fn ecrire(self, tx: &mut Tx, par: &Connecte) -> Result<Uuid, Erreur> {
        let validees = self.validations.iter().map(|v| v.demande.id.into());
        let refusees = self.refus.iter().map(|d| d.id.into());
        let demandes: Vec<Uuid> = validees.chain(refusees).collect();
        let larges = self.validations.iter().filter(|v| D::large(&v.octroi));
        let larges: Vec<Uuid> = larges.map(|v| v.demande.id.into()).collect();
        let acte = images::ouvrir(tx, par, &demandes, &larges).await?;
        let mut entrees = Vec::new();
        if !self.validations.is_empty() {
            entrees = D::valider(tx, par, &self.validations).await?;
        }
        if !self.refus.is_empty() {
            entrees.extend(D::refuser(tx, par, &self.refus, &self.motif).await?);
        }
        images::clore(tx, acte).await?;
        historique::noter_plusieurs(tx, par, entrees).await?;
        Ok(acte)
    }
}
