//! Step 1: who the account is for.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tower_sessions::Session;

use super::{AUTRE, DEBUT, STRUCTURE, VERIFICATION, compter};
use crate::App;
use crate::acces::{Page, Visiteur};
use crate::inscription::brouillon::{Brouillon, SaisiePersonne, parcours};
use crate::utilisateurs::{Client, Retour};
use crate::web::{self, Erreur, Formulaire, Requete};

#[derive(Template)]
#[template(path = "inscription/personne.html")]
struct PagePersonne {
    page: Page,
    pour_autrui: bool,
    /// The answers of this session were gone.
    reprise: bool,
    saisie: SaisiePersonne,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl PagePersonne {
    fn new(page: Page, pour_autrui: bool, saisie: SaisiePersonne, retour: Retour) -> Self {
        Self {
            page,
            pour_autrui,
            reprise: false,
            saisie,
            resume: retour.resume(),
            retour,
        }
    }

    fn parcours(&self) -> &'static str {
        parcours(self.pour_autrui)
    }

    fn titre(&self) -> &'static str {
        if self.pour_autrui {
            "Ses informations personnelles"
        } else {
            "Vos informations personnelles"
        }
    }

    fn chapeau(&self) -> &'static str {
        if self.pour_autrui {
            "La personne recevra un courriel pour activer son compte et choisir elle-même son mot de passe. Rien ne sera fait en son nom avant."
        } else {
            "Quatre étapes, trois minutes. Votre compte s’active ensuite par un courriel."
        }
    }

    fn action(&self) -> &'static str {
        if self.pour_autrui { AUTRE } else { DEBUT }
    }

    /// `autocomplete` of a field: the browser knows the visitor, not somebody else.
    fn completion(&self, genre: &'static str) -> &'static str {
        if self.pour_autrui { "off" } else { genre }
    }
}

async fn afficher(
    session: &Session,
    page: Page,
    pour_autrui: bool,
    reprise: bool,
) -> Result<Response, Erreur> {
    let saisie = Brouillon::lire(session)
        .await?
        .filter(|b| b.pour_autrui == pour_autrui)
        .map(|b| b.personne)
        .unwrap_or_default();
    let mut gabarit = PagePersonne::new(page, pour_autrui, saisie, Retour::default());
    gabarit.reprise = reprise;
    web::page(&gabarit)
}

pub async fn page(
    visiteur: Visiteur,
    page: Page,
    session: Session,
    requete: Requete,
) -> Result<Response, Erreur> {
    if visiteur.personne().is_some() {
        return Ok(web::vers(AUTRE));
    }
    let reprise = !requete.valeur("reprise").is_empty();
    afficher(&session, page, false, reprise).await
}

pub async fn page_autre(_: Visiteur, page: Page, session: Session) -> Result<Response, Erreur> {
    afficher(&session, page, true, false).await
}

pub async fn garder(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    session: Session,
    Formulaire(saisie): Formulaire<SaisiePersonne>,
) -> Result<Response, Erreur> {
    if visiteur.personne().is_some() {
        return Ok(web::vers(AUTRE));
    }
    suivre(&app, &visiteur, page, &client, &session, (false, saisie)).await
}

pub async fn garder_autre(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    session: Session,
    Formulaire(saisie): Formulaire<SaisiePersonne>,
) -> Result<Response, Erreur> {
    suivre(&app, &visiteur, page, &client, &session, (true, saisie)).await
}

async fn suivre(
    app: &App,
    visiteur: &Visiteur,
    page: Page,
    client: &Client,
    session: &Session,
    (pour_autrui, saisie): (bool, SaisiePersonne),
) -> Result<Response, Erreur> {
    let verdict = match saisie.lire(pour_autrui, visiteur.personne()) {
        Ok(_) => compter(app, client).await,
        Err(erreurs) => Err(Erreur::Invalide(erreurs)),
    };
    if let Err(erreur) = verdict {
        let retour = Retour::de(app, erreur).await?;
        let gabarit = PagePersonne::new(page, pour_autrui, saisie, retour);
        return gabarit.retour.rendre(&gabarit);
    }
    let mut brouillon = match Brouillon::lire(session).await? {
        // « Modifier » changes these answers and keeps the others.
        Some(ancien) if ancien.pour_autrui == pour_autrui => Brouillon {
            personne: saisie,
            ..ancien
        },
        _ => Brouillon::nouveau(pour_autrui, saisie),
    };
    brouillon.garder(session).await?;
    let vers = if brouillon.suite.is_some() {
        VERIFICATION
    } else {
        STRUCTURE
    };
    Ok(web::vers(vers))
}
