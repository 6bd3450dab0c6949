//! What is done to one account of the staff, each on a page that asks the reason.

use std::str::FromStr;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::articles::aller;
use super::equipe::{adresse, lire_motif};
use crate::App;
use crate::acces::{Administration, Page};
use crate::administration::equipe::{self as acts, CompteEquipe};
use crate::db::{Tx, UtilisateurId, en_transaction};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

/// What a confirmation page asks, by the last word of its address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Geste {
    Desactivation,
    Reactivation,
    Facteur,
}

impl FromStr for Geste {
    type Err = Erreur;

    fn from_str(mot: &str) -> Result<Self, Erreur> {
        match mot {
            "desactivation" => Ok(Self::Desactivation),
            "reactivation" => Ok(Self::Reactivation),
            "double-authentification" => Ok(Self::Facteur),
            _ => Err(Erreur::Introuvable),
        }
    }
}

impl Geste {
    fn chemin(self) -> &'static str {
        match self {
            Self::Desactivation => "desactivation",
            Self::Reactivation => "reactivation",
            Self::Facteur => "double-authentification",
        }
    }

    fn titre(self) -> &'static str {
        match self {
            Self::Desactivation => "Désactiver ce compte",
            Self::Reactivation => "Réactiver ce compte",
            Self::Facteur => "Retirer la double authentification",
        }
    }

    fn consequence(self) -> &'static str {
        match self {
            Self::Desactivation => {
                "Ses connexions ouvertes se ferment aussitôt. Il ne peut pas revenir de lui-même\u{202F}; sans réactivation, ses données sont effacées après 60 jours."
            }
            Self::Reactivation => {
                "Il retrouve son équipe. S’il n’a jamais activé son compte, un nouveau lien lui est envoyé."
            }
            Self::Facteur => {
                "À faire quand l’agent a perdu son téléphone et ses codes de secours, après vous être assuré de son identité. Ses connexions ouvertes se ferment, et il en active une autre à la prochaine."
            }
        }
    }

    fn fait(self) -> &'static str {
        match self {
            Self::Desactivation => "Le compte est désactivé.",
            Self::Reactivation => "Le compte est réactivé.",
            Self::Facteur => "La double authentification est retirée.",
        }
    }

    async fn executer(
        self,
        tx: &mut Tx,
        administration: &Administration,
        id: UtilisateurId,
        motif: &str,
    ) -> Result<CompteEquipe, Erreur> {
        match self {
            Self::Desactivation => acts::desactiver(tx, administration, id, motif).await,
            Self::Reactivation => acts::reactiver(tx, administration, id, motif).await,
            Self::Facteur => acts::retirer_le_facteur(tx, administration, id, motif).await,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieMotif {
    motif: String,
}

#[derive(Template)]
#[template(path = "administration/equipe_confirmation.html")]
struct PageConfirmation {
    page: Page,
    compte: CompteEquipe,
    geste: Geste,
    saisie: SaisieMotif,
    erreurs: Erreurs,
}

impl PageConfirmation {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

pub async fn confirmer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin((id, geste)): Chemin<(UtilisateurId, String)>,
) -> Result<Response, Erreur> {
    let geste = geste.parse()?;
    let compte = acts::lire(&app.db, &administration, id).await?;
    web::page(&PageConfirmation {
        page,
        compte,
        geste,
        saisie: SaisieMotif::default(),
        erreurs: Erreurs::default(),
    })
}

pub async fn executer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin((id, geste)): Chemin<(UtilisateurId, String)>,
    Formulaire(saisie): Formulaire<SaisieMotif>,
) -> Result<Response, Erreur> {
    let geste: Geste = geste.parse()?;
    let issue = async {
        let mut erreurs = Erreurs::default();
        let motif = lire_motif(&mut erreurs, &saisie.motif);
        erreurs.verdict()?;
        en_transaction!(&app, |tx| geste
            .executer(tx, &administration, id, &motif)
            .await)
    }
    .await;
    match issue {
        Ok(_) => aller(&app, &administration, geste.fait(), &adresse(id)).await,
        Err(Erreur::Invalide(erreurs)) => {
            let compte = acts::lire(&app.db, &administration, id).await?;
            let gabarit = PageConfirmation {
                page,
                compte,
                geste,
                saisie,
                erreurs,
            };
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}
