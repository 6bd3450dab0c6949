//! After a bulk decision: the list as it was left, and one result per line (spec §8.7).

use super::{annulation, retour};
use crate::acces::Message;
use crate::acces::message::LigneResultat;
use crate::activites::genre::{Genre, Mots};
use crate::structures::{Annulation, Decidee, Decidees, Lot};
use crate::web::{Requete, texte};

const ANNULER: &str = "Annuler cette décision";

/// After « Valider » on the screen of a request.
pub fn validee<G: Genre>(decidee: &Decidee, retour: &str) -> Message {
    let mots = G::mots();
    let demande = majuscule(mots.demande);
    Message::succes(format!("{demande} de {} est validée.", decidee.demandeur))
        .texte("Un courriel l’en informe.")
        .lien(ANNULER, annulation::lien(mots, decidee.acte, retour))
}

/// After « Refuser ».
pub fn refusee<G: Genre>(decidee: &Decidee, retour: &str) -> Message {
    let mots = G::mots();
    let demande = majuscule(mots.demande);
    Message::succes(format!("{demande} de {} est refusée.", decidee.demandeur))
        .texte("Un courriel lui donne le motif.")
        .lien(ANNULER, annulation::lien(mots, decidee.acte, retour))
}

/// « la demande » → « La demande ».
fn majuscule(mots: &str) -> String {
    let mut lettres = mots.chars();
    let premiere = lettres.next().into_iter().flat_map(char::to_uppercase);
    premiere.chain(lettres).collect()
}

/// After a bulk decision, which can be undone as a whole.
pub fn decidees<D>(mots: &Mots, lot: &Lot, decidees: Decidees<D>, retour: &str) -> Message {
    let (combien, fait) = match lot {
        Lot::Valider => (mots.validees, "validée"),
        Lot::Refuser { .. } => (mots.refusees, "refusée"),
    };
    let une = decidees.issues.iter().any(|i| i.faite.is_ok());
    let resultats: Vec<_> = decidees
        .issues
        .into_iter()
        .map(|i| (i.libelle, i.faite))
        .collect();
    let message = bilan((combien.0, combien.1, fait), &resultats);
    if une {
        let libelle = if resultats.len() > 1 {
            "Annuler ces décisions"
        } else {
            ANNULER
        };
        message.lien(libelle, annulation::lien(mots, decidees.acte, retour))
    } else {
        message
    }
}

/// After an undo.
pub fn annulees<D>(annulees: Vec<Annulation<D>>) -> Message {
    let resultats: Vec<_> = annulees
        .into_iter()
        .map(|a| (format!("{}, {}", a.demandeur, a.raison_sociale), a.faite))
        .collect();
    let mots = ("décision annulée", "décisions annulées", "annulée");
    bilan(mots, &resultats)
}

/// The list as it was left.
pub fn liste_quittee(saisi: &str) -> Requete {
    let adresse = retour(saisi);
    let adresse = adresse.split('#').next().unwrap_or_default();
    let (chemin, question) = adresse.split_once('?').unwrap_or((adresse, ""));
    Requete::lire(chemin, question)
}

/// « 3 demandes validées », then every line with its result. `faites` names what was done, in one and in many;
/// `resultats` holds each line with its reason when it was left as it was.
fn bilan(
    (un, des, fait): (&str, &str, &str),
    resultats: &[(String, Result<(), String>)],
) -> Message {
    let faites = resultats.iter().filter(|(_, r)| r.is_ok()).count();
    let restees = resultats.len() - faites;
    let titre = format!("{}.", texte::accord(faites, un, des));
    let message = if faites == 0 {
        let mut message = Message::attente(titre);
        "erreur".clone_into(&mut message.genre);
        message
    } else if restees > 0 {
        Message::attente(titre)
    } else {
        Message::succes(titre)
    };
    let message = if restees > 0 {
        message.texte(format!(
            "{} comme avant : la raison est à chaque ligne.",
            texte::accord(restees, "demande reste", "demandes restent")
        ))
    } else {
        message.texte("Un courriel en informe chaque demandeur.")
    };
    let lignes = resultats
        .iter()
        .enumerate()
        .map(|(rang, (libelle, faite))| LigneResultat {
            libelle: if libelle.is_empty() {
                format!("Ligne {}", rang + 1)
            } else {
                libelle.clone()
            },
            issue: match faite {
                Ok(()) => fait.to_owned(),
                Err(phrase) => phrase.clone(),
            },
            reussie: faite.is_ok(),
        });
    message.lignes(lignes.collect())
}
