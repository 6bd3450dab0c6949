//! « Modifier mon adresse de connexion ».

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use super::{Retour, sans_referent};
use crate::App;
use crate::acces::{Connecte, Message, Page, Visiteur};
use crate::identifiants::AdresseElectronique;
use crate::utilisateurs::adresse::{self, Attente, Changement};
use crate::utilisateurs::compte::lire_adresse;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, MotDePasse, Saisie};

const ICI: &str = "/mon-compte/adresse";

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieNouvelle {
    adresse: String,
    mot_de_passe: MotDePasse,
}

impl Saisie for SaisieNouvelle {
    type Lu = AdresseElectronique;

    fn lire(&self) -> Result<AdresseElectronique, Erreurs> {
        let mut erreurs = Erreurs::default();
        let adresse = lire_adresse(&mut erreurs, "adresse", &self.adresse);
        if self.mot_de_passe.exposer().is_empty() {
            erreurs.ajouter("mot_de_passe", "Saisissez votre mot de passe.");
        }
        match adresse {
            Some(adresse) if erreurs.est_vide() => Ok(adresse),
            _ => Err(erreurs),
        }
    }
}

#[derive(Template)]
#[template(path = "utilisateurs/adresse.html")]
struct PageAdresse {
    page: Page,
    actuelle: String,
    pigp: bool,
    attente: Option<Attente>,
    adresse: String,
    retour: Retour,
    resume: Vec<(String, String)>,
}

async fn rendre(
    app: &App,
    connecte: &Connecte,
    page: Page,
    saisie: &SaisieNouvelle,
    retour: Retour,
) -> Result<Response, Erreur> {
    let gabarit = PageAdresse {
        page,
        actuelle: connecte.personne().adresse_connexion.clone(),
        pigp: connecte.personne().pigp,
        attente: adresse::en_attente(app, connecte).await?,
        adresse: saisie.adresse.clone(),
        resume: retour.resume(),
        retour,
    };
    gabarit.retour.rendre(&gabarit)
}

pub async fn page(
    connecte: Connecte,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    let vide = SaisieNouvelle::default();
    rendre(&app, &connecte, page, &vide, Retour::default()).await
}

pub async fn demander(
    connecte: Connecte,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieNouvelle>,
) -> Result<Response, Erreur> {
    match essayer(&app, &connecte, &saisie).await {
        Ok(nouvelle) => {
            let vers = Message::info("Consultez la messagerie de votre nouvelle adresse.")
                .texte(format!("Un courriel vient d’être envoyé à {nouvelle}. Votre adresse de connexion changera quand vous l’aurez confirmée par le lien qu’il contient, valable 24\u{a0}heures."))
                .et_aller(&app, Some(connecte.id()), ICI)
                .await?;
            Ok(web::vers(&vers))
        }
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            rendre(&app, &connecte, page, &saisie, retour).await
        }
    }
}

async fn essayer(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieNouvelle,
) -> Result<AdresseElectronique, Erreur> {
    adresse::permis(connecte)?;
    let nouvelle = saisie.lire()?;
    adresse::demander(app, connecte, &nouvelle, &saisie.mot_de_passe).await?;
    Ok(nouvelle)
}

pub async fn annuler(connecte: Connecte, State(app): State<App>) -> Result<Response, Erreur> {
    adresse::annuler(&app, &connecte).await?;
    let vers = Message::succes("La demande est annulée.")
        .texte("Le lien envoyé ne sert plus. Votre adresse de connexion reste la même.")
        .et_aller(&app, Some(connecte.id()), ICI)
        .await?;
    Ok(web::vers(&vers))
}

#[derive(Template)]
#[template(path = "utilisateurs/adresse_confirmation.html")]
struct PageConfirmation {
    page: Page,
    secret: String,
    /// `None`: the link is dead.
    changement: Option<Changement>,
    /// Why nothing changed although the link was good.
    refus: Option<String>,
}

fn confirmation(
    statut: StatusCode,
    page: Page,
    secret: String,
    changement: Option<Changement>,
    refus: Option<String>,
) -> Result<Response, Erreur> {
    let gabarit = PageConfirmation {
        page,
        secret,
        changement,
        refus,
    };
    web::rendre(statut, &gabarit).map(sans_referent)
}

/// Opening the link changes nothing: mail scanners open it too (security.md ML3).
pub async fn page_confirmation(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    let changement = adresse::lire(&app, &secret).await?;
    let statut = if changement.is_some() {
        StatusCode::OK
    } else {
        StatusCode::GONE
    };
    confirmation(statut, page, secret, changement, None)
}

pub async fn confirmer(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    let Some(changement) = adresse::lire(&app, &secret).await? else {
        return confirmation(StatusCode::GONE, page, secret, None, None);
    };
    match adresse::confirmer(&app, &changement, &session).await {
        Ok(true) => {
            let titulaire = visiteur
                .personne()
                .map(|p| p.id)
                .filter(|id| *id == changement.id);
            let message = Message::succes("Votre adresse de connexion est modifiée.");
            let texte = format!(
                "Vous vous connectez désormais avec {}. Vos autres connexions ont été fermées.",
                changement.nouvelle
            );
            let ou = if titulaire.is_some() {
                ICI
            } else {
                "/connexion"
            };
            let vers = message.texte(texte).et_aller(&app, titulaire, ou).await?;
            Ok(sans_referent(web::vers(&vers)))
        }
        Ok(false) => confirmation(StatusCode::GONE, page, secret, None, None),
        Err(Erreur::Conflit(phrase)) => {
            confirmation(StatusCode::CONFLICT, page, secret, None, Some(phrase))
        }
        Err(autre) => Err(autre),
    }
}
