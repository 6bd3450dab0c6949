//! « Rattacher un utilisateur » by his address: the shortcut of seed 004 §3.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::choix::CHOISIR;
use super::creation::{SaisieCreation, pour_une_inconnue, recherche, services};
use super::services::ListeServices;
use super::{resume, retour};
use crate::App;
use crate::acces::{Gestion, Message, Page, RattacherUtilisateurs, StructureVue};
use crate::db::en_transaction;
use crate::rattachements;
use crate::utilisateurs::{self, Criteres};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete};

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAdresse {
    retour: String,
    /// « 1 »: the structure was chosen among several.
    choix: String,
    adresse: String,
    structure: String,
    services: Vec<String>,
}

#[derive(Template)]
#[template(path = "activites/adresse.html")]
struct PageAdresse {
    page: Page,
    structure: StructureVue,
    saisie: SaisieAdresse,
    services: ListeServices,
    erreurs: Erreurs,
}

impl PageAdresse {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn adresse(&self) -> String {
        format!("/structures/{}/rattachement/adresse", self.structure.id)
    }

    fn retour(&self) -> &str {
        retour(&self.saisie.retour)
    }

    fn recherche(&self) -> String {
        recherche(&self.structure, self.retour())
    }

    /// « Choisir une autre structure », where there are several.
    fn choisir(&self) -> Option<&'static str> {
        (self.saisie.choix == "1").then_some(CHOISIR)
    }
}

async fn ecran(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    page: Page,
    saisie: SaisieAdresse,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let lignes = services(app, gestion).await?;
    let (services, statut) = if erreurs.est_vide() {
        let services = ListeServices::par_defaut(lignes, gestion.droits(), false);
        (services, StatusCode::OK)
    } else {
        let structure = !saisie.structure.is_empty();
        let coches = &saisie.services;
        let services = ListeServices::saisie(lignes, gestion.droits(), structure, coches);
        (services, StatusCode::UNPROCESSABLE_ENTITY)
    };
    let gabarit = PageAdresse {
        page,
        structure: gestion.structure().clone(),
        saisie,
        services,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET …/rattachement/adresse: address, structure, maille (seed 004 §3).
pub async fn page(
    gestion: Gestion<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    rattachements::ouverte(gestion.structure().active)?;
    let saisie = SaisieAdresse {
        retour: requete.valeur("retour").to_owned(),
        choix: requete.valeur("choix").to_owned(),
        ..SaisieAdresse::default()
    };
    ecran(&app, &gestion, page, saisie, Erreurs::default()).await
}

/// POST …/rattachement/adresse: attached at once as utilisateur simple; an unknown address leads to its account.
pub async fn par_adresse(
    gestion: Gestion<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieAdresse>,
) -> Result<Response, Erreur> {
    let mut erreurs = Erreurs::default();
    let adresse = utilisateurs::lire_adresse(&mut erreurs, "adresse", &saisie.adresse);
    let Some(adresse) = adresse else {
        return ecran(&app, &gestion, page, saisie, erreurs).await;
    };
    // The same search as by criteria: counted, journalled.
    let criteres = Criteres {
        identifiant: adresse.as_str().to_owned(),
        ..Criteres::default()
    };
    let trouves = utilisateurs::rechercher(&app, &gestion, &gestion, &criteres).await?;
    let trouve = trouves
        .comptes
        .into_iter()
        .find(|c| c.identifiant_connexion == adresse.as_str());
    let Some(compte) = trouve else {
        let creation = SaisieCreation::a_completer(
            adresse.as_str(),
            saisie.retour,
            saisie.structure,
            saisie.services,
        );
        return pour_une_inconnue(&app, &gestion, page, creation).await;
    };
    let maille_structure = !saisie.structure.is_empty();
    let services: Result<Vec<_>, _> = saisie.services.iter().map(|s| s.parse()).collect();
    let fait = match services {
        Ok(services) => en_transaction!(&app, |tx| {
            rattachements::rattacher_simplement(
                tx,
                &gestion,
                compte.id,
                maille_structure,
                &services,
            )
            .await
        }),
        Err(_) => Err(Erreur::champ(
            "services",
            "Un des services cochés n’existe pas. Rechargez la page.",
        )),
    };
    match fait {
        Ok(nom) => {
            let titre = format!(
                "{nom} est rattaché(e) à {}.",
                gestion.structure().raison_sociale
            );
            let vers = Message::succes(titre)
                .texte("Un courriel l’en informe.")
                .et_aller(&app, Some(gestion.id()), retour(&saisie.retour))
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(refus)) => {
            for (champ, phrase) in refus.champs() {
                let champ = if champ == "services" {
                    "services"
                } else {
                    "adresse"
                };
                erreurs.ajouter(champ, phrase);
            }
            ecran(&app, &gestion, page, saisie, erreurs).await
        }
        Err(autre) => Err(autre),
    }
}
