//! « Demander un compte au référent », for a person without account: asked, then confirmed by the link of a mail.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::lire_le_siret;
use crate::App;
use crate::acces::{Message, Page, Visiteur};
use crate::db::en_transaction;
use crate::identifiants::Siret;
use crate::referents::demandes::{self, AConfirmer, Demandee};
use crate::referents::perimetres::de_la_structure;
use crate::utilisateurs::par_lien::sans_referent;
use crate::utilisateurs::{Client, NouveauCompte, Retour};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete, texte};

/// Characters of the message at most (as the table).
const MESSAGE_MAX: usize = 1_000;
const PAGE: &str = "/demande-de-compte";

#[derive(Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDemande {
    siret: String,
    prenom: String,
    nom: String,
    adresse_connexion: String,
    message: String,
}

impl SaisieDemande {
    fn lire(&self) -> Result<(NouveauCompte, Siret, String), Erreurs> {
        let compte = NouveauCompte::lire(&self.adresse_connexion, "", &self.prenom, &self.nom);
        let (compte, mut erreurs) = match compte {
            Ok(compte) => (Some(compte), Erreurs::default()),
            Err(erreurs) => (None, erreurs),
        };
        let siret = lire_le_siret(&mut erreurs, "siret", &self.siret);
        let message = erreurs.lire("message", texte::paragraphe(&self.message, MESSAGE_MAX));
        match (compte, siret) {
            (Some(compte), Some(siret)) if erreurs.est_vide() => Ok((compte, siret, message)),
            _ => Err(erreurs),
        }
    }
}

#[derive(Template)]
#[template(path = "referents/demande.html")]
struct PageDemande {
    page: Page,
    saisie: SaisieDemande,
    /// The périmètre of a structure that came with the address.
    perimetre: Option<String>,
    retour: Retour,
    resume: Vec<(String, String)>,
    max: usize,
}

impl PageDemande {
    async fn construire(
        app: &App,
        page: Page,
        saisie: SaisieDemande,
        retour: Retour,
    ) -> Result<Self, Erreur> {
        let perimetre = match Siret::lire(&saisie.siret) {
            Ok(siret) => de_la_structure(app, &siret)
                .await?
                .and_then(|s| s.perimetre),
            Err(_) => None,
        };
        Ok(Self {
            page,
            saisie,
            perimetre,
            resume: retour.resume(),
            retour,
            max: MESSAGE_MAX,
        })
    }
}

/// The form; `?siret=` the structure.
pub async fn page(
    _: Visiteur,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieDemande {
        siret: requete.valeur("siret").chars().take(40).collect(),
        ..SaisieDemande::default()
    };
    web::page(&PageDemande::construire(&app, page, saisie, Retour::default()).await?)
}

/// « Envoyer la demande »: the same answer whoever has this address.
pub async fn deposer(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    client: Client,
    Formulaire(saisie): Formulaire<SaisieDemande>,
) -> Result<Response, Erreur> {
    match essayer(&app, &client, &saisie).await {
        Ok(()) => {
            let vers = Message::succes("Votre demande est presque envoyée.")
                .texte("Un courriel vient d’être envoyé à l’adresse indiquée\u{202F}: ouvrez-le pour confirmer. Le lien est valable 7 jours.")
                .et_aller(&app, visiteur.personne().map(|p| p.id), PAGE)
                .await?;
            Ok(web::vers(&vers))
        }
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            let gabarit = PageDemande::construire(&app, page, saisie, retour).await?;
            gabarit.retour.rendre(&gabarit)
        }
    }
}

async fn essayer(app: &App, client: &Client, saisie: &SaisieDemande) -> Result<(), Erreur> {
    let (compte, siret, message) = saisie.lire()?;
    // What the directory shows to anybody.
    let structure = de_la_structure(app, &siret).await?;
    let structure = match structure {
        None => {
            return Err(Erreur::champ(
                "siret",
                "Aucune structure publique n’a ce SIRET.",
            ));
        }
        Some(s) if !s.active => {
            return Err(Erreur::champ("siret", "Cette structure est désactivée."));
        }
        Some(s) if !s.passe => {
            return Err(Erreur::champ(
                "siret",
                "Cette structure ne passe pas par le PIGP\u{202F}: créez votre compte vous-même, depuis la page de connexion.",
            ));
        }
        Some(s) => s.id,
    };
    let demandee = Demandee {
        compte,
        structure,
        message,
    };
    demandes::deposer(app, client, &demandee).await
}

#[derive(Template)]
#[template(path = "referents/confirmation.html")]
struct PageLien {
    page: Page,
    /// `None`: the link is dead.
    vue: Option<AConfirmer>,
    secret: String,
}

/// The page of the link; opening it consumes nothing.
pub async fn lien(
    _: Visiteur,
    page: Page,
    State(app): State<App>,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    let vue = demandes::a_confirmer(&app, &secret).await?;
    ecran(page, vue, secret)
}

fn ecran(page: Page, vue: Option<AConfirmer>, secret: String) -> Result<Response, Erreur> {
    let statut = if vue.is_some() {
        StatusCode::OK
    } else {
        StatusCode::GONE
    };
    web::rendre(statut, &PageLien { page, vue, secret }).map(sans_referent)
}

/// « Confirmer ma demande ».
pub async fn confirmer(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    let Some(vue) = demandes::a_confirmer(&app, &secret).await? else {
        return ecran(page, None, secret);
    };
    let Some(qui) = en_transaction!(&app, |tx| demandes::confirmer(tx, &vue).await)? else {
        return ecran(page, None, secret);
    };
    let vers = Message::succes("Votre demande est envoyée.")
        .texte(format!(
            "{qui} en est averti. La réponse vous parviendra par courriel."
        ))
        .et_aller(
            &app,
            visiteur.personne().map(|p| p.id),
            "/trouver-mon-referent",
        )
        .await?;
    Ok(sans_referent(web::vers(&vers)))
}
