//! A request on a structure that nobody manages: who will be its first gestionnaire principal (R-STR-SANS-GP). For the desk,
//! and for the référent where the structure goes through the PIGP.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::{Message, Page};
use crate::db::{DemandeId, SollicitationId, UtilisateurId, en_transaction};
use crate::referents::guichet::Guichet;
use crate::sollicitations::certificat::{self, Attente, Prete};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

#[derive(Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDesignation {
    /// One of those who wait.
    successeur: String,
    motif: String,
}

impl SaisieDesignation {
    fn lire(&self) -> Result<(UtilisateurId, String), Erreurs> {
        let mut erreurs = Erreurs::default();
        let successeur = self.successeur.parse();
        if successeur.is_err() {
            erreurs.ajouter(
                "successeur",
                "Choisissez une personne dont la demande attend.",
            );
        }
        let motif = certificat::motif(&self.motif).unwrap_or_else(|e| {
            for (champ, phrase) in e.champs() {
                erreurs.ajouter(champ, phrase);
            }
            String::new()
        });
        match (successeur, erreurs.verdict()) {
            (Ok(successeur), Ok(())) => Ok((successeur, motif)),
            (_, Err(erreurs)) => Err(erreurs),
            (Err(_), Ok(())) => Err(Erreurs::une("successeur", "Choisissez une personne.")),
        }
    }
}

#[derive(Template)]
#[template(path = "referents/designation.html")]
struct PageDesignation {
    page: Page,
    demande: DemandeId,
    attente: Attente,
    saisie: SaisieDesignation,
    erreurs: Erreurs,
    racine: &'static str,
    nom: &'static str,
    support: bool,
}

impl PageDesignation {
    async fn construire<G: Guichet>(
        app: &App,
        guichet: &G,
        page: Page,
        demande: DemandeId,
        (saisie, erreurs): (SaisieDesignation, Erreurs),
    ) -> Result<Self, Erreur> {
        Ok(Self {
            page,
            demande,
            attente: en_transaction!(app, |tx| certificat::attente(
                tx,
                &guichet.traitant(),
                demande
            )
            .await)?,
            saisie,
            erreurs,
            racine: G::RACINE,
            nom: G::NOM,
            support: G::SUPPORT,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    /// Who asked, on the line the desk opened.
    fn demandeur(&self) -> String {
        let lui = |p: &&Prete| p.id == self.attente.demandeur;
        let trouve = self.attente.pretes.iter().find(lui);
        trouve.map(Prete::phrase).unwrap_or_default()
    }

    /// The list it was opened from.
    fn retour(&self) -> &'static str {
        if self.support {
            "/support#demandes"
        } else {
            "/referent#designations"
        }
    }

    fn options(&self) -> Vec<(String, String)> {
        let paire = |p: &Prete| (p.id.to_string(), p.phrase());
        self.attente.pretes.iter().map(paire).collect()
    }
}

/// The request, and who waits with it.
pub async fn page<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(demande): Chemin<DemandeId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieDesignation::default(), Erreurs::default());
    web::page(&PageDesignation::construire(&app, &guichet, page, demande, vierge).await?)
}

/// Sends the certificate to the person chosen.
pub async fn proposer<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(demande): Chemin<DemandeId>,
    Formulaire(saisie): Formulaire<SaisieDesignation>,
) -> Result<Response, Erreur> {
    match essayer(&app, &guichet, demande, &saisie).await {
        Ok(sollicitation) => {
            let (second, vers) = if G::SUPPORT {
                let dossier = format!("/support/sollicitations/{sollicitation}");
                ("Un second agent", dossier)
            } else {
                ("Un agent du support", "/referent#designations".to_owned())
            };
            let vers = Message::succes("Le certificat administratif est envoyé.")
                .texte(format!("La personne désignée le lit par courriel et dans ses sollicitations. {second} l’approuvera une fois signé."))
                .et_aller(&app, Some(guichet.id()), &vers)
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let saisie = (saisie, erreurs);
            let gabarit =
                PageDesignation::construire(&app, &guichet, page, demande, saisie).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer<G: Guichet>(
    app: &App,
    guichet: &G,
    demande: DemandeId,
    saisie: &SaisieDesignation,
) -> Result<SollicitationId, Erreur> {
    let (successeur, motif) = saisie.lire()?;
    en_transaction!(app, |tx| {
        certificat::proposer(tx, &guichet.traitant(), demande, successeur, &motif).await
    })
}
