//! « Créer un compte » in four steps, each a page of its own: a POST keeps its answer and sends on with 303, so that
//! « Précédent » and a reload are harmless.

mod activation;
mod nouvelle;
mod personne;
mod structure;
mod suite;
mod verification;

use axum::response::Response;

pub use structure::types;

use crate::App;
use crate::acces::Visiteur;
use crate::acces::compteurs::{self, INSCRIPTION};
use crate::inscription::brouillon::Brouillon;
use crate::routes::Routes;
use crate::structures::{self, Situee};
use crate::utilisateurs::Client;
use crate::web::{self, Erreur, Saisie as _};

const DEBUT: &str = "/inscription";
/// The first page, which says that no answer was found.
const REPRISE: &str = "/inscription?reprise=1";
const AUTRE: &str = "/inscription/autre-personne";
const STRUCTURE: &str = "/inscription/structure";
const DEMANDE: &str = "/inscription/demande";
const FICHE: &str = "/inscription/fiche";
const VERIFICATION: &str = "/inscription/verification";
const MESSAGERIE: &str = "/inscription/messagerie";

pub fn routes() -> Routes {
    Routes::new()
        .get(DEBUT, personne::page)
        .post(DEBUT, personne::garder)
        .get(AUTRE, personne::page_autre)
        .post(AUTRE, personne::garder_autre)
        .get(STRUCTURE, structure::page)
        .post(STRUCTURE, structure::garder)
        .get(DEMANDE, suite::page_demande)
        .post(DEMANDE, suite::garder_demande)
        .get(FICHE, suite::page_fiche)
        .post(FICHE, suite::garder_fiche)
        .get(VERIFICATION, verification::page)
        .post(VERIFICATION, verification::envoyer)
        .get(MESSAGERIE, verification::messagerie)
        .post("/inscription/abandon", verification::abandonner)
        .get("/activation/renvoi", activation::page_renvoi)
        .post("/activation/renvoi", activation::renvoyer)
        .get("/activation/{secret}", activation::page)
        .post("/activation/{secret}", activation::activer)
        .get("/structures/nouvelle", nouvelle::page)
        .post("/structures/nouvelle", nouvelle::creer)
}

/// Counts an answer: looking identifiers up is for people, not for a list of them.
async fn compter(app: &App, client: &Client) -> Result<(), Erreur> {
    let cle = format!("inscription:{}", client.hote());
    compteurs::compter(&app.db, &cle, INSCRIPTION).await
}

/// The answers of this visitor, with what the identifier leads to now. Somebody signed in creates accounts for others.
async fn en_cours(
    app: &App,
    visiteur: &Visiteur,
    session: &tower_sessions::Session,
) -> Result<Option<(Brouillon, Option<Situee>)>, Erreur> {
    let Some(brouillon) = Brouillon::lire(session).await? else {
        return Ok(None);
    };
    if !brouillon.pour_autrui && visiteur.personne().is_some() {
        return Ok(None);
    }
    let situee = match brouillon.identifiant.as_ref().map(|i| i.lire()) {
        Some(Ok(identifiant)) => Some(structures::situer(&app.db, &identifiant).await?),
        Some(Err(_)) | None => None,
    };
    Ok(Some((brouillon, situee)))
}

/// No answer in this session: to the first page, which says so.
fn au_debut() -> Response {
    web::vers(REPRISE)
}
