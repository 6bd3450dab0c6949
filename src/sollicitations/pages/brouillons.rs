use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Connecte, Message, Page};
use crate::db::{BrouillonId, PieceId, en_transaction};
use crate::pieces::{self, Lieu};
use crate::sollicitations::brouillons::{self, Brouillon};
use crate::web::{self, Chemin, Erreur};

#[derive(Template)]
#[template(path = "sollicitations/brouillons.html")]
struct PageBrouillons {
    page: Page,
    brouillons: Vec<Brouillon>,
}

pub async fn liste(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let brouillons = brouillons::miens(&app, &connecte).await?;
    web::page(&PageBrouillons { page, brouillons })
}

/// A file of one of my drafts.
pub async fn telecharger(
    connecte: Connecte,
    State(app): State<App>,
    Chemin((brouillon, piece)): Chemin<(BrouillonId, PieceId)>,
) -> Result<Response, Erreur> {
    brouillons::le_mien(&app, &connecte, brouillon).await?;
    let lieu = Lieu::Brouillon(brouillon);
    let piece = pieces::trouver(&app.db, connecte.id(), lieu, piece, false).await?;
    pieces::reponse(&app, &piece)
}

#[derive(Template)]
#[template(path = "sollicitations/brouillon_suppression.html")]
struct PageSuppression {
    page: Page,
    brouillon: Brouillon,
}

pub async fn confirmer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<BrouillonId>,
) -> Result<Response, Erreur> {
    let brouillon = brouillons::le_mien(&app, &connecte, id).await?;
    web::page(&PageSuppression { page, brouillon })
}

pub async fn supprimer(
    connecte: Connecte,
    State(app): State<App>,
    Chemin(id): Chemin<BrouillonId>,
) -> Result<Response, Erreur> {
    en_transaction!(&app, |tx| brouillons::supprimer(tx, &connecte, id).await)?;
    let vers = Message::succes("Le brouillon est supprimé.")
        .et_aller(&app, Some(connecte.id()), "/sollicitations/brouillons")
        .await?;
    Ok(web::vers(&vers))
}
