use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;

use super::espace::{EspaceConnu, SollicitationsRecues};
use super::identite::{self, Personne as Identite};
use super::message::{self, Message};
use super::regard::Regard;
use crate::App;
use crate::web::{Erreur, Requete};

/// What every template needs around its content. Built by an extractor, never by hand.
pub struct Page {
    pub marque: Arc<str>,
    pub slogan: &'static str,
    pub personne: Option<Personne>,
    pub menu: Vec<Entree>,
    pub message: Option<Message>,
    pub theme: String,
    pub densite: String,
    pub raccourcis: bool,
    pub demo: bool,
    /// « Aide en ligne »: leads to the article of the screen (spec §13 « Header and domains »).
    pub aide: String,
    /// Said to everybody, above everything (R-ADM).
    pub bandeau: Option<String>,
    /// An agent of the support looks, not the person named.
    pub regard: Option<Regard>,
    /// An agent of the support sees this person's screens: his name.
    pub assistee_par: Option<String>,
    /// Say to this gestionnaire, where it is discreet, that a second factor would protect the structures.
    pub conseil_facteur: bool,
    pub exploitant: String,
    pub accessibilite: String,
}

/// The person as the header names her.
pub struct Personne {
    pub nom_complet: String,
}

pub struct Entree {
    pub libelle: String,
    pub href: String,
    pub courante: bool,
}

/// Cookie of the display settings of an anonymous visitor: `theme.densite`.
pub const COOKIE_AFFICHAGE: &str = "affichage";

impl FromRequestParts<App> for Page {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let identite = identite::lire(parts, app).await?;
        let requete = Requete::lire(parts.uri.path(), parts.uri.query().unwrap_or_default());
        let message = message::lire(app, &requete, identite.as_ref().map(|i| i.id)).await?;
        Ok(Self::construire(app, parts, identite.as_deref(), message))
    }
}

impl Page {
    /// Without the person: for the error page of a request whose session cannot be read.
    pub(super) fn anonyme(app: &App, parts: &Parts) -> Self {
        Self::construire(app, parts, None, None)
    }

    fn construire(
        app: &App,
        parts: &Parts,
        identite: Option<&Identite>,
        message: Option<Message>,
    ) -> Self {
        let (theme, densite) = affichage(parts);
        let config = &app.config;
        Self {
            marque: Arc::clone(&config.marque),
            slogan: "Vos structures, vos accès",
            menu: menu(app, parts.uri.path(), identite),
            theme: identite.map_or(theme, |i| i.theme.clone()),
            densite: identite.map_or(densite, |i| i.densite.clone()),
            raccourcis: identite.is_some_and(|i| i.raccourcis),
            personne: identite.map(|i| Personne {
                nom_complet: i.nom_complet(),
            }),
            message,
            demo: config.demo,
            aide: aide(parts),
            bandeau: app.parametres().bandeau.clone(),
            regard: identite.and_then(|i| i.regard.clone()),
            assistee_par: identite.and_then(|i| i.assistee_par.clone()),
            conseil_facteur: identite
                .is_some_and(|i| i.gestionnaire && !i.facteur && !i.conseil_masque),
            exploitant: config.exploitant.clone(),
            accessibilite: config.accessibilite.clone(),
        }
    }
}

/// Where « Aide en ligne » leads: the screen is named as the route table spells it, so that the address holds no object.
fn aide(parts: &Parts) -> String {
    match parts.extensions.get::<MatchedPath>() {
        Some(ecran) if !ecran.as_str().starts_with("/aide") => {
            let question = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("ecran", ecran.as_str())
                .finish();
            format!("/aide/ecran?{question}")
        }
        _ => "/aide".to_owned(),
    }
}

fn affichage(parts: &Parts) -> (String, String) {
    let choix = parts
        .headers
        .get_all(axum::http::header::COOKIE)
        .iter()
        .filter_map(|c| c.to_str().ok())
        .flat_map(|c| c.split(';'))
        .filter_map(|c| c.trim().split_once('='))
        .find(|(nom, _)| *nom == COOKIE_AFFICHAGE)
        .and_then(|(_, valeur)| valeur.split_once('.'));
    let (theme, densite) = choix.unwrap_or_default();
    let parmi = |valeur: &str, permis: &[&str]| -> String {
        permis
            .iter()
            .find(|p| **p == valeur)
            .unwrap_or(&permis[0])
            .to_string()
    };
    (
        parmi(theme, &["systeme", "clair", "sombre"]),
        parmi(densite, &["compacte", "aeree"]),
    )
}

/// The main menu shows the espaces the person has (spec §4).
fn menu(app: &App, chemin: &str, identite: Option<&Identite>) -> Vec<Entree> {
    let Some(identite) = identite.filter(|i| !i.facteur_manque(app)) else {
        return Vec::new();
    };
    let mut menu = Vec::new();
    let mut entree = |libelle: &str, href: &str, racine: &str| {
        let courante = if racine == "/" {
            chemin == "/"
        } else {
            chemin
                .strip_prefix(racine)
                .is_some_and(|reste| reste.is_empty() || reste.starts_with('/'))
        };
        menu.push(Entree {
            libelle: libelle.to_owned(),
            href: href.to_owned(),
            courante,
        });
    };
    entree("Accueil connecté", "/", "/");
    if identite.gestionnaire {
        entree("Activités du gestionnaire", "/activites", "/activites");
    }
    let parametres = app.parametres();
    for espace in &parametres.espaces {
        if identite.a_l_espace(&espace.code) {
            entree(&espace.nom, &espace.adresse, &espace.adresse);
        }
    }
    entree("Mon compte", "/mon-compte", "/mon-compte");
    entree(
        "Sollicitations émises",
        "/sollicitations",
        "/sollicitations",
    );
    if identite.a_l_espace(SollicitationsRecues::CODE) {
        entree(
            "Sollicitations reçues",
            "/sollicitations-recues",
            "/sollicitations-recues",
        );
    }
    if identite.support() {
        entree("Support", "/support", "/support");
    }
    if identite.referent() {
        entree("Référent", "/referent", "/referent");
    }
    if identite.administrateur() {
        entree("Administration", "/administration", "/administration");
    }
    entree("Les domaines", "/domaines", "/domaines");
    entree("Rechercher structure publique", "/annuaire", "/annuaire");
    menu
}
