use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::{freiner, guichet};
use crate::App;
use crate::acces::{Connecte, Message as Resultat, Page};
use crate::db::{PieceId, SollicitationId, en_transaction};
use crate::pieces::{self, ACCEPTE};
use crate::sollicitations::lecture::{self, Fil, Sollicitation};
use crate::sollicitations::{
    ChangementGestionnaire, Ecrit, TEXTE_MAX, clore as fermer, repondre as ecrire,
    rouvrir as reouvrir,
};
use crate::web::{self, Chemin, Envoi, Erreur, Erreurs};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieMessage {
    texte: String,
}

impl SaisieMessage {
    fn lire(&self) -> Result<String, Erreurs> {
        let mut erreurs = Erreurs::default();
        let texte = erreurs.paragraphe("texte", &self.texte, TEXTE_MAX, "Écrivez votre réponse.");
        erreurs.verdict()?;
        Ok(texte)
    }
}

#[derive(Template)]
#[template(path = "sollicitations/fil.html")]
struct PageFil {
    page: Page,
    sollicitation: Sollicitation,
    changement: Option<ChangementGestionnaire>,
    fil: Fil,
    texte: String,
    erreurs: Erreurs,
    max: usize,
    accepte: &'static str,
}

impl PageFil {
    async fn construire(
        app: &App,
        connecte: &Connecte,
        page: Page,
        id: SollicitationId,
        (texte, erreurs): (String, Erreurs),
    ) -> Result<Self, Erreur> {
        let sollicitation = lecture::la_mienne(app, connecte, id).await?;
        Ok(Self {
            page,
            changement: sollicitation.changement(),
            fil: lecture::fil(app, connecte, id, false).await?,
            sollicitation,
            texte,
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

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let vierge = (String::new(), Erreurs::default());
    web::page(&PageFil::construire(&app, &connecte, page, id, vierge).await?)
}

fn adresse(id: SollicitationId) -> String {
    format!("/sollicitations/{id}")
}

/// A file of one of mine, whoever joined it.
pub async fn telecharger(
    connecte: Connecte,
    State(app): State<App>,
    Chemin((id, piece)): Chemin<(SollicitationId, PieceId)>,
) -> Result<Response, Erreur> {
    let piece = lecture::ma_piece(&app, &connecte, id, piece).await?;
    pieces::reponse(&app, &piece)
}

/// To this address, or the page again with what is wrong.
async fn suivre(
    app: &App,
    connecte: &Connecte,
    page: Page,
    (id, saisie, avec_fichier): (SollicitationId, SaisieMessage, bool),
    issue: Result<String, Erreur>,
) -> Result<Response, Erreur> {
    guichet::suivre(app, issue, avec_fichier, async |erreurs| {
        PageFil::construire(app, connecte, page, id, (saisie.texte, erreurs)).await
    })
    .await
}

pub async fn repondre(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieMessage>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    let issue = async {
        let texte = saisie.lire()?;
        let piece = freiner(&app, &connecte, fichier).await?;
        en_transaction!(&app, |tx| {
            let ecrit = Ecrit {
                texte: &texte,
                piece: piece.as_ref(),
            };
            ecrire(tx, &connecte, id, ecrit).await
        })?;
        Resultat::succes("Votre réponse est envoyée.")
            .et_aller(&app, Some(connecte.id()), &adresse(id))
            .await
    }
    .await;
    suivre(&app, &connecte, page, (id, saisie, avec_fichier), issue).await
}

pub async fn rouvrir(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieMessage>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    let issue = async {
        let texte = saisie.lire()?;
        let piece = freiner(&app, &connecte, fichier).await?;
        en_transaction!(&app, |tx| {
            let ecrit = Ecrit {
                texte: &texte,
                piece: piece.as_ref(),
            };
            reouvrir(tx, &connecte, id, ecrit).await
        })?;
        Resultat::succes("Votre sollicitation est rouverte.")
            .texte("Son destinataire en est averti.")
            .et_aller(&app, Some(connecte.id()), &adresse(id))
            .await
    }
    .await;
    suivre(&app, &connecte, page, (id, saisie, avec_fichier), issue).await
}

#[derive(Template)]
#[template(path = "sollicitations/cloture.html")]
struct PageCloture {
    page: Page,
    sollicitation: Sollicitation,
}

pub async fn confirmer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let sollicitation = lecture::la_mienne(&app, &connecte, id).await?;
    web::page(&PageCloture {
        page,
        sollicitation,
    })
}

pub async fn clore(
    connecte: Connecte,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let reference = en_transaction!(&app, |tx| fermer(tx, &connecte, id).await)?;
    let vers = Resultat::succes(format!("La sollicitation {reference} est close."))
        .texte("Vous pouvez la rouvrir pendant 30 jours.")
        .et_aller(&app, Some(connecte.id()), "/sollicitations")
        .await?;
    Ok(web::vers(&vers))
}
