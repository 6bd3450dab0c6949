use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::{Message, Page, Support};
use crate::db::{SollicitationId, UtilisateurId, en_transaction};
use crate::sollicitations::{Attribution, attribuer as donner};
use crate::support::dossier::{self, Collegue, Dossier};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, texte};

/// Characters of a reason at most, as everywhere (spec §2).
const MOTIF_MAX: usize = 255;

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAttribution {
    agent: String,
    /// Who had it when the page was shown; empty: nobody.
    depuis: String,
    motif: String,
}

impl SaisieAttribution {
    fn lire(&self) -> Result<(UtilisateurId, Option<UtilisateurId>, String), Erreurs> {
        let mut erreurs = Erreurs::default();
        let agent = self.agent.parse().ok();
        if agent.is_none() {
            erreurs.ajouter("agent", "Choisissez un agent du support.");
        }
        let depuis = self.depuis.parse().ok();
        if depuis.is_none() && !self.depuis.is_empty() {
            erreurs.ajouter(
                "agent",
                "Cette page n’est plus à jour\u{202F}: rechargez-la.",
            );
        }
        let motif = erreurs.paragraphe(
            "motif",
            &self.motif,
            MOTIF_MAX,
            "Dites pourquoi, pour votre collègue.",
        );
        match (agent, erreurs.verdict()) {
            (Some(agent), Ok(())) => Ok((agent, depuis, motif)),
            (_, Err(erreurs)) => Err(erreurs),
            (None, Ok(())) => Err(Erreurs::une("agent", "Choisissez un agent du support.")),
        }
    }
}

#[derive(Template)]
#[template(path = "support/attribution.html")]
struct PageAttribution {
    page: Page,
    dossier: Dossier,
    collegues: Vec<Collegue>,
    saisie: SaisieAttribution,
    erreurs: Erreurs,
}

impl PageAttribution {
    async fn construire(
        app: &App,
        support: &Support,
        page: Page,
        id: SollicitationId,
        (saisie, erreurs): (SaisieAttribution, Erreurs),
    ) -> Result<Self, Erreur> {
        Ok(Self {
            page,
            dossier: dossier::lire(app, support, id).await?,
            collegues: dossier::collegues(app, support, id).await?,
            saisie,
            erreurs,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    /// « Sabine Support (3 sollicitations en cours) »; who has it already is not offered.
    fn options(&self) -> Vec<(String, String)> {
        self.collegues
            .iter()
            .filter(|c| Some(c.id) != self.dossier.agent_id)
            .map(|c| {
                let charge = usize::try_from(c.charge).unwrap_or_default();
                let charge =
                    texte::accord(charge, "sollicitation en cours", "sollicitations en cours");
                (c.id.to_string(), format!("{} ({charge})", c.nom_complet))
            })
            .collect()
    }

    fn depuis(&self) -> String {
        self.dossier
            .agent_id
            .map(|a| a.to_string())
            .unwrap_or_default()
    }
}

pub async fn page(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieAttribution::default(), Erreurs::default());
    web::page(&PageAttribution::construire(&app, &support, page, id, vierge).await?)
}

pub async fn attribuer(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieAttribution>,
) -> Result<Response, Erreur> {
    match essayer(&app, &support, id, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let saisie = (saisie, erreurs);
            let gabarit = PageAttribution::construire(&app, &support, page, id, saisie).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    support: &Support,
    id: SollicitationId,
    saisie: &SaisieAttribution,
) -> Result<String, Erreur> {
    let (a, depuis, motif) = saisie.lire()?;
    let (reference, agent) = en_transaction!(app, |tx| {
        let attribution = Attribution {
            a,
            depuis,
            motif: &motif,
        };
        donner(tx, support, id, &attribution).await
    })?;
    Message::succes(format!("{reference} est attribuée à {agent}."))
        .et_aller(
            app,
            Some(support.id()),
            &format!("/support/sollicitations/{id}"),
        )
        .await
}
