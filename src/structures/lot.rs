//! The words of a bulk decision, the same for every kind of request (spec §8.7).

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::db::StructureId;
use crate::web::Erreur;

/// Decisions in one act, at most; the rest stays selected (spec §13).
pub const LOT_MAX: usize = 500;

/// What is done with every ticked line.
#[derive(Clone, Debug)]
pub enum Lot {
    /// Grants what was asked, to its author: from today, with no end but the one already set.
    Valider,
    Refuser {
        motif: String,
    },
}

/// The result of one line, in the order they were ticked. `D` is the id of the kind of request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issue<D> {
    pub demande: D,
    /// Name of the person and structure; empty when the request is not within reach.
    pub libelle: String,
    /// `Ok`, or why this line was left as it was.
    pub faite: Result<(), String>,
}

/// What a decision did, and the name of the act, by which it can be undone for ten minutes (R-GEST-ANNULER).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decidees<D> {
    pub acte: Uuid,
    pub issues: Vec<Issue<D>>,
}

/// The decision of one request: the name of its author, and of the act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decidee {
    pub acte: Uuid,
    pub demandeur: String,
}

/// What a bulk decision would do with one line, said before it is taken: the rule that decides is the one that says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prevision<D> {
    pub demande: D,
    /// `None`: not within reach. Its words are then empty.
    pub structure: Option<StructureId>,
    pub demandeur: String,
    pub raison_sociale: String,
    /// What was asked: the services, the espaces.
    pub objet: String,
    /// What it would do, or why it would leave the line as it is.
    pub effet: Result<String, String>,
}

/// What an undo would do with one line, or did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Annulation<D> {
    pub demande: D,
    pub structure: StructureId,
    pub demandeur: String,
    pub raison_sociale: String,
    /// « Validée » or « Refusée ».
    pub decision: &'static str,
    pub faite: Result<(), String>,
}

/// « Validée », « Refusée »: a decision in one word.
pub fn decision(statut: &str) -> &'static str {
    if statut == "refusee" {
        "Refusée"
    } else {
        "Validée"
    }
}

/// Each line once, in the order they were ticked, up to [`LOT_MAX`].
pub fn cochees<D: Copy + Ord>(demandes: &[D]) -> Vec<D> {
    let mut vues = BTreeSet::new();
    demandes
        .iter()
        .copied()
        .filter(|d| vues.insert(*d))
        .take(LOT_MAX)
        .collect()
}

/// What the rule says of a line, and why it leaves it as it is: its refusals come before any write, and the other lines go
/// on.
///
/// # Errors
/// Anything else ends the batch.
pub fn verdict(juge: Result<(), Erreur>) -> Result<Result<(), String>, Erreur> {
    match juge {
        Ok(()) => Ok(Ok(())),
        Err(Erreur::Conflit(phrase)) => Ok(Err(phrase)),
        Err(Erreur::Invalide(erreurs)) => Ok(Err(erreurs.phrases().join(" "))),
        Err(autre) => Err(autre),
    }
}

const INTROUVABLE: &str = "Demande introuvable.";

impl<D> Issue<D> {
    /// Foreign or unknown: the same words.
    pub fn introuvable(demande: D) -> Self {
        Self {
            demande,
            libelle: String::new(),
            faite: Err(INTROUVABLE.to_owned()),
        }
    }
}

impl<D> Prevision<D> {
    /// Foreign or unknown: the same words.
    pub fn introuvable(demande: D) -> Self {
        Self {
            demande,
            structure: None,
            demandeur: String::new(),
            raison_sociale: String::new(),
            objet: String::new(),
            effet: Err(INTROUVABLE.to_owned()),
        }
    }
}
