use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::activation::{SaisieAdresse, SaisieMotDePasse};
use super::{Retour, sans_referent};
use crate::App;
use crate::acces::{Message, Page, Visiteur};
use crate::courrier::Usage;
use crate::utilisateurs::client::Client;
use crate::utilisateurs::mots_de_passe::{self, Demande, Titulaire};
use crate::web::{self, Chemin, Erreur, Formulaire};

#[derive(Template)]
#[template(path = "utilisateurs/oubli.html")]
struct PageOubli {
    page: Page,
    adresse: String,
    mort: bool,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl PageOubli {
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

pub async fn page(_: Visiteur, page: Page) -> Result<Response, Erreur> {
    web::page(&PageOubli::new(
        page,
        String::new(),
        false,
        Retour::default(),
    ))
}

pub async fn demander(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    Formulaire(saisie): Formulaire<SaisieAdresse>,
) -> Result<Response, Erreur> {
    if let Err(erreur) = saisie.demander(&app, &client, Demande::MotDePasse).await {
        let retour = Retour::de(&app, erreur).await?;
        let gabarit = PageOubli::new(page, saisie.adresse, false, retour);
        return gabarit.retour.rendre(&gabarit);
    }
    let vers = Message::info("Consultez votre messagerie.")
        .texte("Si un compte existe à cette adresse, un lien pour choisir un nouveau mot de passe vient d’y être envoyé. Il est valable 1\u{a0}heure.")
        .et_aller(&app, None, "/connexion")
        .await?;
    Ok(web::vers(&vers))
}

#[derive(Template)]
#[template(path = "utilisateurs/nouveau_mot_de_passe.html")]
struct PageChoix {
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
    let gabarit = PageChoix {
        page,
        secret,
        titulaire,
        resume: retour.resume(),
        retour,
    };
    gabarit.retour.rendre(&gabarit).map(sans_referent)
}

fn lien_mort(page: Page) -> Result<Response, Erreur> {
    let gabarit = PageOubli::new(page, String::new(), true, Retour::default());
    web::rendre(StatusCode::GONE, &gabarit).map(sans_referent)
}

/// As for an activation, opening the link changes nothing.
pub async fn page_choix(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    match mots_de_passe::titulaire(&app, &secret, Usage::MotDePasse).await? {
        Some(titulaire) => rendre(page, secret, titulaire, Retour::default()),
        None => lien_mort(page),
    }
}

pub async fn choisir(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
    Formulaire(saisie): Formulaire<SaisieMotDePasse>,
) -> Result<Response, Erreur> {
    let usage = Usage::MotDePasse;
    let Some(titulaire) = mots_de_passe::titulaire(&app, &secret, usage).await? else {
        return lien_mort(page);
    };
    match mots_de_passe::choisir(&app, &titulaire, usage, saisie.mot()).await {
        Ok(true) => {
            let vers = Message::succes("Votre mot de passe est modifié.")
                .texte("Toutes vos connexions ouvertes ont été fermées. Connectez-vous avec le nouveau mot de passe.")
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
