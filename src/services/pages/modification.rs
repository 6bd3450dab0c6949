//! « Modifier le service »: everything but its code.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{CheminService, services_de};
use crate::App;
use crate::acces::{GererStructure, Gestion, Message, Page, StructureVue};
use crate::db::en_transaction;
use crate::services::actes;
use crate::services::lecture::{self, ServiceVu};
use crate::services::saisie::{DESCRIPTION_MAX, SaisieService};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

#[derive(Template)]
#[template(path = "services/modification.html")]
struct PageModification {
    page: Page,
    structure: StructureVue,
    service: ServiceVu,
    saisie: SaisieService,
    erreurs: Erreurs,
}

impl PageModification {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

pub async fn page(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminService>,
) -> Result<Response, Erreur> {
    let service = lecture::un(&app, &gestion, chemin.service).await?;
    web::page(&PageModification {
        page,
        structure: gestion.structure().clone(),
        saisie: SaisieService::de(&service),
        service,
        erreurs: Erreurs::default(),
    })
}

pub async fn enregistrer(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminService>,
    Formulaire(saisie): Formulaire<SaisieService>,
) -> Result<Response, Erreur> {
    let service = lecture::un(&app, &gestion, chemin.service).await?;
    match essayer(&app, &gestion, &service, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageModification {
                page,
                structure: gestion.structure().clone(),
                service,
                saisie,
                erreurs,
            },
        ),
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    gestion: &Gestion<GererStructure>,
    service: &ServiceVu,
    saisie: &SaisieService,
) -> Result<String, Erreur> {
    let mut erreurs = Erreurs::default();
    let lu = saisie.lire(&mut erreurs);
    erreurs.verdict()?;
    let voulu = lu.ok_or(Erreur::Introuvable)?;
    let structure = gestion.structure().id;
    let modifie = en_transaction!(app, |tx| actes::modifier(
        tx, gestion, structure, service.id, &voulu
    )
    .await)?;
    let message = if modifie {
        Message::succes("Le service est modifié.")
            .texte(format!("{} ({}) est à jour.", voulu.libelle, service.code))
    } else {
        Message::info("Rien n’a changé.")
            .texte("Les valeurs envoyées étaient déjà celles du service.")
    };
    message
        .et_aller(app, Some(gestion.id()), &services_de(structure))
        .await
}
