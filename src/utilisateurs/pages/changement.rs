use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use super::Retour;
use crate::App;
use crate::acces::{Connecte, Message, Page};
use crate::utilisateurs::client::Client;
use crate::utilisateurs::mots_de_passe;
use crate::web::{self, Erreur, Erreurs, Formulaire, MotDePasse};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieChangement {
    actuel: MotDePasse,
    mot_de_passe: MotDePasse,
}

#[derive(Template)]
#[template(path = "utilisateurs/changement.html")]
struct PageChangement {
    page: Page,
    retour: Retour,
    resume: Vec<(String, String)>,
}

fn rendre(page: Page, retour: Retour) -> Result<Response, Erreur> {
    let gabarit = PageChangement {
        page,
        resume: retour.resume(),
        retour,
    };
    gabarit.retour.rendre(&gabarit)
}

pub async fn page(_: Connecte, page: Page) -> Result<Response, Erreur> {
    rendre(page, Retour::default())
}

pub async fn changer(
    connecte: Connecte,
    State(app): State<App>,
    page: Page,
    client: Client,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieChangement>,
) -> Result<Response, Erreur> {
    match essayer(&app, &connecte, &client, &session, &saisie).await {
        Ok(()) => {
            let vers = Message::succes("Votre mot de passe est modifié.")
                .texte("Vos autres connexions ont été fermées. Un courriel vous le confirme.")
                .et_aller(&app, Some(connecte.id()), "/mon-compte/sessions")
                .await?;
            Ok(web::vers(&vers))
        }
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            rendre(page, retour)
        }
    }
}

async fn essayer(
    app: &App,
    connecte: &Connecte,
    client: &Client,
    session: &Session,
    saisie: &SaisieChangement,
) -> Result<(), Erreur> {
    let mut erreurs = Erreurs::default();
    if saisie.actuel.exposer().is_empty() {
        erreurs.ajouter("actuel", "Saisissez votre mot de passe actuel.");
    }
    if saisie.mot_de_passe.exposer().is_empty() {
        erreurs.ajouter("mot_de_passe", "Saisissez un nouveau mot de passe.");
    }
    erreurs.verdict()?;
    mots_de_passe::changer(
        app,
        connecte,
        client,
        session,
        &saisie.actuel,
        &saisie.mot_de_passe,
    )
    .await
}
