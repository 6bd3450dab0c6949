//! « Double authentification » (R-COMPTE-2F). These pages are content with [`Identifie`], so that an account that must
//! have a second factor can set one up.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tower_sessions::Session;

use super::Retour;
use crate::App;
use crate::acces::{Identifie, Message, Page};
use crate::routes::Routes;
use crate::utilisateurs::conseil;
use crate::utilisateurs::second_facteur::{self, Dessin, Etat, secours};
use crate::web::{self, Erreur, Erreurs, Formulaire, MotDePasse};

const ICI: &str = "/mon-compte/double-authentification";

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/mon-compte/double-authentification", page)
        .post("/mon-compte/double-authentification/conseil", masquer)
        .get("/mon-compte/double-authentification/activation", activation)
        .post("/mon-compte/double-authentification/activation", commencer)
        .post(
            "/mon-compte/double-authentification/confirmation",
            confirmer,
        )
        .post("/mon-compte/double-authentification/abandon", abandonner)
        .get("/mon-compte/double-authentification/codes", renouvellement)
        .post("/mon-compte/double-authentification/codes", renouveler)
        .post(
            "/mon-compte/double-authentification/codes/fichier",
            telecharger,
        )
        .get("/mon-compte/double-authentification/retrait", retrait)
        .post("/mon-compte/double-authentification/retrait", retirer)
}

#[derive(Template)]
#[template(path = "utilisateurs/second_facteur/etat.html")]
struct PageEtat {
    page: Page,
    etat: Option<Etat>,
    /// Nothing else is open to this account before.
    requise: bool,
    contact: Option<String>,
}

impl PageEtat {
    fn restants(&self) -> String {
        let n = self.etat.as_ref().map_or(0, |e| e.restants);
        match n {
            0 => "Aucun\u{202F}: remplacez-les".to_owned(),
            n => format!("{n} sur {}", secours::NOMBRE),
        }
    }
}

pub async fn page(
    identifie: Identifie,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    web::page(&PageEtat {
        page,
        etat: second_facteur::etat(&app, &identifie).await?,
        requise: identifie.personne().facteur_manque(&app),
        contact: app.parametres().contact.clone(),
    })
}

/// Puts away the advice of « Mon compte ».
pub async fn masquer(identifie: Identifie, State(app): State<App>) -> Result<Response, Erreur> {
    conseil::masquer(&app, &identifie).await?;
    Ok(web::vers("/mon-compte"))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieSecret {
    mot_de_passe: MotDePasse,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieCode {
    code: String,
}

/// What the application must be given.
struct AMontrer {
    dessin: Dessin,
    adresse: String,
    groupes: String,
}

#[derive(Template)]
#[template(path = "utilisateurs/second_facteur/activation.html")]
struct PageActivation {
    page: Page,
    /// `None`: the password is asked first.
    secret: Option<AMontrer>,
    compte: String,
    retour: Retour,
    resume: Vec<(String, String)>,
}

async fn etape(
    app: &App,
    identifie: &Identifie,
    session: &Session,
    page: Page,
    retour: Retour,
) -> Result<Response, Erreur> {
    let secret = match second_facteur::en_cours(app, identifie, session).await? {
        Some(secret) => Some(AMontrer {
            dessin: secret.dessin()?,
            adresse: secret.adresse()?,
            groupes: secret.groupes(),
        }),
        None => None,
    };
    let gabarit = PageActivation {
        page,
        secret,
        compte: identifie.personne().adresse_connexion.clone(),
        resume: retour.resume(),
        retour,
    };
    gabarit.retour.rendre(&gabarit)
}

pub async fn activation(
    identifie: Identifie,
    State(app): State<App>,
    page: Page,
    session: Session,
) -> Result<Response, Erreur> {
    if identifie.personne().facteur {
        return Ok(web::vers(ICI));
    }
    etape(&app, &identifie, &session, page, Retour::default()).await
}

pub async fn commencer(
    identifie: Identifie,
    State(app): State<App>,
    page: Page,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieSecret>,
) -> Result<Response, Erreur> {
    let mot = &saisie.mot_de_passe;
    match second_facteur::commencer(&app, &identifie, &session, mot).await {
        Ok(()) => Ok(web::vers(&format!("{ICI}/activation"))),
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            etape(&app, &identifie, &session, page, retour).await
        }
    }
}

pub async fn abandonner(identifie: Identifie, State(app): State<App>) -> Result<Response, Erreur> {
    second_facteur::abandonner(&app, &identifie).await?;
    Ok(web::vers(ICI))
}

#[derive(Template)]
#[template(path = "utilisateurs/second_facteur/codes.html")]
struct PageCodes {
    page: Page,
    codes: Vec<String>,
    /// The factor has just been set up; otherwise its codes were replaced.
    activee: bool,
}

pub async fn confirmer(
    identifie: Identifie,
    State(app): State<App>,
    page: Page,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieCode>,
) -> Result<Response, Erreur> {
    match second_facteur::confirmer(&app, &identifie, &session, &saisie.code).await {
        Ok(Some(codes)) => web::page(&PageCodes {
            page,
            codes,
            activee: true,
        }),
        // Fifteen minutes have passed, or another tab was faster: the first page says where things stand.
        Ok(None) => Ok(web::vers(ICI)),
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            etape(&app, &identifie, &session, page, retour).await
        }
    }
}

#[derive(Template)]
#[template(path = "utilisateurs/second_facteur/renouvellement.html")]
struct PageRenouvellement {
    page: Page,
    retour: Retour,
    resume: Vec<(String, String)>,
}

fn rendre_renouvellement(page: Page, retour: Retour) -> Result<Response, Erreur> {
    let gabarit = PageRenouvellement {
        page,
        resume: retour.resume(),
        retour,
    };
    gabarit.retour.rendre(&gabarit)
}

pub async fn renouvellement(identifie: Identifie, page: Page) -> Result<Response, Erreur> {
    if !identifie.personne().facteur {
        return Ok(web::vers(ICI));
    }
    rendre_renouvellement(page, Retour::default())
}

pub async fn renouveler(
    identifie: Identifie,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieSecret>,
) -> Result<Response, Erreur> {
    match second_facteur::renouveler(&app, &identifie, &saisie.mot_de_passe).await {
        Ok(codes) => web::page(&PageCodes {
            page,
            codes,
            activee: false,
        }),
        Err(erreur) => rendre_renouvellement(page, Retour::de(&app, erreur).await?),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieFichier {
    codes: String,
}

/// The codes the page has just shown, as a text file: only they can be sent here, since nothing else keeps them.
pub async fn telecharger(
    identifie: Identifie,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieFichier>,
) -> Result<Response, Erreur> {
    let codes = secours::siens(&app.db, identifie.id(), &saisie.codes)
        .await?
        .ok_or_else(|| {
            Erreur::Invalide(Erreurs::generale(
                "Ces codes de secours ne sont plus les vôtres\u{202F}: remplacez-les.",
            ))
        })?;
    let compte = &identifie.personne().adresse_connexion;
    let mut reponse = (
        StatusCode::OK,
        secours::fichier(&app.config.marque, compte, &codes),
    )
        .into_response();
    for (nom, valeur) in [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"codes-de-secours.txt\"",
        ),
    ] {
        reponse
            .headers_mut()
            .insert(nom, HeaderValue::from_static(valeur));
    }
    Ok(reponse)
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieRetrait {
    mot_de_passe: MotDePasse,
    code: String,
}

#[derive(Template)]
#[template(path = "utilisateurs/second_facteur/retrait.html")]
struct PageRetrait {
    page: Page,
    retour: Retour,
    resume: Vec<(String, String)>,
}

fn rendre_retrait(page: Page, retour: Retour) -> Result<Response, Erreur> {
    let gabarit = PageRetrait {
        page,
        resume: retour.resume(),
        retour,
    };
    gabarit.retour.rendre(&gabarit)
}

pub async fn retrait(identifie: Identifie, page: Page) -> Result<Response, Erreur> {
    if !identifie.personne().facteur {
        return Ok(web::vers(ICI));
    }
    rendre_retrait(page, Retour::default())
}

pub async fn retirer(
    identifie: Identifie,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieRetrait>,
) -> Result<Response, Erreur> {
    let (mot, code) = (&saisie.mot_de_passe, &saisie.code);
    match second_facteur::retirer(&app, &identifie, mot, code).await {
        Ok(()) => {
            let vers = Message::succes("La double authentification est désactivée.")
                .texte("Votre mot de passe suffit désormais à vous connecter. Un courriel vous le confirme.")
                .et_aller(&app, Some(identifie.id()), ICI)
                .await?;
            Ok(web::vers(&vers))
        }
        Err(erreur) => rendre_retrait(page, Retour::de(&app, erreur).await?),
    }
}
