//! R-GEST-ANNULER: the confirmation of an undo, of one decision or of a whole bulk, and the act.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::{bilan, retour, retour_au_bloc};
use crate::App;
use crate::acces::{Page, Portee};
use crate::activites::genre::{Genre, Mots};
use crate::db::en_transaction;
use crate::decisions;
use crate::web::{self, Chemin, Erreur, Formulaire, Requete, texte};

/// A bulk decision, or one of its lines, by the name of its act.
#[derive(Deserialize)]
pub struct CheminActe {
    acte: Uuid,
}

struct LigneAnnulable {
    demandeur: String,
    structure: String,
    decision: &'static str,
    effet: String,
}

#[derive(Template)]
#[template(path = "activites/annulation.html")]
struct PageAnnulation {
    page: Page,
    mots: &'static Mots,
    action: String,
    lignes: Vec<LigneAnnulable>,
    /// How many lines can still be undone.
    possibles: usize,
    retour: String,
}

impl PageAnnulation {
    fn titre(&self) -> String {
        if self.lignes.len() > 1 {
            format!(
                "Annuler {} ?",
                texte::accord(self.possibles, "décision", "décisions")
            )
        } else {
            "Annuler la décision ?".to_owned()
        }
    }

    fn bouton(&self) -> String {
        if self.possibles > 1 {
            format!("Annuler {} décisions", self.possibles)
        } else {
            "Annuler la décision".to_owned()
        }
    }
}

fn adresse(mots: &Mots, acte: Uuid) -> String {
    format!("{}/annulation/{acte}", mots.chemin)
}

/// The link of a message: « Annuler cette décision ».
pub fn lien(mots: &Mots, acte: Uuid, retour: &str) -> String {
    super::avec_retour(&adresse(mots, acte), retour)
}

/// GET /activites/{demandes|abonnements}/annulation/{acte}.
pub async fn page<G: Genre>(
    portee: Portee<G::Capacite>,
    Chemin(chemin): Chemin<CheminActe>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let annulables = decisions::annulables::<G>(&app, &portee, chemin.acte).await?;
    let possibles = annulables.iter().filter(|a| a.faite.is_ok()).count();
    if let ([seule], 0) = (annulables.as_slice(), possibles) {
        return Err(Erreur::Conflit(
            seule.faite.clone().err().unwrap_or_default(),
        ));
    }
    let lignes = annulables
        .into_iter()
        .map(|a| LigneAnnulable {
            demandeur: a.demandeur,
            structure: a.raison_sociale,
            decision: a.decision,
            effet: match a.faite {
                Ok(()) => "La demande attendra de nouveau".to_owned(),
                Err(raison) => raison,
            },
        })
        .collect();
    let mots = G::mots();
    web::page(&PageAnnulation {
        page,
        mots,
        action: adresse(mots, chemin.acte),
        lignes,
        possibles,
        retour: retour_au_bloc(requete.valeur("retour"), mots.ancre),
    })
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAnnulation {
    retour: String,
}

/// POST of the same address.
pub async fn annuler<G: Genre>(
    portee: Portee<G::Capacite>,
    Chemin(chemin): Chemin<CheminActe>,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieAnnulation>,
) -> Result<Response, Erreur> {
    let annulees = en_transaction!(&app, |tx| {
        decisions::annuler::<G>(tx, &portee, chemin.acte).await
    })?;
    if let [seule] = annulees.as_slice()
        && let Err(raison) = &seule.faite
    {
        return Err(Erreur::Conflit(raison.clone()));
    }
    let vers = retour_au_bloc(retour(&saisie.retour), G::mots().ancre);
    let vers = bilan::annulees(annulees)
        .et_aller(&app, Some(portee.id()), &vers)
        .await?;
    Ok(web::vers(&vers))
}
