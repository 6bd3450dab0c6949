//! Ticked lines of block B: a confirmation that names them, then one result per line (spec §8.7, §13).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::bilan;
use super::liste::{PageActivites, Valideurs};
use super::motif::{self, Motif};
use super::{BLOC_ABONNEMENTS, resume, retour};
use crate::App;
use crate::abonnements::{self, Choisie, Issue, LOT_MAX, Lot};
use crate::acces::{
    Message, Page, Portee, ToutGestionnaire, ValiderAbonnements, ValiderRattachements,
};
use crate::db::{DemandeAbonnementId, en_transaction};
use crate::web::{self, Erreur, Erreurs, Formulaire, texte};

/// Lines shown by the confirmation; the others are counted.
const MONTREES: usize = 10;

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieLot {
    /// Ticked lines.
    id: Vec<String>,
    /// The same, carried by the confirmation.
    ids: String,
    /// « valider » or « refuser ».
    decision: String,
    confirme: String,
    modele: String,
    motif: String,
    retour: String,
}

impl SaisieLot {
    fn demandes(&self) -> Result<Vec<DemandeAbonnementId>, Erreur> {
        let cochees = self.id.iter().map(String::as_str);
        let portees = self.ids.split(',').filter(|id| !id.is_empty());
        let mut demandes: Vec<DemandeAbonnementId> = Vec::new();
        for id in cochees.chain(portees) {
            let id = id.parse().map_err(|_| {
                Erreur::Invalide(Erreurs::generale(
                    "Une des lignes envoyées n’est pas une demande. Rechargez la page.",
                ))
            })?;
            if !demandes.contains(&id) {
                demandes.push(id);
            }
        }
        if demandes.len() > LOT_MAX {
            return Err(Erreur::Invalide(Erreurs::generale(
                "Un lot compte 500 demandes au plus. Décidez-en 500, puis les suivantes.",
            )));
        }
        Ok(demandes)
    }
}

/// A line of the window of refusal.
pub struct LigneRefusee {
    pub demandeur: String,
    pub structure: String,
    pub espaces: String,
}

/// « Confirmation du refus de la demande d'abonnement »: one window for one request and for many.
#[derive(Template)]
#[template(path = "activites/abonnement_refus.html")]
pub struct PageRefus {
    pub page: Page,
    pub lignes: Vec<LigneRefusee>,
    pub autres: usize,
    pub reserves: Vec<String>,
    pub action: String,
    /// Of a bulk refusal; empty for one request.
    pub ids: String,
    pub motif: Motif,
    pub annuler: String,
    pub retour: String,
    pub erreurs: Erreurs,
}

impl PageRefus {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn titre(&self) -> &'static str {
        if self.lignes.len() > 1 {
            "Confirmation du refus des demandes d’abonnement"
        } else {
            "Confirmation du refus de la demande d’abonnement"
        }
    }

    /// 422 when the motif it asks for is missing.
    pub fn repondre(&self) -> Result<Response, Erreur> {
        let statut = if self.erreurs.est_vide() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        web::rendre(statut, self)
    }
}

#[derive(Template)]
#[template(path = "activites/abonnement_lot.html")]
struct PageValidation {
    page: Page,
    lignes: Vec<LigneRefusee>,
    autres: usize,
    reserves: Vec<String>,
    ids: String,
    retour: String,
    bouton: String,
}

/// What this batch leaves aside, in sentences.
fn reserves(demandes: usize, choisies: &[Choisie]) -> Vec<String> {
    let mut phrases = Vec::new();
    let deja = choisies.iter().filter(|c| !c.ouverte).count();
    if deja > 0 {
        phrases.push(format!(
            "{} : rien n’y changera.",
            texte::accord(
                deja,
                "demande est déjà traitée",
                "demandes sont déjà traitées"
            )
        ));
    }
    let introuvables = demandes - choisies.len();
    if introuvables > 0 {
        phrases.push(format!(
            "{}.",
            texte::accord(
                introuvables,
                "demande est introuvable",
                "demandes sont introuvables"
            )
        ));
    }
    phrases
}

/// The confirmation page; 422 when the motive it asks for is missing.
async fn confirmer(
    app: &App,
    portee: &Portee<ValiderAbonnements>,
    page: Page,
    saisie: &SaisieLot,
    demandes: &[DemandeAbonnementId],
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let choisies = abonnements::choisies(app, portee, demandes).await?;
    let reserves = reserves(demandes.len(), &choisies);
    let autres = choisies.len().saturating_sub(MONTREES);
    let mut structures: Vec<_> = choisies.iter().map(|c| c.structure).collect();
    structures.sort_unstable();
    structures.dedup();
    let lignes = choisies
        .into_iter()
        .take(MONTREES)
        .map(|c| LigneRefusee {
            demandeur: c.demandeur,
            structure: c.raison_sociale,
            espaces: c.espaces,
        })
        .collect();
    let ids: Vec<String> = demandes.iter().map(ToString::to_string).collect();
    let (ids, retour) = (ids.join(","), retour(&saisie.retour).to_owned());
    if saisie.decision == "valider" {
        let combien = texte::accord(demandes.len(), "demande", "demandes");
        return web::page(&PageValidation {
            page,
            lignes,
            autres,
            reserves,
            ids,
            retour,
            bouton: format!("Valider {combien}"),
        });
    }
    let recents = abonnements::motifs_recents(app, portee, &structures).await?;
    let par = motif::refus_par(portee.personne());
    let gabarit = PageRefus {
        page,
        lignes,
        autres,
        reserves,
        action: "/activites/abonnements/lot".to_owned(),
        ids,
        motif: Motif::pour_un_abonnement(&saisie.motif, &saisie.modele, recents, par),
        annuler: retour.clone(),
        retour,
        erreurs,
    };
    gabarit.repondre()
}

/// POST /activites/abonnements/lot.
pub async fn decider(
    portee: Portee<ValiderAbonnements>,
    gestionnaire: Portee<ToutGestionnaire>,
    demandes: Option<Portee<ValiderRattachements>>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieLot>,
) -> Result<Response, Erreur> {
    let ici = bilan::liste_quittee(&saisie.retour);
    if !matches!(saisie.decision.as_str(), "valider" | "refuser") {
        return Err(Erreur::Invalide(Erreurs::generale(
            "Choisissez « Valider la sélection » ou « Refuser la sélection ».",
        )));
    }
    let cochees = saisie.demandes()?;
    if cochees.is_empty() {
        let valideurs = Valideurs {
            rattachements: demandes.as_ref(),
            abonnements: Some(&portee),
        };
        let liste = PageActivites::construire(&app, page, &gestionnaire, valideurs, &ici).await?;
        return liste.refuser(BLOC_ABONNEMENTS, "Cochez au moins une demande.");
    }
    if saisie.confirme != "1" {
        let erreurs = Erreurs::default();
        return confirmer(&app, &portee, page, &saisie, &cochees, erreurs).await;
    }
    let lot = if saisie.decision == "valider" {
        Lot::Valider
    } else {
        match motif::lire(&saisie.motif, &saisie.modele) {
            Ok(motif) => Lot::Refuser { motif },
            Err(erreurs) => {
                return confirmer(&app, &portee, page, &saisie, &cochees, erreurs).await;
            }
        }
    };
    let issues = en_transaction!(&app, |tx| {
        abonnements::decider_en_lot(tx, &portee, &cochees, &lot).await
    })?;
    let vers = format!("{}#{BLOC_ABONNEMENTS}", ici.avec(&[]));
    let vers = bilan(&lot, issues)
        .et_aller(&app, Some(portee.id()), &vers)
        .await?;
    Ok(web::vers(&vers))
}

fn bilan(lot: &Lot, issues: Vec<Issue>) -> Message {
    let faites = match lot {
        Lot::Valider => (
            "demande d’abonnement validée",
            "demandes d’abonnement validées",
            "validée",
        ),
        Lot::Refuser { .. } => (
            "demande d’abonnement refusée",
            "demandes d’abonnement refusées",
            "refusée",
        ),
    };
    let resultats: Vec<_> = issues.into_iter().map(|i| (i.libelle, i.faite)).collect();
    bilan::bilan(faites, &resultats)
}
