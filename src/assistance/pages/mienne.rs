//! « Session d’assistance » in « Mon compte »: give a code, see who looks, end it, read what was seen.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::compteurs::{self, ASSISTANCE};
use crate::acces::{Connecte, Message, Page};
use crate::assistance::actes::{self, CodeDonne};
use crate::assistance::lecture::{self, Etat, Passee, Releve};
use crate::assistance::{MINUTES, MINUTES_DU_CODE};
use crate::db::{AssistanceId, en_transaction};
use crate::web::{self, Chemin, Erreur, texte};

const ICI: &str = "/mon-compte/assistance";

#[derive(Template)]
#[template(path = "assistance/mienne.html")]
struct PageMienne {
    page: Page,
    etat: Etat,
    /// Shown once, by the answer that made it.
    neuf: Option<CodeDonne>,
    passees: Vec<Passee>,
    /// The staff lends its screens to nobody.
    equipe: bool,
}

impl PageMienne {
    async fn construire(
        app: &App,
        connecte: &Connecte,
        page: Page,
        neuf: Option<CodeDonne>,
    ) -> Result<Self, Erreur> {
        Ok(Self {
            page,
            etat: lecture::etat(app, connecte).await?,
            neuf,
            passees: lecture::passees(app, connecte).await?,
            equipe: connecte.personne().equipe.is_some(),
        })
    }

    fn minutes() -> i32 {
        MINUTES
    }

    fn minutes_du_code() -> i32 {
        MINUTES_DU_CODE
    }

    fn vues(passee: &Passee) -> String {
        texte::accord(
            usize::try_from(passee.pages).unwrap_or_default(),
            "page vue",
            "pages vues",
        )
    }
}

pub async fn page(
    connecte: Connecte,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    web::page(&PageMienne::construire(&app, &connecte, page, None).await?)
}

/// The answer itself shows the code: it is kept nowhere where a second reading could find it.
pub async fn donner(
    connecte: Connecte,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    let cle = format!("assistance:code:{}", connecte.id());
    compteurs::compter(&app.db, &cle, ASSISTANCE).await?;
    let neuf = en_transaction!(&app, |tx| actes::donner(tx, &connecte, &app).await)?;
    web::page(&PageMienne::construire(&app, &connecte, page, Some(neuf)).await?)
}

pub async fn terminer(connecte: Connecte, State(app): State<App>) -> Result<Response, Erreur> {
    let faite = en_transaction!(&app, |tx| actes::retirer(tx, &connecte).await)?;
    let message = if faite {
        Message::succes("Le support ne voit plus vos écrans.")
    } else {
        Message::info("Il n’y avait plus rien à terminer.")
    };
    Ok(web::vers(
        &message.et_aller(&app, Some(connecte.id()), ICI).await?,
    ))
}

#[derive(Template)]
#[template(path = "assistance/releve.html")]
struct PageReleve {
    page: Page,
    releve: Releve,
}

impl PageReleve {
    fn fin(&self) -> String {
        match (&self.releve.close_le, self.releve.cloture) {
            (Some(quand), Some(cloture)) => {
                format!("Le {}. {}", quand.jour_heure(), cloture.phrase())
            }
            _ => "Elle est en cours.".to_owned(),
        }
    }
}

pub async fn releve(
    connecte: Connecte,
    State(app): State<App>,
    page: Page,
    Chemin(id): Chemin<AssistanceId>,
) -> Result<Response, Erreur> {
    let mut db = app.db.acquire().await?;
    let releve = lecture::releve(&mut db, id, connecte.id()).await?;
    drop(db);
    web::page(&PageReleve { page, releve })
}
