//! The second step of a sign-in.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use super::Retour;
use crate::App;
use crate::acces::{Page, Visiteur};
use crate::utilisateurs::appareils::Appareil;
use crate::utilisateurs::client::Client;
use crate::utilisateurs::connexion;
use crate::web::{self, Erreur, Formulaire, Requete, texte};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieCode {
    code: String,
    /// « oui » on the page that asks for a recovery code.
    secours: String,
    retour: String,
}

#[derive(Template)]
#[template(path = "utilisateurs/code.html")]
struct PageCode {
    page: Page,
    secours: bool,
    vers: String,
    /// The same page with the other kind of code.
    autre: String,
    contact: Option<String>,
    retour: Retour,
    resume: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "utilisateurs/code_perime.html")]
struct PagePerimee {
    page: Page,
    connexion: String,
}

fn avec_retour(chemin: &str, paires: &[(&str, &str)]) -> String {
    let mut question = url::form_urlencoded::Serializer::new(String::new());
    for (cle, valeur) in paires.iter().filter(|(_, v)| !v.is_empty()) {
        question.append_pair(cle, valeur);
    }
    let question = question.finish();
    if question.is_empty() {
        chemin.to_owned()
    } else {
        format!("{chemin}?{question}")
    }
}

/// Address of this page, which keeps where to go afterwards.
pub(super) fn adresse(retour: &str, secours: bool) -> String {
    let secours = if secours { "oui" } else { "" };
    avec_retour(
        "/connexion/code",
        &[("secours", secours), ("retour", texte::retour(retour, ""))],
    )
}

/// The session is open: where the person was going, the browser remembered.
pub(super) fn entre(app: &App, navigateur: Appareil, retour: &str) -> Result<Response, Erreur> {
    let mut reponse = web::vers(texte::retour(retour, "/"));
    reponse
        .headers_mut()
        .append(header::SET_COOKIE, navigateur.pose(app)?);
    Ok(reponse)
}

fn rendre(app: &App, page: Page, saisie: &SaisieCode, retour: Retour) -> Result<Response, Erreur> {
    let secours = saisie.secours == "oui";
    let gabarit = PageCode {
        page,
        secours,
        vers: texte::retour(&saisie.retour, "").to_owned(),
        autre: adresse(&saisie.retour, !secours),
        contact: app.parametres().contact.clone(),
        resume: retour.resume(),
        retour,
    };
    gabarit.retour.rendre(&gabarit)
}

/// No code is awaited: ten minutes have passed, or the account has changed.
fn perimee(page: Page, retour: &str) -> Result<Response, Erreur> {
    let connexion = avec_retour("/connexion", &[("retour", texte::retour(retour, ""))]);
    web::rendre(StatusCode::GONE, &PagePerimee { page, connexion })
}

pub async fn page(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieCode {
        code: String::new(),
        secours: requete.valeur("secours").to_owned(),
        retour: requete.valeur("retour").to_owned(),
    };
    if visiteur.personne().is_some() {
        return Ok(web::vers(texte::retour(&saisie.retour, "/")));
    }
    if !connexion::code_attendu(&session).await? {
        return perimee(page, &saisie.retour);
    }
    rendre(&app, page, &saisie, Retour::default())
}

pub async fn donner(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieCode>,
) -> Result<Response, Erreur> {
    match connexion::completer(&app, &client, &session, &saisie.code).await {
        Ok(Some(navigateur)) => entre(&app, navigateur, &saisie.retour),
        Ok(None) => perimee(page, &saisie.retour),
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            rendre(&app, page, &saisie, retour)
        }
    }
}
