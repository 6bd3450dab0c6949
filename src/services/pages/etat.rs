//! Activating and deactivating a service: a page first, that says what it touches.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{CheminService, services_de};
use crate::App;
use crate::acces::{GererStructure, Gestion, Message, Page, StructureVue};
use crate::db::{ServiceId, en_transaction};
use crate::services::actes::{self, Bascule};
use crate::services::lecture::{self, ServiceVu, Touches};
use crate::web::{self, Chemin, Erreur, texte};

#[derive(Template)]
#[template(path = "services/etat.html")]
struct PageEtat {
    page: Page,
    structure: StructureVue,
    service: ServiceVu,
    touches: Touches,
    /// Towards « actif ».
    active: bool,
}

impl PageEtat {
    fn question(&self) -> String {
        let verbe = if self.active {
            "Activer"
        } else {
            "Désactiver"
        };
        format!("{verbe} le service {}\u{202F}?", self.service.libelle)
    }

    fn bouton(&self) -> &'static str {
        if self.active {
            "Activer le service"
        } else {
            "Désactiver le service"
        }
    }

    fn suite(&self) -> &'static str {
        if self.active {
            "activation"
        } else {
            "desactivation"
        }
    }

    fn compte(&self, n: &i64, singulier: &str, pluriel: &str) -> String {
        texte::accord(usize::try_from(*n).unwrap_or_default(), singulier, pluriel)
    }
}

async fn confirmer(
    app: &App,
    gestion: &Gestion<GererStructure>,
    page: Page,
    service: ServiceId,
    active: bool,
) -> Result<Response, Erreur> {
    let service = lecture::un(app, gestion, service).await?;
    let touches = lecture::touches(app, &service).await?;
    web::page(&PageEtat {
        page,
        structure: gestion.structure().clone(),
        service,
        touches,
        active,
    })
}

pub async fn page_desactivation(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminService>,
) -> Result<Response, Erreur> {
    confirmer(&app, &gestion, page, chemin.service, false).await
}

pub async fn page_activation(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminService>,
) -> Result<Response, Erreur> {
    confirmer(&app, &gestion, page, chemin.service, true).await
}

pub async fn desactiver(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminService>,
) -> Result<Response, Erreur> {
    basculer(&app, &gestion, chemin.service, false).await
}

pub async fn activer(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminService>,
) -> Result<Response, Erreur> {
    basculer(&app, &gestion, chemin.service, true).await
}

async fn basculer(
    app: &App,
    gestion: &Gestion<GererStructure>,
    service: ServiceId,
    actif: bool,
) -> Result<Response, Erreur> {
    let structure = gestion.structure().id;
    let bascule = en_transaction!(app, |tx| actes::basculer(
        tx, gestion, structure, service, actif
    )
    .await)?;
    let message = match (bascule, actif) {
        (Bascule::Faite { libelle }, false) => {
            Message::succes("Le service est désactivé.").texte(format!(
                "{libelle} ne donne plus aucun droit. L’activer de nouveau les rend tels quels."
            ))
        }
        (Bascule::Faite { libelle }, true) => Message::succes("Le service est activé.")
            .texte(format!("{libelle} redonne les droits qu’il donnait.")),
        (Bascule::DejaFaite { libelle }, actif) => Message::info(format!(
            "Le service {libelle} était déjà {}.",
            if actif { "actif" } else { "désactivé" }
        )),
    };
    let vers = message
        .et_aller(app, Some(gestion.id()), &services_de(structure))
        .await?;
    Ok(web::vers(&vers))
}
