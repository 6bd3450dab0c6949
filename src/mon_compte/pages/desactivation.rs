//! « Désactiver mon compte » (seed 001 §10 B): the window, the successors where one is needed, the password.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use super::but::But;
use super::succession::{self, SaisieSuccession};
use crate::App;
use crate::acces::message::LigneResultat;
use crate::acces::{Connecte, Message, Page, sessions};
use crate::db::{StructureId, Temps, en_transaction};
use crate::mon_compte::absence::{self, Principale};
use crate::rattachements::{Fait, Ligne, Succession};
use crate::utilisateurs;
use crate::web::{self, Erreur, Erreurs, Formulaire, MotDePasse, Requete};

const ICI: &str = "/mon-compte/desactivation";

#[derive(Template)]
#[template(path = "mon_compte/desactivation.html")]
struct PageDesactivation {
    page: Page,
    principales: Vec<Principale>,
    erreurs: Erreurs,
}

impl PageDesactivation {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }
}

/// PIGP accounts and the staff's are not their holder's to deactivate.
fn permettre(connecte: &Connecte) -> Result<(), Erreur> {
    match absence::empechement(connecte.personne()) {
        Some(phrase) => Err(Erreur::Interdit(phrase.to_owned())),
        None => Ok(()),
    }
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    permettre(&connecte)?;
    web::page(&PageDesactivation {
        page,
        principales: absence::principales(&app, &connecte).await?,
        erreurs: Erreurs::default(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDesactivation {
    mot_de_passe: MotDePasse,
}

/// « Désactiver mon compte », for somebody who is gestionnaire principal nowhere.
pub async fn desactiver(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieDesactivation>,
) -> Result<Response, Erreur> {
    permettre(&connecte)?;
    let principales = absence::principales(&app, &connecte).await?;
    if !principales.is_empty() {
        return Ok(web::vers(ICI));
    }
    let aucune = BTreeMap::new();
    match partir(&app, &connecte, &saisie.mot_de_passe, &aucune).await {
        Ok((fin, faits)) => sortir(&app, &session, &fin, faits).await,
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = PageDesactivation {
                page,
                principales,
                erreurs,
            };
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn partir(
    app: &App,
    connecte: &Connecte,
    mot: &MotDePasse,
    successions: &BTreeMap<StructureId, Succession>,
) -> Result<(Temps, Vec<Fait>), Erreur> {
    let hache = utilisateurs::confirmer_mot_de_passe(app, connecte, "mot_de_passe", mot).await?;
    let issue = en_transaction!(app, |tx| absence::desactiver(
        tx,
        connecte,
        &hache,
        successions
    )
    .await)?;
    tracing::info!(evenement = "compte_desactive", utilisateur = %connecte.id(), "compte");
    Ok(issue)
}

/// Nobody is signed in any more; the browser forgets the pages it kept (security.md SE3).
async fn sortir(
    app: &App,
    session: &Session,
    fin: &Temps,
    faits: Vec<Fait>,
) -> Result<Response, Erreur> {
    sessions::fermer(session).await?;
    let lignes = faits
        .into_iter()
        .map(|f| LigneResultat {
            libelle: f.raison_sociale,
            issue: f.issue,
            reussie: true,
        })
        .collect();
    let vers = Message::succes("Votre compte est désactivé.")
        .texte(format!(
            "Vous pouvez le réactiver jusqu’au {}\u{202F}: connectez-vous avec votre mot de passe, ou suivez le lien du courriel que nous venons de vous envoyer.",
            fin.jour_heure()
        ))
        .lignes(lignes)
        .et_aller(app, None, "/connexion")
        .await?;
    let mut reponse = web::vers(&vers);
    reponse
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(reponse)
}

/// The lines of every structure to hand over.
async fn lignes(app: &App, connecte: &Connecte) -> Result<Vec<Ligne>, Erreur> {
    Ok(absence::principales(app, connecte)
        .await?
        .into_iter()
        .map(|p| Ligne {
            rattachement: p.rattachement,
            service: None,
        })
        .collect())
}

/// « Désigner un nouveau gestionnaire principal ».
pub async fn page_succession(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    permettre(&connecte)?;
    let lignes = lignes(&app, &connecte).await?;
    if lignes.is_empty() {
        return Ok(web::vers(ICI));
    }
    let saisie = SaisieSuccession::de_la_requete(But::Desactivation, &requete, lignes);
    succession::montrer(&app, &connecte, page, saisie).await
}

pub async fn designer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    session: Session,
    Formulaire(champs): Formulaire<Vec<(String, String)>>,
) -> Result<Response, Erreur> {
    permettre(&connecte)?;
    let mut saisie = SaisieSuccession::lire(But::Desactivation, champs)?;
    // What is handed over is what he manages now, whatever the page said.
    saisie.lignes = lignes(&app, &connecte).await?;
    if saisie.lignes.is_empty() {
        return Ok(web::vers(ICI));
    }
    match essayer(&app, &connecte, &saisie).await {
        Ok((fin, faits)) => sortir(&app, &session, &fin, faits).await,
        Err(Erreur::Invalide(erreurs)) => {
            succession::remontrer(&app, &connecte, page, saisie, erreurs).await
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieSuccession,
) -> Result<(Temps, Vec<Fait>), Erreur> {
    let choisies = succession::successions(app, connecte, saisie).await;
    if saisie.mot_de_passe.exposer().is_empty() {
        let mut erreurs = match choisies {
            Err(Erreur::Invalide(erreurs)) => erreurs,
            Err(autre) => return Err(autre),
            Ok(_) => Erreurs::default(),
        };
        erreurs.ajouter("mot_de_passe", "Saisissez votre mot de passe.");
        return Err(erreurs.into());
    }
    let choisies = choisies?;
    let hache =
        utilisateurs::confirmer_mot_de_passe(app, connecte, "mot_de_passe", &saisie.mot_de_passe)
            .await?;
    let issue = en_transaction!(app, |tx| absence::desactiver(
        tx, connecte, &hache, &choisies
    )
    .await)
    .map_err(|e| saisie.au_champ_commun(e))?;
    tracing::info!(evenement = "compte_desactive", utilisateur = %connecte.id(), "compte");
    Ok(issue)
}
