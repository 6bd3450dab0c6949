//! « Mes demandes »: the queue of a référent; for the support, what no référent receives.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::Page;
use crate::referents::demandes::{self, Comptes, Ligne, Vue};
use crate::referents::designations::{self, SansGestionnaire};
use crate::referents::guichet::Guichet;
use crate::web::{self, Erreur, Liste, Requete};

/// A link to a view of the queue.
struct Lien {
    libelle: &'static str,
    href: String,
    courante: bool,
}

#[derive(Template)]
#[template(path = "referents/bureau.html")]
struct PageBureau {
    page: Page,
    comptes: Comptes,
    liens: Vec<Lien>,
    demandes: Liste<Ligne>,
    /// Of a référent.
    designations: Option<Liste<SansGestionnaire>>,
    support: bool,
    racine: &'static str,
}

impl PageBureau {
    fn legende(&self) -> String {
        let colonne = match self.demandes.fenetre.colonne {
            "demandeur" => "demandeur",
            _ => "date",
        };
        self.demandes.legende("Demandes", colonne)
    }

    fn legende_d(liste: &Liste<SansGestionnaire>) -> String {
        let colonne = match liste.fenetre.colonne {
            "structure" => "structure",
            _ => "date",
        };
        liste.legende("Structures sans gestionnaire principal", colonne)
    }

    fn chemin(&self) -> &str {
        self.demandes.fenetre.chemin()
    }

    fn mot(n: &i64, un: &'static str, des: &'static str) -> &'static str {
        if *n > 1 { des } else { un }
    }
}

/// Two statements: the counts, the queue; for a référent a third, the structures that nobody manages.
pub async fn page<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let vue = Vue::lire(&requete);
    let liens = [(Vue::Ouvertes, "À traiter"), (Vue::Traitees, "Traitées")]
        .into_iter()
        .map(|(autre, libelle)| Lien {
            libelle,
            href: format!(
                "{}#demandes",
                requete.avec(&[("f.etat", autre.code()), ("f.page", "")])
            ),
            courante: autre == vue,
        })
        .collect();
    let demandes = demandes::lignes(&app, &guichet, vue, demandes::fenetre(&requete)).await?;
    let designations = match guichet.referent() {
        Some(referent) => {
            let fenetre = designations::fenetre(&requete);
            Some(designations::lignes(&app, referent, fenetre).await?)
        }
        None => None,
    };
    web::page(&PageBureau {
        page,
        designations,
        comptes: demandes::comptes(&app, &guichet).await?,
        liens,
        demandes,
        support: G::SUPPORT,
        racine: G::RACINE,
    })
}
