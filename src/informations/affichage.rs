use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::page::COOKIE_AFFICHAGE;
use crate::acces::{Message, Page, Personne, Visiteur};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, Saisie};

const THEMES: [(&str, &str); 3] = [
    ("systeme", "Comme mon appareil"),
    ("clair", "Clair"),
    ("sombre", "Sombre"),
];

const DENSITES: [(&str, &str); 2] = [
    ("compacte", "Compacte\u{202F}: plus de lignes à l’écran"),
    ("aeree", "Aérée\u{202F}: des lignes plus espacées"),
];

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Reglages {
    theme: String,
    densite: String,
    raccourcis: String,
}

pub struct Choix {
    theme: &'static str,
    densite: &'static str,
    raccourcis: bool,
}

impl Saisie for Reglages {
    type Lu = Choix;

    fn lire(&self) -> Result<Choix, Erreurs> {
        let mut erreurs = Erreurs::default();
        let parmi = |permis: &[(&'static str, &str)], saisi: &str| {
            permis.iter().map(|(c, _)| *c).find(|c| *c == saisi)
        };
        let choix = Choix {
            theme: erreurs.lire(
                "theme",
                parmi(&THEMES, &self.theme).ok_or("Choisissez un thème de la liste."),
            ),
            densite: erreurs.lire(
                "densite",
                parmi(&DENSITES, &self.densite).ok_or("Choisissez une densité de la liste."),
            ),
            raccourcis: self.raccourcis == "oui",
        };
        erreurs.verdict().map(|()| choix)
    }
}

#[derive(Template)]
#[template(path = "informations/parametres_affichage.html")]
struct Parametres {
    page: Page,
    saisie: Reglages,
    erreurs: Erreurs,
}

impl Parametres {
    fn new(page: Page, saisie: Reglages) -> Self {
        Self {
            page,
            saisie,
            erreurs: Erreurs::default(),
        }
    }

    fn themes(&self) -> [(&'static str, &'static str); 3] {
        THEMES
    }

    fn densites(&self) -> [(&'static str, &'static str); 2] {
        DENSITES
    }
}

/// Said by the address: an anonymous visitor must not be able to fill a table.
const ENREGISTRE: &str = "/parametres-affichage?enregistre=oui";

pub async fn parametres(_: Visiteur, mut page: Page, requete: Requete) -> Result<Response, Erreur> {
    if requete.valeur("enregistre") == "oui" {
        page.message = Some(Message::succes("Paramètres d’affichage enregistrés"));
    }
    let saisie = Reglages {
        theme: page.theme.clone(),
        densite: page.densite.clone(),
        raccourcis: if page.raccourcis { "oui" } else { "" }.to_owned(),
    };
    web::page(&Parametres::new(page, saisie))
}

/// In the cookie for this browser; on the account too, so that they follow the person.
pub async fn enregistrer(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<Reglages>,
) -> Result<Response, Erreur> {
    let choix = match saisie.lire() {
        Ok(choix) => choix,
        Err(erreurs) => {
            return web::rendre(
                StatusCode::UNPROCESSABLE_ENTITY,
                &Parametres {
                    erreurs,
                    ..Parametres::new(page, saisie)
                },
            );
        }
    };
    if let Some(personne) = visiteur.personne() {
        garder(&app, personne, &choix).await?;
    }
    let mut reponse = web::vers(ENREGISTRE);
    reponse
        .headers_mut()
        .append(header::SET_COOKIE, cookie(&choix, app.config.https())?);
    Ok(reponse)
}

async fn garder(app: &App, personne: &Personne, choix: &Choix) -> Result<(), Erreur> {
    sqlx::query!(
        "update utilisateurs set theme = $2, densite = $3, raccourcis = $4 where id = $1",
        personne.id.0,
        choix.theme,
        choix.densite,
        choix.raccourcis
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

/// One year; strictly necessary, hence without consent.
fn cookie(choix: &Choix, https: bool) -> Result<HeaderValue, Erreur> {
    let texte = format!(
        "{COOKIE_AFFICHAGE}={}.{}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{}",
        choix.theme,
        choix.densite,
        if https { "; Secure" } else { "" }
    );
    HeaderValue::from_str(&texte).map_err(|e| anyhow::Error::from(e).into())
}
