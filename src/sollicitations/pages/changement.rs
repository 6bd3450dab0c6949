use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::freiner;
use crate::App;
use crate::acces::{Connecte, Message, Page};
use crate::db::en_transaction;
use crate::sollicitations::changement::{Depart, SaisieChangement, pre_remplir};
use crate::sollicitations::depot::deposer;
use crate::sollicitations::{Demandee, Destinataire};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, Saisie};

#[derive(Template)]
#[template(path = "sollicitations/changement.html")]
struct PageChangement {
    page: Page,
    saisie: SaisieChangement,
    erreurs: Erreurs,
}

impl PageChangement {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn inconnu(&self) -> bool {
        self.saisie.gp_inconnu == "oui"
    }
}

/// The form, pre-filled from `?structure=` for those who may (spec §13 « Support »).
pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let structure = requete.valeur("structure").parse().ok();
    match pre_remplir(&app, &connecte, structure).await? {
        Depart::Changement(saisie) => web::page(&PageChangement {
            page,
            saisie,
            erreurs: Erreurs::default(),
        }),
        Depart::SansSiret(raison_sociale) => {
            let mut question = url::form_urlencoded::Serializer::new(String::new());
            question.append_pair(
                "objet",
                &format!("Changement de gestionnaire principal de {raison_sociale}"),
            );
            Ok(web::vers(&format!(
                "/sollicitations/saisie/autre?{}",
                question.finish()
            )))
        }
    }
}

pub async fn envoyer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieChangement>,
) -> Result<Response, Erreur> {
    match essayer(&app, &connecte, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageChangement {
                page,
                saisie,
                erreurs,
            },
        ),
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieChangement,
) -> Result<String, Erreur> {
    let demandee = saisie.lire()?;
    freiner(app, connecte, None).await?;
    envoyee(app, connecte, &demandee).await
}

/// Deposits, and gives the address of the thread.
///
/// # Errors
/// Those of [`deposer`].
pub async fn envoyee(
    app: &App,
    connecte: &Connecte,
    demandee: &Demandee,
) -> Result<String, Erreur> {
    let deposee = en_transaction!(app, |tx| deposer(tx, connecte, demandee).await)?;
    let averti = match demandee.destinataire {
        Destinataire::Support => "Le support en est averti.".to_owned(),
        Destinataire::Referent(_) => format!("{} en est averti.", deposee.qui),
        Destinataire::Structure(_) => {
            format!("Vos interlocuteurs de {} en sont avertis.", deposee.qui)
        }
    };
    Message::succes(format!(
        "Votre sollicitation {} est enregistrée.",
        deposee.reference
    ))
    .texte(format!(
        "{averti} La réponse s’affichera ici et vous recevrez un courriel."
    ))
    .et_aller(
        app,
        Some(connecte.id()),
        &format!("/sollicitations/{}", deposee.id),
    )
    .await
}
