//! The side of the desk: a code and a reason open the session; the banner of every page ends it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use crate::App;
use crate::acces::compteurs::{self, ASSISTANCE};
use crate::acces::{Message, Page, Regardant, Support, cesser, regarder, sessions};
use crate::assistance::{MINUTES, MOTIF_MAX, actes};
use crate::db::en_transaction;
use crate::web::{self, Erreur, Erreurs, Formulaire};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAssistance {
    code: String,
    motif: String,
}

impl SaisieAssistance {
    /// The code as typed, and the reason.
    fn lire(&self) -> Result<(&str, String), Erreurs> {
        let mut erreurs = Erreurs::default();
        if self.code.trim().is_empty() {
            erreurs.ajouter("code", "Saisissez le code que la personne vous donne.");
        }
        let motif = erreurs.paragraphe(
            "motif",
            &self.motif,
            MOTIF_MAX,
            "Dites pourquoi\u{202F}: la personne et ses structures le lisent.",
        );
        erreurs.verdict()?;
        Ok((&self.code, motif))
    }
}

#[derive(Template)]
#[template(path = "assistance/bureau.html")]
struct PageBureau {
    page: Page,
    saisie: SaisieAssistance,
    erreurs: Erreurs,
}

impl PageBureau {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn minutes() -> i32 {
        MINUTES
    }
}

pub async fn page(_: Support, page: Page) -> Result<Response, Erreur> {
    web::page(&PageBureau {
        page,
        saisie: SaisieAssistance::default(),
        erreurs: Erreurs::default(),
    })
}

pub async fn ouvrir(
    support: Support,
    page: Page,
    State(app): State<App>,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieAssistance>,
) -> Result<Response, Erreur> {
    match essayer(&app, &support, &session, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = PageBureau {
                page,
                saisie,
                erreurs,
            };
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    support: &Support,
    session: &Session,
    saisie: &SaisieAssistance,
) -> Result<String, Erreur> {
    let (code, motif) = saisie.lire()?;
    let cle = format!("assistance:{}", support.id());
    compteurs::compter(&app.db, &cle, ASSISTANCE).await?;
    let hache = sessions::hache_de(session);
    let ouverte = en_transaction!(app, |tx| {
        actes::ouvrir(tx, support, app, (code, &motif), &hache).await
    })?;
    regarder(session, ouverte.id).await?;
    tracing::info!(evenement = "assistance_ouverte", agent = %support.id(), assistance = %ouverte.id, "support");
    Message::info(format!("Vous voyez le portail comme {}.", ouverte.personne))
        .et_aller(app, None, "/")
        .await
}

/// Back to the desk. Twice: the second time there is nothing left to end.
pub async fn terminer(
    regardant: Regardant,
    State(app): State<App>,
    session: Session,
) -> Result<Response, Erreur> {
    let regard = regardant.regard();
    en_transaction!(&app, |tx| actes::terminer(tx, regard).await)?;
    cesser(&session).await?;
    tracing::info!(evenement = "assistance_terminee", agent = %regard.agent_id, assistance = %regard.id, "support");
    let vers = Message::succes("La session d’assistance est terminée.")
        .texte("La personne en reçoit le relevé.")
        .et_aller(&app, Some(regard.agent_id), "/support")
        .await?;
    Ok(web::vers(&vers))
}
