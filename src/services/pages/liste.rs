//! « Services » of a structure: the list, and its CSV.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Action, Membre, Page, StructureVue};
use crate::services::export;
use crate::services::lecture::{self, Etat, Service};
use crate::structures::{
    LienRubrique, Rubrique, fenetre_des_services, legende_des_services, rubriques,
};
use crate::web::{self, Erreur, Liste, Requete, reponse_csv, texte};

#[derive(Template)]
#[template(path = "services/liste.html")]
struct PageServices {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    services: Liste<Service>,
    /// Manages the services within the reach.
    gere: bool,
    /// … which is the whole structure: creations and imports.
    cree: bool,
    maille_structure: bool,
    csv: String,
}

impl PageServices {
    fn sens(&self, colonne: &str) -> &'static str {
        match self.services.sens_de(colonne) {
            "ascending" => "asc",
            "descending" => "desc",
            _ => "",
        }
    }

    fn legende(&self) -> String {
        legende_des_services("Services", &self.services)
    }

    fn effacer(&self) -> Option<String> {
        self.services
            .filtree()
            .then(|| self.services.lien_sans_recherche())
    }

    fn csv_libelle(&self) -> String {
        format!("Export CSV ({})", self.services.total.phrase())
    }

    fn bascule(&self, service: &Service) -> Option<(&'static str, &'static str)> {
        match service.etat {
            Etat::Actif | Etat::AVenir => Some(("desactivation", "Désactiver")),
            Etat::Desactive => Some(("activation", "Activer")),
            Etat::Termine => None,
        }
    }

    fn lien(&self, service: &Service, suite: &str) -> String {
        format!(
            "/structures/{}/services/{}/{suite}",
            self.structure.id, service.id
        )
    }
}

/// GET /structures/{structure}/services, under `s.`.
pub async fn page(
    membre: Membre,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let services = lecture::liste(&app, &membre, fenetre_des_services(&requete)).await?;
    let structure = membre.structure().clone();
    let droits = membre.droits();
    let gere = structure.active && droits.peut(Action::ModifierStructure);
    let csv = Requete::lire(&format!("/structures/{}/services.csv", structure.id), "")
        .avec(&[("s.q", &services.fenetre.recherche)]);
    web::page(&PageServices {
        page,
        rubriques: rubriques(&membre, Rubrique::Services),
        structure,
        services,
        gere,
        cree: gere && droits.maille_structure,
        maille_structure: droits.maille_structure,
        csv,
    })
}

/// GET /structures/{structure}/services.csv: the same search, every line.
pub async fn csv(
    membre: Membre,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let nom = format!("services-{}.csv", membre.structure().identifiant);
    let nom: String = nom
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        })
        .collect();
    let recherche = texte::ligne(requete.valeur("s.q"), 100).unwrap_or_default();
    Ok(reponse_csv(&nom, |envoi| async move {
        let mut apres = String::new();
        loop {
            let lignes = export::tranche(&app, &membre, &recherche, &apres).await?;
            let Some(derniere) = lignes.last() else {
                return Ok(());
            };
            derniere.code().clone_into(&mut apres);
            for ligne in lignes {
                if envoi.send(ligne).await.is_err() {
                    return Ok(());
                }
            }
        }
    }))
}
