//! A request of a person without account: read, refused; its account is created on a page of its own.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::SaisieMotif;
use crate::App;
use crate::acces::{Message, Page};
use crate::db::{DemandeDeCompteId, en_transaction};
use crate::identifiants::AdresseElectronique;
use crate::referents::adresse::avertissements;
use crate::referents::demandes::{self, DemandeVue};
use crate::referents::guichet::Guichet;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

/// Where its request is.
pub(super) fn adresse<G: Guichet>(id: DemandeDeCompteId) -> String {
    format!("{}/demandes-de-compte/{id}", G::RACINE)
}

/// Where its queue is.
pub(super) fn file<G: Guichet>() -> &'static str {
    if G::SUPPORT {
        "/support/demandes-de-compte"
    } else {
        "/referent"
    }
}

#[derive(Template)]
#[template(path = "referents/dossier.html")]
struct PageDossier {
    page: Page,
    demande: DemandeVue,
    avertissements: Vec<String>,
    adresse: String,
    file: &'static str,
    nom: &'static str,
    support: bool,
}

pub async fn page<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeDeCompteId>,
) -> Result<Response, Erreur> {
    let demande = demandes::demande(&app, &guichet, id).await?;
    let avertissements = AdresseElectronique::lire(&demande.adresse)
        .map(|adresse| avertissements(&adresse, &demande.nom, &demande.domaines))
        .unwrap_or_default();
    web::page(&PageDossier {
        page,
        demande,
        avertissements,
        adresse: adresse::<G>(id),
        file: file::<G>(),
        nom: G::NOM,
        support: G::SUPPORT,
    })
}

#[derive(Template)]
#[template(path = "referents/refus.html")]
struct PageRefus {
    page: Page,
    demande: DemandeVue,
    saisie: SaisieMotif,
    erreurs: Erreurs,
    adresse: String,
    file: &'static str,
    nom: &'static str,
}

impl PageRefus {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

async fn ecran<G: Guichet>(
    app: &App,
    guichet: &G,
    page: Page,
    id: DemandeDeCompteId,
    (saisie, erreurs): (SaisieMotif, Erreurs),
) -> Result<PageRefus, Erreur> {
    Ok(PageRefus {
        page,
        demande: demandes::demande(app, guichet, id).await?,
        saisie,
        erreurs,
        adresse: adresse::<G>(id),
        file: file::<G>(),
        nom: G::NOM,
    })
}

pub async fn confirmer<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeDeCompteId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieMotif::default(), Erreurs::default());
    web::page(&ecran(&app, &guichet, page, id, vierge).await?)
}

/// « Refuser la demande ».
pub async fn refuser<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeDeCompteId>,
    Formulaire(saisie): Formulaire<SaisieMotif>,
) -> Result<Response, Erreur> {
    match essayer(&app, &guichet, id, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = ecran(&app, &guichet, page, id, (saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer<G: Guichet>(
    app: &App,
    guichet: &G,
    id: DemandeDeCompteId,
    saisie: &SaisieMotif,
) -> Result<String, Erreur> {
    let motif = saisie.lire()?;
    let nom = en_transaction!(app, |tx| demandes::refuser(tx, guichet, id, &motif).await)?;
    Message::succes(format!("La demande de {nom} est refusée."))
        .texte("Un courriel lui en donne le motif.")
        .et_aller(app, Some(guichet.id()), file::<G>())
        .await
}
