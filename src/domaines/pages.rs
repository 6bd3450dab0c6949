use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::applications::{Application, Domaine, PLUS_UTILISEES, Suite};
use super::store;
use crate::App;
use crate::acces::{Connecte, Page};
use crate::aide::Audience;
use crate::aide::actualites::{self, Actualite};
use crate::config::LienExterieur;
use crate::routes::Routes;
use crate::web::{self, Chemin, Erreur, Requete, texte};

pub fn routes() -> Routes {
    Routes::new()
        .get("/domaines", domaines)
        .get("/domaines/organisation", organisation)
        .get("/domaines/organisation/{application}", application)
}

#[derive(Template)]
#[template(path = "domaines/liste.html")]
struct PageDomaines {
    page: Page,
    /// Configured ones; « Organisation » is here.
    ailleurs: Vec<LienExterieur>,
    actualites: Vec<Actualite>,
}

/// GET /domaines.
async fn domaines(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let audience = Audience::de(Some(connecte.personne()));
    web::page(&PageDomaines {
        page,
        ailleurs: app.parametres().domaines.clone(),
        actualites: actualites::dernieres(&app, audience).await?,
    })
}

/// One half of « Organisation », with what the person may use of it.
struct Moitie {
    domaine: Domaine,
    applications: Vec<&'static Application>,
}

#[derive(Template)]
#[template(path = "domaines/organisation.html")]
struct PageOrganisation {
    page: Page,
    moities: Vec<Moitie>,
    plus_utilisees: Vec<&'static Application>,
    actualites: Vec<Actualite>,
}

/// GET /domaines/organisation.
async fn organisation(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let structures = store::structures(&app, &connecte, "").await?;
    let utilisables = Application::utilisables(&structures);
    let moities = Domaine::TOUS
        .into_iter()
        .map(|domaine| Moitie {
            domaine,
            applications: utilisables
                .iter()
                .copied()
                .filter(|a| a.domaine == domaine)
                .collect(),
        })
        .filter(|m| !m.applications.is_empty())
        .collect();
    let plus_utilisees = PLUS_UTILISEES
        .iter()
        .filter_map(|code| utilisables.iter().copied().find(|a| a.code == *code))
        .take(3)
        .collect();
    let audience = Audience::de(Some(connecte.personne()));
    web::page(&PageOrganisation {
        page,
        moities,
        plus_utilisees,
        actualites: actualites::dernieres(&app, audience).await?,
    })
}

/// A structure to choose.
struct Choix {
    href: String,
    raison_sociale: String,
    identifiant: String,
}

#[derive(Template)]
#[template(path = "domaines/choix.html")]
struct PageChoix {
    page: Page,
    application: &'static Application,
    recherche: String,
    choix: Vec<Choix>,
}

/// Beyond this a search is offered.
const SANS_RECHERCHE: usize = 12;

impl PageChoix {
    fn cherche(&self) -> bool {
        !self.recherche.is_empty() || self.choix.len() > SANS_RECHERCHE
    }

    fn action(&self) -> String {
        format!("/domaines/organisation/{}", self.application.code)
    }

    fn effacer(&self) -> Option<String> {
        (!self.recherche.is_empty()).then(|| self.action())
    }

    fn autres() -> [(String, String); 0] {
        []
    }
}

/// GET /domaines/organisation/{application}: to its screen, the structure asked for first where there are several.
async fn application(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(code): Chemin<String>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let application = Application::lire(&code).ok_or(Erreur::Introuvable)?;
    let recherche = if application.demande_une_structure() {
        texte::ligne(requete.valeur("q"), 100).unwrap_or_default()
    } else {
        String::new()
    };
    let structures = store::structures(&app, &connecte, &recherche).await?;
    let choisies = if recherche.is_empty() {
        match application.suite(&structures) {
            Suite::Adresse(vers) => return Ok(web::vers(&vers)),
            Suite::Choix(choisies) => choisies,
            Suite::Interdite => {
                return Err(Erreur::Interdit(format!(
                    "Aucune de vos structures ne vous donne le droit d’utiliser «\u{202F}{}\u{202F}». Demandez-le à leur gestionnaire principal.",
                    application.libelle
                )));
            }
        }
    } else {
        // A search shows what it found, even where that is one structure or none.
        application.siennes(&structures)
    };
    let choix = choisies
        .into_iter()
        .map(|s| Choix {
            href: application.adresse(s),
            raison_sociale: s.raison_sociale.clone(),
            identifiant: s.identifiant.clone(),
        })
        .collect();
    web::page(&PageChoix {
        page,
        application,
        recherche,
        choix,
    })
}
