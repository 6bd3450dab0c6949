use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Retour, sans_referent};
use crate::App;
use crate::acces::{Message, Page, Visiteur};
use crate::courrier::Usage;
use crate::utilisateurs::client::Client;
use crate::utilisateurs::compte::lire_adresse;
use crate::utilisateurs::mots_de_passe::{self, Demande, Titulaire};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, MotDePasse};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieMotDePasse {
    mot_de_passe: MotDePasse,
}

impl SaisieMotDePasse {
    pub fn mot(&self) -> &MotDePasse {
        &self.mot_de_passe
    }
}

#[derive(Template)]
#[template(path = "utilisateurs/activation.html")]
struct PageActivation {
    page: Page,
    secret: String,
    titulaire: Titulaire,
    retour: Retour,
    resume: Vec<(String, String)>,
}

fn rendre(
    page: Page,
    secret: String,
    titulaire: Titulaire,
    retour: Retour,
) -> Result<Response, Erreur> {
    let gabarit = PageActivation {
        page,
        secret,
        titulaire,
        resume: retour.resume(),
        retour,
    };
    gabarit.retour.rendre(&gabarit).map(sans_referent)
}

/// Opening the link changes nothing: mail scanners open it too (security.md ML3).
pub async fn page(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    match mots_de_passe::titulaire(&app, &secret, Usage::Activation).await? {
        Some(titulaire) => rendre(page, secret, titulaire, Retour::default()),
        None => lien_mort(page),
    }
}

pub async fn activer(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
    Formulaire(saisie): Formulaire<SaisieMotDePasse>,
) -> Result<Response, Erreur> {
    let usage = Usage::Activation;
    let Some(titulaire) = mots_de_passe::titulaire(&app, &secret, usage).await? else {
        return lien_mort(page);
    };
    match mots_de_passe::choisir(&app, &titulaire, usage, saisie.mot()).await {
        Ok(true) => {
            let vers = Message::succes("Votre compte est actif.")
                .texte("Connectez-vous avec votre adresse électronique et le mot de passe que vous venez de choisir.")
                .et_aller(&app, None, "/connexion")
                .await?;
            Ok(sans_referent(web::vers(&vers)))
        }
        Ok(false) => lien_mort(page),
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            rendre(page, secret, titulaire, retour)
        }
    }
}

#[derive(Template)]
#[template(path = "utilisateurs/renvoi.html")]
struct PageRenvoi {
    page: Page,
    adresse: String,
    mort: bool,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl PageRenvoi {
    fn new(page: Page, adresse: String, mort: bool, retour: Retour) -> Self {
        Self {
            page,
            adresse,
            mort,
            resume: retour.resume(),
            retour,
        }
    }
}

/// Used, replaced, too old, forged: one neutral page, which offers the way on (failure-modes I9, I13).
fn lien_mort(page: Page) -> Result<Response, Erreur> {
    let gabarit = PageRenvoi::new(page, String::new(), true, Retour::default());
    web::rendre(StatusCode::GONE, &gabarit).map(sans_referent)
}

pub async fn page_renvoi(_: Visiteur, page: Page) -> Result<Response, Erreur> {
    web::page(&PageRenvoi::new(
        page,
        String::new(),
        false,
        Retour::default(),
    ))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAdresse {
    pub adresse: String,
}

impl SaisieAdresse {
    /// Asks for the link; `Invalide` at `adresse`.
    pub async fn demander(
        &self,
        app: &App,
        client: &Client,
        demande: Demande,
    ) -> Result<(), Erreur> {
        let mut erreurs = Erreurs::default();
        match lire_adresse(&mut erreurs, "adresse", &self.adresse) {
            Some(adresse) => mots_de_passe::demander_lien(app, client, &adresse, demande).await,
            None => Err(Erreur::Invalide(erreurs)),
        }
    }
}

pub async fn renvoyer(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    Formulaire(saisie): Formulaire<SaisieAdresse>,
) -> Result<Response, Erreur> {
    if let Err(erreur) = saisie.demander(&app, &client, Demande::Activation).await {
        let retour = Retour::de(&app, erreur).await?;
        let gabarit = PageRenvoi::new(page, saisie.adresse, false, retour);
        return gabarit.retour.rendre(&gabarit);
    }
    let vers = Message::info("Consultez votre messagerie.")
        .texte("Si un compte attend son activation à cette adresse, un nouveau lien vient d’y être envoyé\u{202f}; les liens reçus auparavant ne servent plus. Si votre compte est déjà actif, connectez-vous.")
        .et_aller(&app, None, "/connexion")
        .await?;
    Ok(web::vers(&vers))
}
