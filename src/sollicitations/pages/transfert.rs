use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::{Espace, Message, Page, SollicitationsRecues};
use crate::db::{SollicitationId, en_transaction};
use crate::sollicitations::lecture::{self, Sollicitation};
use crate::sollicitations::transferer as passer;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

/// Characters of a reason at most, as everywhere (spec §2).
const MOTIF_MAX: usize = 255;

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieTransfert {
    motif: String,
}

impl SaisieTransfert {
    fn lire(&self) -> Result<String, Erreurs> {
        let mut erreurs = Erreurs::default();
        let motif = erreurs.paragraphe(
            "motif",
            &self.motif,
            MOTIF_MAX,
            "Dites pourquoi le support doit s’en occuper.",
        );
        erreurs.verdict()?;
        Ok(motif)
    }
}

#[derive(Template)]
#[template(path = "sollicitations/transfert.html")]
struct PageTransfert {
    page: Page,
    sollicitation: Sollicitation,
    saisie: SaisieTransfert,
    erreurs: Erreurs,
}

impl PageTransfert {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

pub async fn confirmer(
    lecteur: Espace<SollicitationsRecues>,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    web::page(&PageTransfert {
        page,
        sollicitation: lecture::la_recue(&app, &lecteur, id).await?,
        saisie: SaisieTransfert::default(),
        erreurs: Erreurs::default(),
    })
}

pub async fn transferer(
    lecteur: Espace<SollicitationsRecues>,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieTransfert>,
) -> Result<Response, Erreur> {
    let motif = match saisie.lire() {
        Ok(motif) => motif,
        Err(erreurs) => {
            let gabarit = PageTransfert {
                page,
                sollicitation: lecture::la_recue(&app, &lecteur, id).await?,
                saisie,
                erreurs,
            };
            return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
        }
    };
    let reference = en_transaction!(&app, |tx| passer(tx, &lecteur, id, &motif).await)?;
    let vers = Message::succes(format!(
        "La sollicitation {reference} est transférée au support."
    ))
    .texte("Son auteur en est averti.")
    .et_aller(&app, Some(lecteur.id()), "/sollicitations-recues")
    .await?;
    Ok(web::vers(&vers))
}
