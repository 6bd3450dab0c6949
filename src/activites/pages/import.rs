//! « Importer des utilisateurs » (R-GEST-IMPORT): a file, the exact difference, then its application.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::resume;
use crate::App;
use crate::acces::{Gestion, Message, Page, RattacherUtilisateurs, Role, StructureVue};
use crate::db::{StructureId, en_transaction};
use crate::rattachements::{
    self,
    fichier::{self, Application, Depose, Issue, LIGNES_MAX, LignePlan, OCTETS_MAX, Plan},
};
use crate::routes::Routes;
use crate::web::{self, Chemin, EnCsv, Erreur, Erreurs, FichierRecu, reponse_csv, texte};

pub fn routes() -> Routes {
    Routes::new()
        .get("/structures/{structure}/rattachement/import", page)
        .post_ample("/structures/{structure}/rattachement/import", verifier)
        .get(
            "/structures/{structure}/rattachement/import/modele.csv",
            modele,
        )
        .get(
            "/structures/{structure}/rattachement/import/{fichier}",
            plan,
        )
        .post(
            "/structures/{structure}/rattachement/import/{fichier}",
            appliquer,
        )
        .get(
            "/structures/{structure}/rattachement/import/{fichier}/resultat.csv",
            resultat,
        )
}

fn adresse(structure: StructureId) -> String {
    format!("/structures/{structure}/rattachement/import")
}

#[derive(Template)]
#[template(path = "activites/import.html")]
struct PageImport {
    page: Page,
    structure: StructureVue,
    erreurs: Erreurs,
}

impl PageImport {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    /// In kibibytes.
    fn taille(&self) -> usize {
        OCTETS_MAX / 1024
    }
}

/// GET /structures/{structure}/rattachement/import.
pub async fn page(gestion: Gestion<RattacherUtilisateurs>, page: Page) -> Result<Response, Erreur> {
    rattachements::ouverte(gestion.structure().active)?;
    web::page(&PageImport {
        page,
        structure: gestion.structure().clone(),
        erreurs: Erreurs::default(),
    })
}

/// « Vérifier le fichier »: the dry run, kept until the confirmation.
pub async fn verifier(
    gestion: Gestion<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    recu: FichierRecu,
) -> Result<Response, Erreur> {
    let depose = match &recu.octets {
        Err(phrase) => Err(Erreur::champ("fichier", phrase)),
        Ok(octets) => fichier::deposer(&app, &gestion, &recu.nom, octets).await,
    };
    match depose {
        Ok(id) => Ok(web::vers(&format!(
            "{}/{id}",
            adresse(gestion.structure().id)
        ))),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageImport {
                page,
                structure: gestion.structure().clone(),
                erreurs,
            },
        ),
        Err(autre) => Err(autre),
    }
}

/// The rest of the address: the structure belongs to the proof.
#[derive(Deserialize)]
pub struct CheminFichier {
    fichier: Uuid,
}

#[derive(Template)]
#[template(path = "activites/import_plan.html")]
struct PagePlan {
    page: Page,
    structure: StructureVue,
    depose: Depose,
}

impl PagePlan {
    fn fait(&self) -> bool {
        self.depose.applique_le.is_some()
    }

    fn titre(&self) -> &'static str {
        if self.fait() {
            "Ce que l’import a fait"
        } else {
            "Ce que l’import va faire"
        }
    }

    fn issue(&self, ligne: &LignePlan) -> &'static str {
        ligne.issue.libelle(self.fait())
    }

    fn bilan(&self) -> String {
        bilan(&self.depose.plan)
    }

    fn adresse(&self) -> String {
        format!("{}/{}", adresse(self.structure.id), self.depose.id)
    }
}

fn bilan(plan: &Plan) -> String {
    Issue::TOUTES
        .map(|issue| {
            let (un, des) = issue.mots();
            texte::accord(plan.compte(issue), un, des)
        })
        .join(", ")
}

/// GET …/import/{fichier}: the plan that was kept, or what its application did.
pub async fn plan(
    gestion: Gestion<RattacherUtilisateurs>,
    Chemin(chemin): Chemin<CheminFichier>,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    web::page(&PagePlan {
        page,
        depose: fichier::lire(&app, &gestion, chemin.fichier).await?,
        structure: gestion.structure().clone(),
    })
}

/// « Appliquer ».
pub async fn appliquer(
    gestion: Gestion<RattacherUtilisateurs>,
    Chemin(chemin): Chemin<CheminFichier>,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let id = chemin.fichier;
    let application = match en_transaction!(&app, |tx| fichier::appliquer(tx, &gestion, id).await) {
        Err(Erreur::Invalide(_)) => {
            en_transaction!(&app, |tx| fichier::revoir(tx, &gestion, id).await)
        }
        autre => autre,
    }?;
    let message = match application {
        Application::Faite => Message::succes("L’import est appliqué.")
            .texte("Un courriel informe chaque personne rattachée ou invitée."),
        Application::DejaFaite => Message::info("Cet import est déjà appliqué."),
        Application::Perimee => Message::attente("Rien n’a été écrit.")
            .texte("Des lignes ne donnent plus le résultat que vous aviez lu\u{202F}: elles sont marquées ci-dessous."),
    };
    let ici = format!("{}/{id}", adresse(gestion.structure().id));
    Ok(web::vers(
        &message.et_aller(&app, Some(gestion.id()), &ici).await?,
    ))
}

/// GET …/import/{fichier}/resultat.csv: one line per line of the file.
pub async fn resultat(
    gestion: Gestion<RattacherUtilisateurs>,
    Chemin(chemin): Chemin<CheminFichier>,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let depose = fichier::lire(&app, &gestion, chemin.fichier).await?;
    let fait = depose.applique_le.is_some();
    Ok(fichier::resultat_csv(depose.plan, move |issue| {
        issue.libelle(fait)
    }))
}

struct LigneModele([&'static str; 5]);

impl EnCsv for LigneModele {
    const ENTETES: &'static [&'static str] = &["Nom", "Prénom", "Adresse", "Rôle", "Services"];

    fn cellules(&self) -> Vec<String> {
        self.0.map(str::to_owned).to_vec()
    }
}

/// GET …/import/modele.csv: the columns, and two lines to write over.
pub async fn modele(_: Gestion<RattacherUtilisateurs>) -> Response {
    let lignes = [
        [
            "Martin",
            "Jules",
            "jules.martin@example.org",
            Role::Us.libelle(),
            "Toute la structure",
        ],
        [
            "Aubert",
            "Zoé",
            "zoe.aubert@example.org",
            Role::Gs.libelle(),
            "CODE1|CODE2",
        ],
    ];
    reponse_csv("modele-utilisateurs.csv", |envoi| async move {
        for ligne in lignes {
            if envoi.send(LigneModele(ligne)).await.is_err() {
                break;
            }
        }
        Ok(())
    })
}
