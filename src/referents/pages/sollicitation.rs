//! A sollicitation sent to the référents: taken, answered, resolved by the one machine of `sollicitations`.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Referent};
use crate::db::{PieceId, SollicitationId};
use crate::pieces::{self, ACCEPTE};
use crate::referents::demandes::{self, SollicitationVue};
use crate::sollicitations::guichet::{self, Bouton};
use crate::sollicitations::{Fil, SaisieTexte, TEXTE_MAX, fil};
use crate::web::{self, Chemin, Envoi, Erreur, Erreurs};

#[derive(Template)]
#[template(path = "referents/sollicitation.html")]
struct PageSollicitation {
    page: Page,
    sollicitation: SollicitationVue,
    fil: Fil,
    saisie: SaisieTexte,
    erreurs: Erreurs,
    max: usize,
    accepte: &'static str,
}

impl PageSollicitation {
    async fn construire(
        app: &App,
        referent: &Referent,
        page: Page,
        id: SollicitationId,
        (saisie, erreurs): (SaisieTexte, Erreurs),
    ) -> Result<Self, Erreur> {
        Ok(Self {
            page,
            sollicitation: demandes::sollicitation(app, referent, id).await?,
            fil: fil(app, referent, id, false).await?,
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

    fn charge(&self) -> String {
        let s = &self.sollicitation;
        guichet::charge(s.agent.as_deref(), s.prise_en_charge_le.as_ref())
    }
}

fn adresse(id: SollicitationId) -> String {
    format!("/referent/sollicitations/{id}")
}

pub async fn page(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieTexte::default(), Erreurs::default());
    web::page(&PageSollicitation::construire(&app, &referent, page, id, vierge).await?)
}

/// A file of the thread.
pub async fn telecharger(
    referent: Referent,
    State(app): State<App>,
    Chemin((id, piece)): Chemin<(SollicitationId, PieceId)>,
) -> Result<Response, Erreur> {
    let piece = demandes::piece(&app, &referent, id, piece).await?;
    pieces::reponse(&app, &piece)
}

pub async fn prendre(
    referent: Referent,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    guichet::prendre(&app, (&referent).into(), id).await
}

async fn agir(
    app: &App,
    referent: &Referent,
    page: Page,
    id: SollicitationId,
    acte: (Envoi<SaisieTexte>, Bouton),
) -> Result<Response, Erreur> {
    guichet::agir(app, referent.into(), id, acte, async |saisie, erreurs| {
        PageSollicitation::construire(app, referent, page, id, (saisie, erreurs)).await
    })
    .await
}

pub async fn repondre(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &referent, page, id, (envoi, Bouton::Repondre)).await
}

/// « Traiter avec cette réponse ».
pub async fn clore(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &referent, page, id, (envoi, Bouton::Resoudre)).await
}
