//! The matrix users × espaces: a page of rows is one form, saved in one transaction after its differences were shown.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::confirmation::{self, PageConfirmation};
use super::resume;
use crate::App;
use crate::abonnements::{
    self, Cellule, ColonneEspace, Droit, LigneMatrice, PAR_MAX, Reglee, TRIS_MATRICE,
};
use crate::acces::{GererStructure, Gestion, Page, StructureVue};
use crate::db::{a_blanc, en_transaction};
use crate::structures::{LienRubrique, Rubrique, rubriques};
use crate::web::{
    self, EnCsv, Erreur, Erreurs, Fenetre, Formulaire, Liste, Requete, Sens, reponse_csv, texte,
};

/// Rows per page, at first.
const PAR_DEFAUT: u32 = 10;

#[derive(Template)]
#[template(path = "espaces/matrice.html")]
struct PageMatrice {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    colonnes: Vec<ColonneEspace>,
    liste: Liste<LigneMatrice>,
    csv: String,
    erreurs: Erreurs,
    ici: String,
}

impl PageMatrice {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn adresse(&self, suite: &str) -> String {
        format!("/structures/{}/espaces{suite}", self.structure.id)
    }

    fn sens(&self, colonne: &str) -> &'static str {
        match self.liste.sens_de(colonne) {
            "ascending" => "asc",
            "descending" => "desc",
            _ => "",
        }
    }

    fn legende(&self) -> String {
        let colonne = if self.liste.fenetre.colonne == "role" {
            "rôle"
        } else {
            "nom"
        };
        format!(
            "Espaces de chaque utilisateur, triés par {colonne} ({})",
            self.liste.fenetre.sens.libelle()
        )
    }

    fn effacer(&self) -> Option<String> {
        let liste = &self.liste;
        liste.filtree().then(|| liste.lien_sans_recherche())
    }

    fn modifiable(&self, ligne: &LigneMatrice, cellule: &Cellule) -> bool {
        self.structure.active && ligne.modifiable && cellule.plancher != Some(Droit::Modification)
    }

    /// Value, words, chosen: what the cell may become.
    fn options(
        &self,
        ligne: &LigneMatrice,
        cellule: &Cellule,
    ) -> Vec<(String, &'static str, bool)> {
        let choix = [None, Some(Droit::Consultation), Some(Droit::Modification)];
        choix
            .into_iter()
            .filter(|d| *d >= cellule.plancher)
            .map(|d| {
                (
                    format!(
                        "{}.{}.{}.{}",
                        ligne.rattachement,
                        cellule.espace,
                        code(cellule.droit),
                        code(d)
                    ),
                    libelle(d),
                    d == cellule.droit,
                )
            })
            .collect()
    }

    fn mots(&self, cellule: &Cellule) -> &'static str {
        libelle(cellule.droit)
    }

    /// « par : rôle, structure », « davantage sur certains services ».
    fn note(&self, cellule: &Cellule) -> String {
        let origine = if cellule.origines.is_empty() {
            String::new()
        } else {
            format!("Par : {}", cellule.origines)
        };
        if cellule.davantage {
            format!("{origine} ; davantage sur certains services")
        } else {
            origine
        }
    }
}

fn code(droit: Option<Droit>) -> &'static str {
    droit.map_or("aucun", Droit::code)
}

fn libelle(droit: Option<Droit>) -> &'static str {
    droit.map_or("Aucun", Droit::libelle)
}

fn fenetre(requete: &Requete) -> Fenetre {
    let tri = ("nom", Sens::Croissant);
    let mut fenetre = Fenetre::lire(requete, "u", &TRIS_MATRICE, tri, PAR_DEFAUT);
    fenetre.par = fenetre.par.min(PAR_MAX);
    fenetre
}

async fn ecran(
    app: &App,
    gestion: &Gestion<GererStructure>,
    page: Page,
    requete: &Requete,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let (colonnes, liste) = abonnements::matrice(app, gestion, fenetre(requete)).await?;
    let structure = gestion.structure().clone();
    let csv = format!("/structures/{}/espaces/utilisateurs.csv", structure.id);
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageMatrice {
        page,
        rubriques: rubriques(gestion, Rubrique::Espaces),
        csv: Requete::lire(&csv, "").avec(&[("u.q", liste.fenetre.recherche.as_str())]),
        structure,
        colonnes,
        ici: requete.ici(),
        liste,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET /structures/{structure}/espaces/utilisateurs.
pub async fn page(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    ecran(&app, &gestion, page, &requete, Erreurs::default()).await
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieMatrice {
    /// « rattachement.espace.avant.après », one per cell.
    cellule: Vec<String>,
    confirme: String,
    retour: String,
}

impl SaisieMatrice {
    /// The cells that change.
    fn lire(&self) -> Result<Vec<Reglee>, Erreurs> {
        fn droit(code: &str) -> Option<Option<Droit>> {
            match code {
                "aucun" => Some(None),
                code => Droit::lire(code).map(Some),
            }
        }
        fn lire(cellule: &str) -> Option<Reglee> {
            let mut morceaux = cellule.split('.');
            let reglee = Reglee {
                rattachement: morceaux.next()?.parse().ok()?,
                espace: morceaux.next()?.to_owned(),
                avant: droit(morceaux.next()?)?,
                apres: droit(morceaux.next()?)?,
            };
            morceaux.next().is_none().then_some(reglee)
        }
        let lues: Option<Vec<Reglee>> = self.cellule.iter().map(|c| lire(c)).collect();
        let Some(lues) = lues else {
            return Err(Erreurs::une(
                "matrice",
                "Une des cases envoyées n’existe pas. Rechargez la page.",
            ));
        };
        let changees: Vec<Reglee> = lues.into_iter().filter(|r| r.avant != r.apres).collect();
        if changees.is_empty() {
            return Err(Erreurs::une(
                "matrice",
                "Vous n’avez rien changé : choisissez un autre droit dans une case.",
            ));
        }
        Ok(changees)
    }

    /// Where the page was left: the matrix of this structure only.
    fn ici(&self, structure: &StructureVue) -> Requete {
        let chemin = format!("/structures/{}/espaces/utilisateurs", structure.id);
        let retour = texte::retour(&self.retour, &chemin);
        let question = match retour.split_once('?') {
            Some((c, question)) if c == chemin => question.split('#').next().unwrap_or_default(),
            _ => "",
        };
        Requete::lire(&chemin, question)
    }
}

/// POST of the same address: the differences first, then the act.
pub async fn regler(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieMatrice>,
) -> Result<Response, Erreur> {
    let ici = saisie.ici(gestion.structure());
    let reglees = match saisie.lire() {
        Ok(reglees) => reglees,
        Err(erreurs) => return ecran(&app, &gestion, page, &ici, erreurs).await,
    };
    let confirme = saisie.confirme == "1";
    let fait = if confirme {
        en_transaction!(&app, |tx| abonnements::regler_les_cellules(
            tx, &gestion, &reglees
        )
        .await)
    } else {
        a_blanc!(&app, |tx| abonnements::regler_les_cellules(
            tx, &gestion, &reglees
        )
        .await)
    };
    match fait {
        Err(Erreur::Invalide(erreurs)) => ecran(&app, &gestion, page, &ici, erreurs).await,
        Err(autre) => Err(autre),
        Ok(touchees) if confirme => {
            let message = confirmation::message("Les espaces sont enregistrés.", &touchees);
            let vers = message
                .et_aller(&app, Some(gestion.id()), &ici.avec(&[]))
                .await?;
            Ok(web::vers(&vers))
        }
        Ok(touchees) => {
            let valeur = |r: &Reglee| {
                format!(
                    "{}.{}.{}.{}",
                    r.rattachement,
                    r.espace,
                    code(r.avant),
                    code(r.apres)
                )
            };
            let mut champs = vec![("retour", ici.avec(&[]))];
            champs.extend(reglees.iter().map(|r| ("cellule", valeur(r))));
            let gabarit = PageConfirmation {
                page,
                structure: gestion.structure().clone(),
                titre: "Enregistrer ces changements ?".to_owned(),
                phrases: vec!["Tous les changements sont enregistrés ensemble.".to_owned()],
                touchees,
                action: ici.chemin.clone(),
                champs,
                bouton: "Enregistrer",
                danger: false,
                annuler: ici.avec(&[]),
            };
            gabarit.repondre()
        }
    }
}

/// A line of the CSV: one person, one espace.
struct LigneCsv(Vec<String>);

impl EnCsv for LigneCsv {
    const ENTETES: &'static [&'static str] = &[
        "Utilisateur",
        "Adresse de connexion",
        "Rôle",
        "Services",
        "Espace",
        "Droit",
        "Origine",
    ];

    fn cellules(&self) -> Vec<String> {
        self.0.clone()
    }
}

/// GET …/utilisateurs.csv: the same filter, every row, page after page.
pub async fn csv(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    Ok(reponse_csv("espaces.csv", |envoi| async move {
        let mut fenetre = fenetre(&requete);
        (fenetre.page, fenetre.par) = (1, 500);
        loop {
            let (_, liste) = abonnements::matrice(&app, &gestion, fenetre.clone()).await?;
            let derniere = liste.derniere();
            for ligne in liste.lignes {
                for c in &ligne.cellules {
                    let cellules = vec![
                        ligne.nom.clone(),
                        ligne.adresse.clone(),
                        ligne.role.libelle().to_owned(),
                        ligne.perimetre.clone(),
                        c.nom.clone(),
                        libelle(c.droit).to_owned(),
                        c.origines.clone(),
                    ];
                    if envoi.send(LigneCsv(cellules)).await.is_err() {
                        return Ok(());
                    }
                }
            }
            if fenetre.page >= derniere {
                return Ok(());
            }
            fenetre.page += 1;
        }
    }))
}
