use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::{annulation, retour};
use crate::App;
use crate::acces::{Page, Portee, ToutGestionnaire};
use crate::activites::file;
use crate::activites::genre::{Abonnement, Genre, Rattachement};
use crate::historique::lecture::{self, DetailHistorique, Filtre};
use crate::web::{self, Chemin, Erreur, Requete, reponse_csv};

#[derive(Deserialize)]
pub struct CheminLigne {
    ligne: Uuid,
}

#[derive(Template)]
#[template(path = "activites/detail.html")]
struct PageDetail {
    page: Page,
    ligne: DetailHistorique,
    /// « Annuler cette décision », to the one who has just taken it.
    annuler: Option<String>,
    retour: String,
}

impl PageDetail {
    /// Genre of the badge of the action.
    fn genre(&self) -> &'static str {
        use crate::historique::Action;
        match self.ligne.action {
            Action::DemandeValidee
            | Action::RattachementCree
            | Action::RattachementReactive
            | Action::StructureReactivee
            | Action::ServiceCree
            | Action::ServiceActive
            | Action::AbonnementValide
            | Action::AbonnementCree => "succes",
            Action::DemandeRefusee | Action::RattachementSupprime | Action::AbonnementRefuse => {
                "erreur"
            }
            Action::DemandeDeposee | Action::DemandeRelancee | Action::DemandeAbonnementDeposee => {
                "attente"
            }
            _ => "neutre",
        }
    }

    fn phrase(&self) -> String {
        self.ligne
            .action
            .phrase(&self.ligne.concerne, &self.ligne.raison_sociale)
    }
}

/// GET /activites/historique/{ligne}: the magnifier.
pub async fn page(
    portee: Portee<ToutGestionnaire>,
    Chemin(chemin): Chemin<CheminLigne>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let ligne = lecture::detail(&app, &portee, chemin.ligne).await?;
    let retour = retour(requete.valeur("retour")).to_owned();
    let demande = ligne.demande.or(ligne.demande_abonnement);
    let mots = if ligne.demande.is_some() {
        Rattachement::mots()
    } else {
        Abonnement::mots()
    };
    let annulable = match demande {
        Some(demande) => file::annulable(&app, &portee, demande).await?,
        None => None,
    };
    let gabarit = PageDetail {
        page,
        annuler: annulable.map(|decision| annulation::lien(mots, decision, &retour)),
        ligne,
        retour,
    };
    web::page(&gabarit)
}

/// GET /activites/historique.csv: the same filter, every line, slice after slice.
pub async fn csv(
    portee: Portee<ToutGestionnaire>,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let filtre = Filtre::lire(&requete, "h");
    Ok(reponse_csv("historique.csv", |envoi| async move {
        let trouves = filtre.trouves(&app, &portee).await?;
        let mut apres = None;
        loop {
            let lignes = lecture::tranche(&app, &portee, &filtre, &trouves, apres).await?;
            let Some(derniere) = lignes.last() else {
                return Ok(());
            };
            apres = Some(derniere.id);
            for ligne in lignes {
                if envoi.send(ligne).await.is_err() {
                    return Ok(());
                }
            }
        }
    }))
}
