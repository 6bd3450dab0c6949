//! « Ajouter des espaces » (seed 003 C): « Tous les services » or some, Consultation or Modification.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::reglages::Ecran;
use super::resume;
use crate::App;
use crate::abonnements::{self, ActeReglage, Droit, Reglage, Reglages};
use crate::acces::{GererStructure, Gestion, Page, StructureVue};
use crate::db::ServiceId;
use crate::structures::{LienRubrique, Rubrique, rubriques};
use crate::web::{self, Erreur, Erreurs, Formulaire, Saisie};

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAjout {
    /// « structure »: « Tous les services »; « services »: those ticked.
    maille: String,
    services: Vec<String>,
    /// Codes of espaces, by right; Modification implies Consultation.
    consultation: Vec<String>,
    modification: Vec<String>,
    confirme: String,
}

impl Saisie for SaisieAjout {
    type Lu = Vec<Reglage>;

    fn lire(&self) -> Result<Vec<Reglage>, Erreurs> {
        let mut erreurs = Erreurs::default();
        let services: Vec<Option<ServiceId>> = match self.maille.as_str() {
            "structure" => vec![None],
            "services" => {
                let lus = self.services.iter().map(|s| s.parse().ok().map(Some));
                match lus.collect::<Option<Vec<_>>>() {
                    Some(lus) if !lus.is_empty() => lus,
                    Some(_) => {
                        erreurs.ajouter(
                            "services",
                            "Cochez au moins un service, ou « Tous les services ».",
                        );
                        Vec::new()
                    }
                    None => {
                        erreurs.ajouter(
                            "services",
                            "Un des services cochés n’existe pas. Rechargez la page.",
                        );
                        Vec::new()
                    }
                }
            }
            _ => {
                erreurs.ajouter(
                    "maille",
                    "Choisissez tous les services, ou seulement certains.",
                );
                Vec::new()
            }
        };
        if self.consultation.is_empty() && self.modification.is_empty() {
            erreurs.ajouter("espaces", "Cochez au moins un espace.");
        }
        erreurs.verdict()?;
        let mut reglages = Vec::new();
        for service in services {
            for (codes, droit) in [
                (&self.consultation, Droit::Consultation),
                (&self.modification, Droit::Modification),
            ] {
                reglages.extend(codes.iter().map(|espace| Reglage {
                    service,
                    espace: espace.clone(),
                    droit,
                }));
            }
        }
        Ok(reglages)
    }
}

#[derive(Template)]
#[template(path = "espaces/ajout.html")]
struct PageAjout {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    reglages: Reglages,
    partout: bool,
    saisie: SaisieAjout,
    erreurs: Erreurs,
}

impl PageAjout {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn adresse(&self, suite: &str) -> String {
        format!("/structures/{}/espaces{suite}", self.structure.id)
    }

    fn consulte(&self, code: &str) -> bool {
        self.saisie.consultation.iter().any(|c| c == code)
    }

    fn modifie(&self, code: &str) -> bool {
        self.saisie.modification.iter().any(|c| c == code)
    }

    fn service(&self, id: &ServiceId) -> bool {
        self.saisie.services.contains(&id.to_string())
    }
}

async fn ecran(
    app: &App,
    gestion: &Gestion<GererStructure>,
    page: Page,
    mut saisie: SaisieAjout,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let partout = gestion.droits().maille_structure;
    if saisie.maille.is_empty() && erreurs.est_vide() {
        let maille = if partout { "structure" } else { "services" };
        maille.clone_into(&mut saisie.maille);
    }
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageAjout {
        page,
        rubriques: rubriques(gestion, Rubrique::Espaces),
        structure: gestion.structure().clone(),
        reglages: abonnements::reglages(app, gestion).await?,
        partout,
        saisie,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET /structures/{structure}/espaces/ajout.
pub async fn page(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    let saisie = SaisieAjout::default();
    ecran(&app, &gestion, page, saisie, Erreurs::default()).await
}

/// POST of the same address.
pub async fn ajouter(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieAjout>,
) -> Result<Response, Erreur> {
    let reglages = match saisie.lire() {
        Ok(reglages) => reglages,
        Err(erreurs) => return ecran(&app, &gestion, page, saisie, erreurs).await,
    };
    let champs = [
        ("services", &saisie.services),
        ("consultation", &saisie.consultation),
        ("modification", &saisie.modification),
    ];
    let mut caches = vec![("maille", saisie.maille.clone())];
    for (nom, valeurs) in champs {
        caches.extend(valeurs.iter().map(|v| (nom, v.clone())));
    }
    let avant = Ecran {
        suite: "ajout",
        titre: "Ouvrir ces espaces ?",
        phrases: vec![
            "Ils s’ouvrent aux personnes rattachées aujourd’hui, et à celles qui le seront ensuite, sans qu’elles aient à les demander."
                .to_owned(),
        ],
        champs: caches,
        bouton: "Ouvrir les espaces",
        danger: false,
        fait: "Les espaces sont ouverts.",
    };
    let confirme = saisie.confirme == "1";
    let acte = ActeReglage::Ouvrir(reglages);
    match avant.essayer(&app, &gestion, page, &acte, confirme).await? {
        Ok(reponse) => Ok(reponse),
        Err((page, erreurs)) => ecran(&app, &gestion, page, saisie, erreurs).await,
    }
}
