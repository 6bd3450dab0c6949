//! The identity and the address of an account that waits, corrected by whoever created it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{CheminCompte, LISTE};
use crate::App;
use crate::acces::{Message, Page, Portee, RattacherUtilisateurs, ToutGestionnaire};
use crate::activites::pages::resume;
use crate::activites::utilisateurs::{self, CompteVu};
use crate::db::en_transaction;
use crate::utilisateurs::NouveauCompte;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Saisie};

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieIdentite {
    adresse_connexion: String,
    prenom: String,
    nom: String,
}

impl Saisie for SaisieIdentite {
    type Lu = NouveauCompte;

    fn lire(&self) -> Result<NouveauCompte, Erreurs> {
        NouveauCompte::lire(&self.adresse_connexion, "", &self.prenom, &self.nom)
    }
}

#[derive(Template)]
#[template(path = "activites/comptes/identite.html")]
struct PageIdentite {
    page: Page,
    compte: CompteVu,
    saisie: SaisieIdentite,
    erreurs: Erreurs,
}

impl PageIdentite {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn fiche(&self) -> String {
        format!("{LISTE}/{}", self.compte.id)
    }

    fn action(&self) -> String {
        format!("{}/identite", self.fiche())
    }
}

async fn ecran(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    page: Page,
    chemin: &CheminCompte,
    saisie: Option<(SaisieIdentite, Erreurs)>,
) -> Result<Response, Erreur> {
    let compte = utilisateurs::compte(app, portee, chemin.utilisateur).await?;
    if !compte.corrigeable {
        return Err(Erreur::Conflit(
            "L’identité et l’adresse d’un compte se corrigent seulement avant son activation, par le gestionnaire qui l’a créé."
                .to_owned(),
        ));
    }
    let (saisie, erreurs, statut) = match saisie {
        Some((saisie, erreurs)) => (saisie, erreurs, StatusCode::UNPROCESSABLE_ENTITY),
        None => {
            let saisie = SaisieIdentite {
                adresse_connexion: compte.adresse_connexion.clone(),
                prenom: compte.prenom.clone(),
                nom: compte.nom.clone(),
            };
            (saisie, Erreurs::default(), StatusCode::OK)
        }
    };
    let gabarit = PageIdentite {
        page,
        compte,
        saisie,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET /activites/utilisateurs/{utilisateur}/identite.
pub async fn page(
    _: Portee<RattacherUtilisateurs>,
    portee: Portee<ToutGestionnaire>,
    Chemin(chemin): Chemin<CheminCompte>,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    ecran(&app, &portee, page, &chemin, None).await
}

/// POST /activites/utilisateurs/{utilisateur}/identite.
pub async fn corriger(
    rattache: Portee<RattacherUtilisateurs>,
    portee: Portee<ToutGestionnaire>,
    Chemin(chemin): Chemin<CheminCompte>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieIdentite>,
) -> Result<Response, Erreur> {
    let personne = chemin.utilisateur;
    let fait = match saisie.lire() {
        Ok(compte) => en_transaction!(&app, |tx| utilisateurs::corriger(
            tx, &rattache, personne, &compte
        )
        .await),
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(nom) => {
            let vers = Message::succes(format!("L’identité de {nom} est corrigée."))
                .texte("Un nouveau courriel d’activation part à son adresse\u{202F}; les liens précédents ne servent plus.")
                .et_aller(&app, Some(portee.id()), &format!("{LISTE}/{personne}"))
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran(&app, &portee, page, &chemin, Some((saisie, erreurs))).await
        }
        Err(autre) => Err(autre),
    }
}
