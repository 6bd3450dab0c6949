use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::resume;
use crate::App;
use crate::acces::compteurs::{self, SOLLICITATIONS};
use crate::acces::{Connecte, Message as Resultat, Page};
use crate::db::{SollicitationId, en_transaction};
use crate::sollicitations::lecture::{self, Message, Sollicitation};
use crate::sollicitations::{
    ChangementGestionnaire, TEXTE_MAX, clore as fermer, repondre as ecrire, rouvrir as reouvrir,
};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieTexte {
    texte: String,
}

impl SaisieTexte {
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
    messages: Vec<Message>,
    texte: String,
    erreurs: Erreurs,
    max: usize,
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
            messages: lecture::fil(app, id, false).await?,
            sollicitation,
            texte,
            erreurs,
            max: TEXTE_MAX,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
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

async fn freiner(app: &App, connecte: &Connecte) -> Result<(), Erreur> {
    let cle = format!("sollicitations:{}", connecte.id());
    compteurs::compter(&app.db, &cle, SOLLICITATIONS).await
}

pub async fn repondre(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieTexte>,
) -> Result<Response, Erreur> {
    let texte = match saisie.lire() {
        Ok(texte) => texte,
        Err(erreurs) => return refuser(&app, &connecte, page, id, (saisie.texte, erreurs)).await,
    };
    freiner(&app, &connecte).await?;
    en_transaction!(&app, |tx| ecrire(tx, &connecte, id, &texte).await)?;
    let vers = Resultat::succes("Votre réponse est envoyée.")
        .et_aller(&app, Some(connecte.id()), &adresse(id))
        .await?;
    Ok(web::vers(&vers))
}

async fn refuser(
    app: &App,
    connecte: &Connecte,
    page: Page,
    id: SollicitationId,
    saisie: (String, Erreurs),
) -> Result<Response, Erreur> {
    let gabarit = PageFil::construire(app, connecte, page, id, saisie).await?;
    web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
}

pub async fn rouvrir(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieTexte>,
) -> Result<Response, Erreur> {
    let texte = match saisie.lire() {
        Ok(texte) => texte,
        Err(erreurs) => return refuser(&app, &connecte, page, id, (saisie.texte, erreurs)).await,
    };
    freiner(&app, &connecte).await?;
    en_transaction!(&app, |tx| reouvrir(tx, &connecte, id, &texte).await)?;
    let vers = Resultat::succes("Votre sollicitation est rouverte.")
        .texte("Le support en est averti.")
        .et_aller(&app, Some(connecte.id()), &adresse(id))
        .await?;
    Ok(web::vers(&vers))
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
