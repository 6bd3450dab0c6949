//! « Arrivées »: a CSV of accounts to create, the exact result first, then its application.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::SaisieMotif;
use crate::App;
use crate::acces::{Message, Page, Referent};
use crate::db::{PerimetreId, en_transaction};
use crate::rattachements::fichier::{
    Application, Depose, Issue, LignePlan, OCTETS_MAX, resultat_csv,
};
use crate::referents::arrivees::{self, LIGNES_MAX};
use crate::referents::perimetres;
use crate::web::{
    self, Chemin, EnCsv, Erreur, Erreurs, FichierRecu, Formulaire, Requete, reponse_csv, texte,
};

#[derive(Template)]
#[template(path = "referents/arrivees.html")]
struct PageArrivees {
    page: Page,
    perimetres: Vec<(String, String)>,
    perimetre: String,
    erreurs: Erreurs,
}

impl PageArrivees {
    async fn construire(
        app: &App,
        referent: &Referent,
        page: Page,
        (perimetre, erreurs): (String, Erreurs),
    ) -> Result<Self, Erreur> {
        let perimetres: Vec<(String, String)> = perimetres::miens(app, referent)
            .await?
            .into_iter()
            .map(|m| (m.id.to_string(), m.nom))
            .collect();
        let choisi = perimetres
            .iter()
            .find(|(id, _)| *id == perimetre)
            .or(perimetres.first())
            .map(|(id, _)| id.clone());
        Ok(Self {
            page,
            perimetre: choisi.unwrap_or_default(),
            perimetres,
            erreurs,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    /// Its address carries the périmètre: the file is all that the form sends.
    fn action(&self) -> String {
        format!("/referent/arrivees?perimetre={}", self.perimetre)
    }

    fn nom(&self) -> &str {
        self.perimetres
            .iter()
            .find(|(id, _)| *id == self.perimetre)
            .map_or("", |(_, nom)| nom)
    }

    fn est_la(&self, id: &str) -> bool {
        self.perimetre == id
    }

    /// In kibibytes.
    fn taille(&self) -> usize {
        OCTETS_MAX / 1024
    }
}

/// GET /referent/arrivees, `?perimetre=` one of his.
pub async fn page(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let lu = (requete.valeur("perimetre").to_owned(), Erreurs::default());
    web::page(&PageArrivees::construire(&app, &referent, page, lu).await?)
}

/// « Vérifier le fichier »: the dry run, kept until the confirmation.
pub async fn verifier(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    requete: Requete,
    recu: FichierRecu,
) -> Result<Response, Erreur> {
    let lu = requete.valeur("perimetre");
    let depose = match (&recu.octets, lu.parse::<PerimetreId>()) {
        (Err(phrase), _) => Err(Erreur::champ("fichier", phrase)),
        (_, Err(_)) => Err(Erreur::champ("fichier", "Choisissez d’abord un périmètre.")),
        (Ok(octets), Ok(perimetre)) => {
            arrivees::deposer(&app, &referent, perimetre, (&recu.nom, octets))
                .await
                .map(|id| adresse(perimetre, id))
        }
    };
    match depose {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let lu = (lu.to_owned(), erreurs);
            let gabarit = PageArrivees::construire(&app, &referent, page, lu).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

fn adresse(perimetre: PerimetreId, id: Uuid) -> String {
    format!("/referent/arrivees/{perimetre}/{id}")
}

#[derive(Deserialize)]
pub struct CheminArrivee {
    perimetre: PerimetreId,
    arrivee: Uuid,
}

#[derive(Template)]
#[template(path = "referents/arrivees_plan.html")]
struct PagePlan {
    page: Page,
    depose: Depose,
    perimetre: PerimetreId,
    saisie: SaisieMotif,
    erreurs: Erreurs,
}

/// How an outcome is said here.
fn mot(issue: Issue, fait: bool) -> &'static str {
    match issue {
        Issue::Inchangee => "Compte existant",
        autre => autre.libelle(fait),
    }
}

impl PagePlan {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn fait(&self) -> bool {
        self.depose.applique_le.is_some()
    }

    fn titre(&self) -> &'static str {
        if self.fait() {
            "Ce que le fichier a fait"
        } else {
            "Ce que le fichier va faire"
        }
    }

    fn issue(&self, ligne: &LignePlan) -> &'static str {
        mot(ligne.issue, self.fait())
    }

    fn bilan(&self) -> String {
        let compte = |issue| self.depose.plan.compte(issue);
        [
            texte::accord(compte(Issue::Creation), "compte à créer", "comptes à créer"),
            texte::accord(
                compte(Issue::Inchangee),
                "compte existant",
                "comptes existants",
            ),
            texte::accord(compte(Issue::Rejetee), "ligne rejetée", "lignes rejetées"),
        ]
        .join(", ")
    }

    fn adresse(&self) -> String {
        adresse(self.perimetre, self.depose.id)
    }
}

async fn ecran(
    app: &App,
    referent: &Referent,
    page: Page,
    chemin: &CheminArrivee,
    (saisie, erreurs): (SaisieMotif, Erreurs),
) -> Result<PagePlan, Erreur> {
    Ok(PagePlan {
        page,
        depose: arrivees::lire(app, referent, chemin.perimetre, chemin.arrivee).await?,
        perimetre: chemin.perimetre,
        saisie,
        erreurs,
    })
}

/// GET /referent/arrivees/{perimetre}/{arrivee}: the plan that was kept, or what its application did.
pub async fn plan(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminArrivee>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieMotif::default(), Erreurs::default());
    web::page(&ecran(&app, &referent, page, &chemin, vierge).await?)
}

/// « Appliquer ».
pub async fn appliquer(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminArrivee>,
    Formulaire(saisie): Formulaire<SaisieMotif>,
) -> Result<Response, Erreur> {
    let motif = match saisie.lire() {
        Ok(motif) => motif,
        Err(erreurs) => {
            let gabarit = ecran(&app, &referent, page, &chemin, (saisie, erreurs)).await?;
            return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
        }
    };
    let (perimetre, id) = (chemin.perimetre, chemin.arrivee);
    let fait = en_transaction!(&app, |tx| arrivees::appliquer(
        tx,
        &referent,
        perimetre,
        (id, &motif)
    )
    .await);
    let application = match fait {
        Err(Erreur::Invalide(_)) => {
            en_transaction!(&app, |tx| arrivees::revoir(tx, &referent, perimetre, id)
                .await)
        }
        autre => autre,
    }?;
    let message = match application {
        Application::Faite => Message::succes("Les comptes sont créés.")
            .texte("Un courriel d’activation est envoyé à chaque personne."),
        Application::DejaFaite => Message::info("Ce fichier est déjà appliqué."),
        Application::Perimee => Message::attente("Rien n’a été écrit.")
            .texte("Des lignes ne donnent plus le résultat que vous aviez lu\u{202F}: elles sont marquées ci-dessous."),
    };
    let ici = adresse(perimetre, id);
    Ok(web::vers(
        &message.et_aller(&app, Some(referent.id()), &ici).await?,
    ))
}

/// GET …/resultat.csv: one line per line of the file.
pub async fn resultat(
    referent: Referent,
    State(app): State<App>,
    Chemin(chemin): Chemin<CheminArrivee>,
) -> Result<Response, Erreur> {
    let depose = arrivees::lire(&app, &referent, chemin.perimetre, chemin.arrivee).await?;
    let fait = depose.applique_le.is_some();
    Ok(resultat_csv(depose.plan, move |issue| mot(issue, fait)))
}

struct LigneModele([&'static str; 4]);

impl EnCsv for LigneModele {
    const ENTETES: &'static [&'static str] = &["Nom", "Prénom", "Adresse", "Structure"];

    fn cellules(&self) -> Vec<String> {
        self.0.map(str::to_owned).to_vec()
    }
}

/// GET /referent/arrivees/modele.csv: the columns, and two lines to write over.
pub async fn modele(_: Referent) -> Response {
    let lignes = [
        [
            "Royer",
            "Anne",
            "anne.royer@ac-lyon.example",
            "19690199500015",
        ],
        ["Vial", "Sandrine", "sandrine.vial@ac-lyon.example", ""],
    ];
    reponse_csv("modele-arrivees.csv", |envoi| async move {
        for ligne in lignes {
            if envoi.send(LigneModele(ligne)).await.is_err() {
                break;
            }
        }
        Ok(())
    })
}
