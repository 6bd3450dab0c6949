use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::{Administration, Message, Page};
use crate::db::{ReponsePrepareeId, en_transaction};
use crate::sollicitations::TEXTE_MAX;
use crate::support::reponses::{self, Contenu, MARQUES, ReponsePreparee};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

const TITRE_MAX: usize = 120;
const LISTE: &str = "/administration/reponses";

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieReponse {
    // Not « titre »: the h1 has that id.
    intitule: String,
    texte: String,
}

impl SaisieReponse {
    fn lire(&self) -> Result<Contenu, Erreurs> {
        let mut erreurs = Erreurs::default();
        let contenu = Contenu {
            titre: erreurs.ligne(
                "intitule",
                &self.intitule,
                TITRE_MAX,
                "Donnez un titre à la réponse.",
            ),
            texte: erreurs.paragraphe(
                "texte",
                &self.texte,
                TEXTE_MAX,
                "Écrivez le texte de la réponse.",
            ),
        };
        erreurs.verdict()?;
        Ok(contenu)
    }
}

#[derive(Template)]
#[template(path = "support/reponses.html")]
struct PageListe {
    page: Page,
    reponses: Vec<ReponsePreparee>,
}

pub async fn liste(
    administration: Administration,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let reponses = reponses::toutes(&app, &administration).await?;
    web::page(&PageListe { page, reponses })
}

#[derive(Template)]
#[template(path = "support/reponse.html")]
struct PageReponse {
    page: Page,
    /// `None`: a new one.
    id: Option<ReponsePrepareeId>,
    saisie: SaisieReponse,
    erreurs: Erreurs,
    max: usize,
}

impl PageReponse {
    fn new(
        page: Page,
        id: Option<ReponsePrepareeId>,
        (saisie, erreurs): (SaisieReponse, Erreurs),
    ) -> Self {
        Self {
            page,
            id,
            saisie,
            erreurs,
            max: TEXTE_MAX,
        }
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn titre(&self) -> &'static str {
        if self.id.is_some() {
            "Modifier la réponse préparée"
        } else {
            "Créer une réponse préparée"
        }
    }

    fn action(&self) -> String {
        match self.id {
            Some(id) => format!("{LISTE}/{id}"),
            None => format!("{LISTE}/nouvelle"),
        }
    }

    fn aide() -> String {
        format!("Le portail remplace {MARQUES} dans la réponse de l’agent.")
    }
}

pub async fn nouvelle(_: Administration, page: Page) -> Result<Response, Erreur> {
    let vierge = (SaisieReponse::default(), Erreurs::default());
    web::page(&PageReponse::new(page, None, vierge))
}

pub async fn page(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<ReponsePrepareeId>,
) -> Result<Response, Erreur> {
    let reponse = reponses::une(&app, &administration, id).await?;
    let saisie = SaisieReponse {
        intitule: reponse.titre,
        texte: reponse.texte,
    };
    web::page(&PageReponse::new(
        page,
        Some(id),
        (saisie, Erreurs::default()),
    ))
}

pub async fn creer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieReponse>,
) -> Result<Response, Erreur> {
    enregistrer(&app, &administration, page, None, saisie).await
}

pub async fn modifier(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<ReponsePrepareeId>,
    Formulaire(saisie): Formulaire<SaisieReponse>,
) -> Result<Response, Erreur> {
    reponses::une(&app, &administration, id).await?;
    enregistrer(&app, &administration, page, Some(id), saisie).await
}

async fn enregistrer(
    app: &App,
    administration: &Administration,
    page: Page,
    id: Option<ReponsePrepareeId>,
    saisie: SaisieReponse,
) -> Result<Response, Erreur> {
    let issue = async {
        let contenu = saisie.lire()?;
        en_transaction!(app, |tx| match id {
            Some(id) => reponses::modifier(tx, administration, id, &contenu).await,
            None => reponses::creer(tx, administration, &contenu).await,
        })?;
        Message::succes("La réponse préparée est enregistrée.")
            .et_aller(app, Some(administration.id()), LISTE)
            .await
    }
    .await;
    match issue {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageReponse::new(page, id, (saisie, erreurs)),
        ),
        Err(autre) => Err(autre),
    }
}

#[derive(Template)]
#[template(path = "support/reponse_suppression.html")]
struct PageSuppression {
    page: Page,
    reponse: ReponsePreparee,
}

pub async fn confirmer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<ReponsePrepareeId>,
) -> Result<Response, Erreur> {
    let reponse = reponses::une(&app, &administration, id).await?;
    web::page(&PageSuppression { page, reponse })
}

pub async fn supprimer(
    administration: Administration,
    State(app): State<App>,
    Chemin(id): Chemin<ReponsePrepareeId>,
) -> Result<Response, Erreur> {
    en_transaction!(&app, |tx| reponses::supprimer(tx, &administration, id)
        .await)?;
    let vers = Message::succes("La réponse préparée est supprimée.")
        .et_aller(&app, Some(administration.id()), LISTE)
        .await?;
    Ok(web::vers(&vers))
}
