use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::SaisieTexte;
use super::guichet::{self, Bouton};
use crate::App;
use crate::acces::{Espace, Page, SollicitationsRecues};
use crate::db::{PieceId, SollicitationId};
use crate::pieces::{self, ACCEPTE};
use crate::sollicitations::TEXTE_MAX;
use crate::sollicitations::lecture::{self, Fil, Sollicitation};
use crate::web::{self, Chemin, Envoi, Erreur, Erreurs};

type Lecteur = Espace<SollicitationsRecues>;

#[derive(Template)]
#[template(path = "sollicitations/recue.html")]
struct PageRecue {
    page: Page,
    sollicitation: Sollicitation,
    fil: Fil,
    saisie: SaisieTexte,
    erreurs: Erreurs,
    max: usize,
    accepte: &'static str,
}

impl PageRecue {
    async fn construire(
        app: &App,
        lecteur: &Lecteur,
        page: Page,
        id: SollicitationId,
        (saisie, erreurs): (SaisieTexte, Erreurs),
    ) -> Result<Self, Erreur> {
        let sollicitation = lecture::la_recue(app, lecteur, id).await?;
        Ok(Self {
            page,
            fil: lecture::fil(app, lecteur, id, false).await?,
            sollicitation,
            saisie,
            erreurs,
            max: TEXTE_MAX,
            accepte: ACCEPTE,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn racine(&self) -> String {
        adresse(self.sollicitation.id)
    }
}

fn adresse(id: SollicitationId) -> String {
    format!("/sollicitations-recues/{id}")
}

pub async fn page(
    lecteur: Lecteur,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieTexte::default(), Erreurs::default());
    web::page(&PageRecue::construire(&app, &lecteur, page, id, vierge).await?)
}

pub async fn telecharger(
    lecteur: Lecteur,
    State(app): State<App>,
    Chemin((id, piece)): Chemin<(SollicitationId, PieceId)>,
) -> Result<Response, Erreur> {
    let piece = lecture::piece_recue(&app, &lecteur, id, piece).await?;
    pieces::reponse(&app, &piece)
}

pub async fn prendre(
    lecteur: Lecteur,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    guichet::prendre(&app, (&lecteur).into(), id).await
}

async fn agir(
    app: &App,
    lecteur: &Lecteur,
    page: Page,
    id: SollicitationId,
    acte: (Envoi<SaisieTexte>, Bouton),
) -> Result<Response, Erreur> {
    guichet::agir(app, lecteur.into(), id, acte, async |saisie, erreurs| {
        PageRecue::construire(app, lecteur, page, id, (saisie, erreurs)).await
    })
    .await
}

pub async fn repondre(
    lecteur: Lecteur,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &lecteur, page, id, (envoi, Bouton::Repondre)).await
}

/// « Résoudre », with the words that its author will read.
pub async fn clore(
    lecteur: Lecteur,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &lecteur, page, id, (envoi, Bouton::Resoudre)).await
}
