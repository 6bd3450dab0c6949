use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use super::Retour;
use crate::App;
use crate::acces::{Identifie, Message, Page, Visiteur, sessions};
use crate::identifiants::AdresseElectronique;
use crate::utilisateurs::client::Client;
use crate::utilisateurs::compte::lire_adresse;
use crate::utilisateurs::connexion::{self, Issue};
use crate::web::{self, Erreur, Erreurs, Formulaire, MotDePasse, Requete, Saisie, texte};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieConnexion {
    adresse: String,
    mot_de_passe: MotDePasse,
    retour: String,
}

impl Saisie for SaisieConnexion {
    type Lu = AdresseElectronique;

    fn lire(&self) -> Result<AdresseElectronique, Erreurs> {
        let mut erreurs = Erreurs::default();
        let adresse = lire_adresse(&mut erreurs, "adresse", &self.adresse);
        if self.mot_de_passe.exposer().is_empty() {
            erreurs.ajouter("mot_de_passe", "Saisissez votre mot de passe.");
        }
        match adresse {
            Some(adresse) if erreurs.est_vide() => Ok(adresse),
            _ => Err(erreurs),
        }
    }
}

#[derive(Template)]
#[template(path = "utilisateurs/connexion.html")]
struct PageConnexion {
    page: Page,
    adresse: String,
    vers: String,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl PageConnexion {
    fn new(page: Page, saisie: &SaisieConnexion, retour: Retour) -> Self {
        Self {
            page,
            adresse: saisie.adresse.clone(),
            vers: texte::retour(&saisie.retour, "").to_owned(),
            resume: retour.resume(),
            retour,
        }
    }
}

pub async fn page(visiteur: Visiteur, page: Page, requete: Requete) -> Result<Response, Erreur> {
    let retour = requete.valeur("retour");
    if visiteur.personne().is_some() && requete.valeur("m").is_empty() {
        return Ok(web::vers(texte::retour(retour, "/")));
    }
    let saisie = SaisieConnexion {
        retour: retour.to_owned(),
        ..SaisieConnexion::default()
    };
    web::page(&PageConnexion::new(page, &saisie, Retour::default()))
}

pub async fn entrer(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieConnexion>,
) -> Result<Response, Erreur> {
    match essayer(&app, &client, &session, &saisie).await {
        Ok(reponse) => Ok(reponse),
        Err(erreur) => {
            let gabarit = PageConnexion::new(page, &saisie, Retour::de(&app, erreur).await?);
            gabarit.retour.rendre(&gabarit)
        }
    }
}

async fn essayer(
    app: &App,
    client: &Client,
    session: &Session,
    saisie: &SaisieConnexion,
) -> Result<Response, Erreur> {
    let adresse = saisie.lire()?;
    match connexion::tenter(app, client, session, &adresse, &saisie.mot_de_passe).await? {
        Issue::Ouverte(navigateur) => super::code::entre(app, navigateur, &saisie.retour),
        Issue::CodeAttendu => Ok(web::vers(&super::code::adresse(&saisie.retour, false))),
        Issue::Desactive => Ok(web::vers("/reactivation")),
        Issue::Refusee => Err(Erreur::Invalide(Erreurs::generale(
            "Adresse ou mot de passe incorrect.",
        ))),
    }
}

/// Whoever asks is signed out; the browser forgets the pages it kept (security.md SE3).
pub async fn sortir(
    present: Option<Identifie>,
    State(app): State<App>,
    session: Session,
) -> Result<Response, Erreur> {
    sessions::fermer(&session).await?;
    let vers = match present.as_ref().map(Identifie::personne) {
        Some(personne) => {
            tracing::info!(evenement = "deconnexion", utilisateur = %personne.id, "connexion");
            Message::succes("Vous êtes déconnecté.")
                .et_aller(&app, None, "/connexion")
                .await?
        }
        None => "/connexion".to_owned(),
    };
    let mut reponse = web::vers(&vers);
    reponse
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(reponse)
}
