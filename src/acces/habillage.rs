//! Errors travel as data and are dressed here as pages, inside the session, so that the page knows who is there.

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Page, probleme};
use crate::App;
use crate::serveur::{Reference, RefusHttp};
use crate::web::{self, Erreur};

#[derive(Template)]
#[template(path = "erreur.html")]
struct PageErreur {
    page: Page,
    code: u16,
    titre: String,
    explication: String,
    details: Vec<String>,
    reference: String,
    action: Option<Lien>,
}

struct Lien {
    href: String,
    libelle: String,
}

/// A refused door leads to the page that says why (spec §1); what is not mine and what does not exist answer alike.
fn explication(page: &Page, statut: StatusCode, chemin: &str) -> Option<Lien> {
    let porte = statut == StatusCode::FORBIDDEN
        || (statut == StatusCode::NOT_FOUND && chemin.starts_with("/structures/"));
    (porte && page.personne.is_some()).then(|| Lien {
        href: "/mon-compte/acces".to_owned(),
        libelle: "Pourquoi n’ai-je pas accès\u{202F}?".to_owned(),
    })
}

/// Where an account that must have a second factor is led until it has one.
const PAGE_DU_FACTEUR: &str = "/mon-compte/double-authentification";

/// The layer that dresses.
pub async fn habiller(State(app): State<App>, requete: Request, suite: Next) -> Response {
    let (parts, corps) = requete.into_parts();
    let copie = parts.clone();
    let reponse = suite.run(Request::from_parts(parts, corps)).await;
    if probleme::concerne(copie.uri.path()) {
        return probleme::habiller(&copie, reponse);
    }
    let statut = reponse.status();
    let erreur = reponse.extensions().get::<Erreur>().cloned();
    let refus = reponse.extensions().get::<RefusHttp>().copied();
    let texte = match (erreur, refus) {
        (Some(Erreur::ConnexionRequise), _) => return vers_connexion(&copie),
        (Some(Erreur::SecondFacteurRequis), _) => {
            return Redirect::to(PAGE_DU_FACTEUR).into_response();
        }
        (Some(erreur), _) => Texte::de_erreur(&erreur),
        (None, Some(refus)) => Texte::de_refus(refus),
        // What axum itself answers: an unknown address, a method nobody declared.
        (None, None) if statut == StatusCode::NOT_FOUND && sans_corps(&reponse) => {
            Texte::de_erreur(&Erreur::Introuvable)
        }
        (None, None) if statut == StatusCode::METHOD_NOT_ALLOWED => Texte::methode(),
        (None, None) => return reponse,
    };
    let mut copie = copie;
    let page = match Page::from_request_parts(&mut copie, &app).await {
        Ok(page) => page,
        Err(_) => Page::anonyme(&app, &copie),
    };
    let reference = copie
        .extensions
        .get::<Reference>()
        .map_or_else(String::new, |r| r.0.clone());
    let action = explication(&page, statut, copie.uri.path());
    let gabarit = PageErreur {
        page,
        code: statut.as_u16(),
        titre: texte.titre,
        explication: texte.explication,
        details: texte.details,
        reference,
        action,
    };
    match web::rendre(statut, &gabarit) {
        Ok(mut habillee) => {
            // Retry-After, Allow and the like stay; the type and length are those of the page.
            for (nom, valeur) in reponse.headers() {
                if !matches!(nom.as_str(), "content-type" | "content-length") {
                    habillee.headers_mut().append(nom, valeur.clone());
                }
            }
            habillee
        }
        Err(_) => reponse,
    }
}

pub(super) fn sans_corps(reponse: &Response) -> bool {
    use axum::body::HttpBody;
    reponse.body().size_hint().exact() == Some(0)
}

/// To the sign-in page, and back to the page asked for: after a POST, to its referring path at most.
fn vers_connexion(parts: &axum::http::request::Parts) -> Response {
    let retour = if parts.method == axum::http::Method::GET {
        parts.uri.path_and_query().map_or("/", |c| c.as_str())
    } else {
        "/"
    };
    if retour == "/" {
        return Redirect::to("/connexion").into_response();
    }
    let question = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("retour", retour)
        .finish();
    Redirect::to(&format!("/connexion?{question}")).into_response()
}

pub(super) struct Texte {
    pub titre: String,
    pub explication: String,
    pub details: Vec<String>,
}

impl Texte {
    fn new(titre: &str, explication: impl Into<String>) -> Self {
        Self {
            titre: titre.to_owned(),
            explication: explication.into(),
            details: Vec::new(),
        }
    }

    pub(super) fn methode() -> Self {
        Self::new(
            "Action impossible",
            "Cette adresse ne s’utilise pas ainsi. Revenez à la page précédente et recommencez.",
        )
    }

    pub(super) fn de_erreur(erreur: &Erreur) -> Self {
        match erreur {
            Erreur::ConnexionRequise => {
                Self::new("Connexion requise", "Connectez-vous pour continuer.")
            }
            Erreur::SecondFacteurRequis => Self::new(
                "Double authentification requise",
                "Activez la double authentification pour continuer.",
            ),
            Erreur::Introuvable => Self::new(
                "Page introuvable",
                "Cette page n’existe pas, ou elle n’est pas dans vos structures. Vérifiez l’adresse, ou repartez de l’accueil.",
            ),
            Erreur::Interdit(phrase) => Self::new("Action non autorisée", phrase.clone()),
            Erreur::Conflit(phrase) => Self::new("La situation a changé", phrase.clone()),
            Erreur::Invalide(erreurs) => Self {
                details: erreurs.phrases().into_iter().map(str::to_owned).collect(),
                ..Self::new(
                    "Saisie à corriger",
                    "Rien n’a été enregistré. Revenez à la page précédente et corrigez votre saisie.",
                )
            },
            Erreur::TropDeRequetes(attente) => Self::new(
                "Trop d’essais",
                format!(
                    "Par sécurité, cette action est suspendue. Réessayez dans {}.",
                    duree(attente.as_secs())
                ),
            ),
            Erreur::Indisponible => Self::new(
                "Service momentanément indisponible",
                "Le portail ne répond pas comme il devrait. Rien n’a été enregistré. Réessayez dans quelques instants.",
            ),
            Erreur::Interne(_) => Self::new(
                "Une erreur est survenue",
                "L’erreur vient du portail, pas de vous, et rien n’a été enregistré. Réessayez\u{202F}; si elle revient, donnez la référence ci-dessous au support.",
            ),
        }
    }

    pub(super) fn de_refus(refus: RefusHttp) -> Self {
        let titre = match refus {
            RefusHttp::OrigineRefusee => "Envoi refusé",
            RefusHttp::TropGros => "Envoi trop volumineux",
            RefusHttp::TropLent | RefusHttp::ReponseTardive => "Délai dépassé",
            RefusHttp::Panique => "Une erreur est survenue",
            RefusHttp::MethodeRefusee => "Action impossible",
            RefusHttp::HoteInconnu | RefusHttp::EnTetes => "Demande incomprise",
        };
        Self::new(titre, refus.phrase())
    }
}

/// « 45 secondes », « 3 minutes ».
fn duree(secondes: u64) -> String {
    if secondes < 60 {
        format!("{secondes} seconde{}", if secondes > 1 { "s" } else { "" })
    } else {
        let minutes = secondes.div_ceil(60);
        format!("{minutes} minute{}", if minutes > 1 { "s" } else { "" })
    }
}
