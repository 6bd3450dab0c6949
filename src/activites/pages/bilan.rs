//! After a bulk decision: the list as it was left, and one result per line (spec §8.7).

use super::retour;
use crate::acces::Message;
use crate::acces::message::LigneResultat;
use crate::web::{Requete, texte};

/// The list as it was left.
pub fn liste_quittee(saisi: &str) -> Requete {
    let adresse = retour(saisi);
    let adresse = adresse.split('#').next().unwrap_or_default();
    let (chemin, question) = adresse.split_once('?').unwrap_or((adresse, ""));
    Requete::lire(chemin, question)
}

/// How a bulk act says what it did.
pub struct Mots<'a> {
    /// What was done, in one and in many.
    pub un: &'a str,
    pub des: &'a str,
    /// At a line.
    pub fait: &'a str,
    /// What was left, in one and in many.
    pub reste: (&'a str, &'a str),
    /// Who is told, when nothing was left.
    pub annonce: &'a str,
}

/// « 3 demandes validées », then every line with its result. `faites` names what was done, in one and in many.
pub fn bilan(
    (un, des, fait): (&str, &str, &str),
    resultats: &[(String, Result<(), String>)],
) -> Message {
    let mots = Mots {
        un,
        des,
        fait,
        reste: ("demande reste", "demandes restent"),
        annonce: "Un courriel en informe chaque demandeur.",
    };
    bilan_de(&mots, resultats)
}

/// The same of any lines; `resultats` holds each line with its reason when it was left as it was.
pub fn bilan_de(mots: &Mots<'_>, resultats: &[(String, Result<(), String>)]) -> Message {
    let faites = resultats.iter().filter(|(_, r)| r.is_ok()).count();
    let restees = resultats.len() - faites;
    let titre = format!("{}.", texte::accord(faites, mots.un, mots.des));
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
            texte::accord(restees, mots.reste.0, mots.reste.1)
        ))
    } else {
        message.texte(mots.annonce)
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
                Ok(()) => mots.fait.to_owned(),
                Err(phrase) => phrase.clone(),
            },
            reussie: faite.is_ok(),
        });
    message.lignes(lignes.collect())
}
