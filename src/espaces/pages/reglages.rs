//! What the structure opens to its users: the list, « Retirer », the level of the default espaces.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::confirmation::{self, PageConfirmation};
use super::resume;
use crate::App;
use crate::abonnements::{self, ActeReglage, Droit, EspaceDeStructure, Reglages};
use crate::acces::{GererStructure, Gestion, Page, StructureVue};
use crate::db::{ServiceId, a_blanc, en_transaction};
use crate::structures::{LienRubrique, Rubrique, rubriques};
use crate::web::{self, Erreur, Erreurs, Formulaire, texte};

#[derive(Template)]
#[template(path = "espaces/reglages.html")]
struct PageReglages {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    reglages: Reglages,
    /// May set for the whole structure.
    partout: bool,
    erreurs: Erreurs,
}

impl PageReglages {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn adresse(&self, suite: &str) -> String {
        format!("/structures/{}/espaces{suite}", self.structure.id)
    }

    fn modifiable(&self) -> bool {
        self.structure.active
    }

    fn par_defaut(&self) -> Vec<&EspaceDeStructure> {
        let espaces = self.reglages.espaces.iter();
        espaces.filter(|e| !e.roles.is_empty()).collect()
    }

    fn retirables(&self) -> bool {
        self.modifiable() && self.reglages.lignes.iter().any(|l| l.a_moi)
    }

    fn personnes(&self, n: &i64) -> String {
        texte::accord(
            usize::try_from(*n).unwrap_or_default(),
            "personne",
            "personnes",
        )
    }

    /// The value of a box: the espace, and the service.
    fn cle(&self, ligne: &abonnements::EspaceRegle) -> String {
        match ligne.service {
            Some(service) => format!("{}.{service}", ligne.espace),
            None => ligne.espace.clone(),
        }
    }

    fn niveaux(&self, espace: &EspaceDeStructure) -> Vec<(String, &'static str, bool)> {
        [Droit::Consultation, Droit::Modification]
            .map(|d| {
                (
                    format!("{}.{}", espace.code, d.code()),
                    d.libelle(),
                    espace.niveau == d,
                )
            })
            .to_vec()
    }
}

async fn ecran(
    app: &App,
    gestion: &Gestion<GererStructure>,
    page: Page,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageReglages {
        page,
        rubriques: rubriques(gestion, Rubrique::Espaces),
        structure: gestion.structure().clone(),
        reglages: abonnements::reglages(app, gestion).await?,
        partout: gestion.droits().maille_structure,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET /structures/{structure}/espaces.
pub async fn page(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    ecran(&app, &gestion, page, Erreurs::default()).await
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieRetrait {
    /// « espace » or « espace.service ».
    reglage: Vec<String>,
    confirme: String,
}

impl SaisieRetrait {
    fn lire(&self) -> Result<Vec<(Option<ServiceId>, String)>, Erreurs> {
        let lignes = self.reglage.iter().map(|cle| {
            let (espace, service) = match cle.split_once('.') {
                Some((espace, service)) => (espace, Some(service.parse().ok()?)),
                None => (cle.as_str(), None),
            };
            Some((service, espace.to_owned()))
        });
        let lignes: Option<Vec<_>> = lignes.collect();
        match lignes {
            Some(lignes) if !lignes.is_empty() => Ok(lignes),
            Some(_) => Err(Erreurs::une(
                "espaces",
                "Cochez au moins une ligne à retirer.",
            )),
            None => Err(Erreurs::une(
                "espaces",
                "Une des lignes cochées n’existe pas. Rechargez la page.",
            )),
        }
    }
}

/// POST …/retrait.
pub async fn retirer(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieRetrait>,
) -> Result<Response, Erreur> {
    let lignes = match saisie.lire() {
        Ok(lignes) => lignes,
        Err(erreurs) => return ecran(&app, &gestion, page, erreurs).await,
    };
    let ecran_avant = Ecran {
        suite: "retrait",
        titre: "Retirer ces espaces ?",
        phrases: vec![
            "Seuls les accès donnés par ces réglages sont retirés : ceux du rôle, ou accordés à une personne, restent."
                .to_owned(),
        ],
        champs: saisie.reglage.iter().map(|r| ("reglage", r.clone())).collect(),
        bouton: "Retirer",
        danger: true,
        fait: "Les espaces sont retirés.",
    };
    let confirme = saisie.confirme == "1";
    ecran_avant
        .suivre(
            &app,
            &gestion,
            page,
            &ActeReglage::Retirer(lignes),
            confirme,
        )
        .await
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieNiveaux {
    /// « espace.droit ».
    niveau: Vec<String>,
    confirme: String,
}

/// POST …/niveaux.
pub async fn niveaux(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieNiveaux>,
) -> Result<Response, Erreur> {
    let lus: Option<Vec<(String, Droit)>> = saisie
        .niveau
        .iter()
        .map(|cle| {
            let (espace, droit) = cle.split_once('.')?;
            Some((espace.to_owned(), Droit::lire(droit)?))
        })
        .collect();
    let Some(niveaux) = lus else {
        let erreurs = Erreurs::une(
            "niveaux",
            "Un des niveaux choisis n’existe pas. Rechargez la page.",
        );
        return ecran(&app, &gestion, page, erreurs).await;
    };
    let ecran_avant = Ecran {
        suite: "niveaux",
        titre: "Changer le niveau des espaces par défaut ?",
        phrases: vec![
            "Le niveau vaut pour tous ceux qui ont ces espaces par leur rôle, présents et à venir."
                .to_owned(),
        ],
        champs: saisie
            .niveau
            .iter()
            .map(|n| ("niveau", n.clone()))
            .collect(),
        bouton: "Enregistrer",
        danger: false,
        fait: "Le niveau des espaces par défaut est enregistré.",
    };
    let confirme = saisie.confirme == "1";
    ecran_avant
        .suivre(
            &app,
            &gestion,
            page,
            &ActeReglage::Niveaux(niveaux),
            confirme,
        )
        .await
}

/// The words of an act, before it and after.
pub struct Ecran {
    pub suite: &'static str,
    pub titre: &'static str,
    pub phrases: Vec<String>,
    pub champs: Vec<(&'static str, String)>,
    pub bouton: &'static str,
    pub danger: bool,
    pub fait: &'static str,
}

impl Ecran {
    /// The confirmation first, then the act; a refusal shows the list again.
    async fn suivre(
        self,
        app: &App,
        gestion: &Gestion<GererStructure>,
        page: Page,
        acte: &ActeReglage,
        confirme: bool,
    ) -> Result<Response, Erreur> {
        match self.essayer(app, gestion, page, acte, confirme).await? {
            Ok(reponse) => Ok(reponse),
            Err((page, erreurs)) => ecran(app, gestion, page, erreurs).await,
        }
    }

    /// The same, giving back what was refused with its page.
    pub async fn essayer(
        self,
        app: &App,
        gestion: &Gestion<GererStructure>,
        page: Page,
        acte: &ActeReglage,
        confirme: bool,
    ) -> Result<Result<Response, (Page, Erreurs)>, Erreur> {
        let liste = format!("/structures/{}/espaces", gestion.structure().id);
        let fait = if confirme {
            en_transaction!(app, |tx| abonnements::regler_les_espaces(tx, gestion, acte)
                .await)
        } else {
            a_blanc!(app, |tx| abonnements::regler_les_espaces(tx, gestion, acte)
                .await)
        };
        match fait {
            Err(Erreur::Invalide(erreurs)) => Ok(Err((page, erreurs))),
            Err(autre) => Err(autre),
            Ok(touchees) if confirme => {
                let message = confirmation::message(self.fait, &touchees);
                let vers = message.et_aller(app, Some(gestion.id()), &liste).await?;
                Ok(Ok(web::vers(&vers)))
            }
            Ok(touchees) => {
                let gabarit = PageConfirmation {
                    page,
                    structure: gestion.structure().clone(),
                    titre: self.titre.to_owned(),
                    phrases: self.phrases,
                    touchees,
                    action: format!("{liste}/{}", self.suite),
                    champs: self.champs,
                    bouton: self.bouton,
                    danger: self.danger,
                    annuler: liste,
                };
                Ok(Ok(gabarit.repondre()?))
            }
        }
    }
}
