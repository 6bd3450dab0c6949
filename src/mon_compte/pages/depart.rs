use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{MES_RATTACHEMENTS, adresse, decouper, joindre, paires, valeurs};
use crate::App;
use crate::acces::message::LigneResultat;
use crate::acces::{Connecte, Message, Page};
use crate::db::{RattachementId, en_transaction};
use crate::mon_compte::choix::{self, LigneQuittee};
use crate::rattachements::{self, Fait, Ligne};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete};

const RIEN_DE_COCHE: &str = "Cochez au moins un rattachement à supprimer.";

#[derive(Template)]
#[template(path = "mon_compte/suppression.html")]
struct PageSuppression {
    page: Page,
    lignes: Vec<LigneQuittee>,
    cochees: BTreeSet<Ligne>,
    selection: String,
    erreurs: Erreurs,
}

impl PageSuppression {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }

    fn cochee(&self, ligne: &LigneQuittee) -> bool {
        self.cochees.contains(&ligne.ligne)
    }

    fn role(ligne: &LigneQuittee) -> &'static str {
        if ligne.est_gp {
            "Vous en êtes le gestionnaire principal"
        } else {
            ""
        }
    }
}

async fn construire(
    app: &App,
    connecte: &Connecte,
    page: Page,
    ids: &[RattachementId],
) -> Result<PageSuppression, Erreur> {
    let lignes = choix::lignes_a_quitter(app, connecte, &ids.iter().copied().collect()).await?;
    if lignes.is_empty() {
        return Err(Erreur::Introuvable);
    }
    Ok(PageSuppression {
        page,
        lignes,
        cochees: BTreeSet::new(),
        selection: joindre(ids),
        erreurs: Erreurs::default(),
    })
}

/// « Fenêtre de confirmation » (seed 003 F): nothing ticked in advance.
pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let ids: Vec<RattachementId> = decouper(&valeurs(&requete, "r"))?;
    if ids.is_empty() {
        return Ok(web::vers(MES_RATTACHEMENTS));
    }
    web::page(&construire(&app, &connecte, page, &ids).await?)
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieSuppression {
    selection: String,
    ligne: Vec<String>,
}

/// « Valider »: leaves, or goes on to the successor where the person is gestionnaire principal.
pub async fn valider(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieSuppression>,
) -> Result<Response, Erreur> {
    let lignes: Vec<Ligne> = decouper(&saisie.ligne.join(","))?;
    if lignes.is_empty() {
        let ids: Vec<RattachementId> = decouper(&saisie.selection)?;
        if ids.is_empty() {
            return Err(Erreur::Invalide(Erreurs::generale(RIEN_DE_COCHE)));
        }
        let mut gabarit = construire(&app, &connecte, page, &ids).await?;
        gabarit.erreurs = Erreurs::une("ligne", RIEN_DE_COCHE);
        return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
    }
    let ids = lignes.iter().map(|l| l.rattachement).collect();
    let lues = choix::lignes_a_quitter(&app, &connecte, &ids).await?;
    if lues
        .iter()
        .any(|l| l.est_gp && ids.contains(&l.ligne.rattachement))
    {
        let vers = adresse(
            "/mon-compte/rattachements/succession",
            &paires("l", &lignes),
        );
        return Ok(web::vers(&vers));
    }
    let aucune = BTreeMap::new();
    let faits = en_transaction!(&app, |tx| rattachements::quitter(
        tx, &connecte, &lignes, &aucune
    )
    .await)?;
    Ok(web::vers(&rendre_compte(&app, &connecte, faits).await?))
}

/// One result per structure.
pub(super) async fn rendre_compte(
    app: &App,
    connecte: &Connecte,
    faits: Vec<Fait>,
) -> Result<String, Erreur> {
    let lignes = faits
        .into_iter()
        .map(|f| LigneResultat {
            libelle: f.raison_sociale,
            issue: f.issue,
            reussie: true,
        })
        .collect();
    Message::succes("C’est fait.")
        .lignes(lignes)
        .et_aller(app, Some(connecte.id()), MES_RATTACHEMENTS)
        .await
}
