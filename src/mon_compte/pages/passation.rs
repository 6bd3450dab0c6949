//! « Annuler la passation »: the confirmation window, and the act.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::MES_RATTACHEMENTS;
use crate::App;
use crate::acces::{GestionPrincipale, Message, Page};
use crate::db::{PassationId, en_transaction};
use crate::rattachements::passations::{self, PassationVue};
use crate::web::{self, Erreur, Erreurs, Formulaire};

#[derive(Template)]
#[template(path = "mon_compte/annulation.html")]
struct PageAnnulation {
    page: Page,
    passation: PassationVue,
}

pub async fn page(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    match passations::de_la_structure(&app, &gestion).await? {
        Some(passation) => web::page(&PageAnnulation { page, passation }),
        // Cancelled in another tab, or void: where one is programmed.
        None => Ok(web::vers(&format!(
            "/structures/{}/transfert",
            gestion.structure().id
        ))),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAnnulation {
    passation: String,
}

pub async fn annuler(
    gestion: GestionPrincipale,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieAnnulation>,
) -> Result<Response, Erreur> {
    if saisie.passation.is_empty() {
        return Err(Erreur::Invalide(Erreurs::generale(
            "Choisissez la passation à annuler depuis «\u{202F}Mes rattachements aux structures\u{202F}».",
        )));
    }
    let id: PassationId = saisie.passation.parse().map_err(|_| Erreur::Introuvable)?;
    let structure = en_transaction!(&app, |tx| passations::annuler(tx, &gestion, id).await)?;
    let vers = Message::succes("La passation est annulée.")
        .texte(format!(
            "Vous restez gestionnaire principal de {structure}."
        ))
        .et_aller(&app, Some(gestion.id()), MES_RATTACHEMENTS)
        .await?;
    Ok(web::vers(&vers))
}
