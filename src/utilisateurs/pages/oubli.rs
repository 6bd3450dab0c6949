use axum::extract::State;
use axum::response::Response;

use super::Retour;
use super::par_lien::{OUBLI, SaisieAdresse, SaisieMotDePasse, sans_referent};
use crate::App;
use crate::acces::{Message, Page, Visiteur};
use crate::courrier::Usage;
use crate::utilisateurs::client::Client;
use crate::utilisateurs::mots_de_passe;
use crate::web::{self, Chemin, Erreur, Formulaire};

pub async fn page(_: Visiteur, page: Page) -> Result<Response, Erreur> {
    OUBLI.page_demande(page)
}

pub async fn demander(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    Formulaire(saisie): Formulaire<SaisieAdresse>,
) -> Result<Response, Erreur> {
    OUBLI.demander(&app, page, &client, &saisie).await
}

pub async fn page_choix(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    match OUBLI.titulaire(&app, &secret).await? {
        Some(titulaire) => OUBLI.page_choix(page, &secret, &titulaire, None, Retour::default()),
        None => OUBLI.lien_mort(page),
    }
}

pub async fn choisir(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
    Formulaire(saisie): Formulaire<SaisieMotDePasse>,
) -> Result<Response, Erreur> {
    let Some(titulaire) = OUBLI.titulaire(&app, &secret).await? else {
        return OUBLI.lien_mort(page);
    };
    match mots_de_passe::choisir(&app, &titulaire, Usage::MotDePasse, saisie.mot()).await {
        Ok(true) => {
            let vers = Message::succes("Votre mot de passe est modifié.")
                .texte("Toutes vos connexions ouvertes ont été fermées. Connectez-vous avec le nouveau mot de passe.")
                .et_aller(&app, None, "/connexion")
                .await?;
            Ok(sans_referent(web::vers(&vers)))
        }
        Ok(false) => OUBLI.lien_mort(page),
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            OUBLI.page_choix(page, &secret, &titulaire, None, retour)
        }
    }
}
