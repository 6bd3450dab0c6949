use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Visiteur};
use crate::aide::Audience;
use crate::aide::recherche::{QUESTION_MAX, Reponses, chercher};
use crate::web::{self, Erreur, Erreurs, Requete, texte};

#[derive(Template)]
#[template(path = "aide/question.html")]
struct PageQuestion {
    page: Page,
    question: String,
    reponses: Reponses,
    erreurs: Erreurs,
}

impl PageQuestion {
    /// « Saisir sollicitation », with the question as its object; signing in comes first where it must.
    fn sollicitation(&self) -> String {
        if self.question.is_empty() {
            return "/sollicitations/saisie".to_owned();
        }
        let objet = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("objet", &self.question)
            .finish();
        format!("/sollicitations/saisie/autre?{objet}")
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn titre_des_reponses(&self) -> &'static str {
        if self.reponses.convient {
            "Réponses"
        } else {
            "Ce qui s’en approche"
        }
    }

    fn titre(&self) -> String {
        if self.question.is_empty() {
            "Posez-moi vos questions".to_owned()
        } else {
            format!("«\u{202F}{}\u{202F}»", self.question)
        }
    }
}

/// GET /aide/question?q=…: « Posez-moi vos questions », « Demander ».
pub async fn page(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = requete.valeur("q");
    let question = match texte::ligne(saisie, QUESTION_MAX) {
        Ok(question) => question,
        Err(phrase) => {
            return web::rendre(
                StatusCode::UNPROCESSABLE_ENTITY,
                &PageQuestion {
                    page,
                    question: saisie.to_owned(),
                    reponses: Reponses::default(),
                    erreurs: Erreurs::une("q", &phrase),
                },
            );
        }
    };
    let audience = Audience::de(visiteur.personne());
    web::page(&PageQuestion {
        page,
        reponses: chercher(&app, audience, &question).await?,
        question,
        erreurs: Erreurs::default(),
    })
}
