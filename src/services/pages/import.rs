//! « Importer des services »: a file or pasted lines, the exact difference, then its application.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::services_de;
use crate::App;

use crate::acces::message::LigneResultat;
use crate::acces::{GererStructure, Gestion, Message, Page, StructureVue};
use crate::db::en_transaction;
use crate::historique::Changement;
use crate::services::import::{self, Analyse, Application, Issue, LIGNES_MAX, Ligne};
use crate::structures::structure_entiere;
use crate::web::{self, Erreur, Erreurs, FormulaireAmple, texte};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieImport {
    texte: String,
}

#[derive(Template)]
#[template(path = "services/import.html")]
struct PageImport {
    page: Page,
    structure: StructureVue,
    saisie: SaisieImport,
    erreurs: Erreurs,
}

impl PageImport {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

pub async fn page(gestion: Gestion<GererStructure>, page: Page) -> Result<Response, Erreur> {
    structure_entiere(gestion.droits())?;
    web::page(&PageImport {
        page,
        structure: gestion.structure().clone(),
        saisie: SaisieImport::default(),
        erreurs: Erreurs::default(),
    })
}

#[derive(Template)]
#[template(path = "services/import_analyse.html")]
struct PageAnalyse {
    page: Page,
    structure: StructureVue,
    texte: String,
    analyse: Analyse,
    /// The difference shown before is not this one.
    perimee: bool,
}

impl PageAnalyse {
    /// « 3 créations, 1 modification… ».
    fn bilan(&self) -> String {
        bilan(&self.analyse)
    }

    /// « Libellé : Achats → Service achats ».
    fn differences(&self, ligne: &Ligne) -> Vec<String> {
        if ligne.issue == Issue::Rejetee {
            return vec![ligne.raison.clone()];
        }
        let changements = ligne.changements.iter();
        changements.filter_map(Changement::en_mots).collect()
    }
}

fn bilan(analyse: &Analyse) -> String {
    [
        (Issue::Creation, "création", "créations"),
        (Issue::Modification, "modification", "modifications"),
        (Issue::Inchangee, "ligne inchangée", "lignes inchangées"),
        (Issue::Rejetee, "ligne rejetée", "lignes rejetées"),
    ]
    .map(|(issue, un, des)| texte::accord(analyse.compte(issue), un, des))
    .join(", ")
}

fn refuser(
    gestion: &Gestion<GererStructure>,
    page: Page,
    texte: String,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let gabarit = PageImport {
        page,
        structure: gestion.structure().clone(),
        saisie: SaisieImport { texte },
        erreurs,
    };
    web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
}

/// The dry run: nothing is written.
pub async fn analyser(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    FormulaireAmple(saisie): FormulaireAmple<SaisieImport>,
) -> Result<Response, Erreur> {
    montrer(&app, &gestion, page, saisie.texte, false).await
}

async fn montrer(
    app: &App,
    gestion: &Gestion<GererStructure>,
    page: Page,
    texte: String,
    perimee: bool,
) -> Result<Response, Erreur> {
    match import::analyser(app, gestion, &texte).await {
        Ok(analyse) => {
            let statut = if perimee {
                StatusCode::CONFLICT
            } else {
                StatusCode::OK
            };
            let gabarit = PageAnalyse {
                page,
                structure: gestion.structure().clone(),
                texte,
                analyse,
                perimee,
            };
            web::rendre(statut, &gabarit)
        }
        Err(Erreur::Invalide(erreurs)) => refuser(gestion, page, texte, erreurs),
        Err(autre) => Err(autre),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieApplication {
    texte: String,
    empreinte: String,
}

/// « Appliquer »: the difference that was shown, or the new one to be read first.
pub async fn appliquer(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    FormulaireAmple(saisie): FormulaireAmple<SaisieApplication>,
) -> Result<Response, Erreur> {
    let structure = gestion.structure().id;
    let application = en_transaction!(&app, |tx| import::appliquer(
        tx,
        &gestion,
        structure,
        &saisie.texte,
        &saisie.empreinte
    )
    .await);
    match application {
        Ok(Application::Faite(analyse)) => {
            let vers = Message::succes("L’import est appliqué.")
                .texte(bilan(&analyse))
                .lignes(analyse.lignes.iter().map(resultat).collect())
                .et_aller(&app, Some(gestion.id()), &services_de(structure))
                .await?;
            Ok(web::vers(&vers))
        }
        Ok(Application::Perimee) => montrer(&app, &gestion, page, saisie.texte, true).await,
        Err(Erreur::Invalide(erreurs)) => refuser(&gestion, page, saisie.texte, erreurs),
        Err(autre) => Err(autre),
    }
}

fn resultat(ligne: &Ligne) -> LigneResultat {
    let libelle = if ligne.code.is_empty() {
        format!("Ligne {}", ligne.numero)
    } else {
        format!("Ligne {}, {}", ligne.numero, ligne.code)
    };
    LigneResultat {
        libelle,
        issue: match ligne.issue {
            Issue::Creation => "service créé".to_owned(),
            Issue::Modification => "service modifié".to_owned(),
            Issue::Inchangee => "inchangé".to_owned(),
            Issue::Rejetee => ligne.raison.clone(),
        },
        reussie: ligne.issue != Issue::Rejetee,
    }
}
