//! « Comptes »: the PIGP accounts of his périmètres.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Referent};
use crate::db::UtilisateurId;
use crate::referents::comptes::{self, Fiche, LigneCompte};
use crate::utilisateurs::Statut;
use crate::web::{self, Chemin, Erreur, Liste, Requete};

const STATUTS: [(&str, Statut); 3] = [
    ("actif", Statut::Actif),
    ("en_cours_activation", Statut::EnCoursActivation),
    ("inactif", Statut::Inactif),
];

#[derive(Template)]
#[template(path = "referents/comptes.html")]
struct PageComptes {
    page: Page,
    comptes: Liste<LigneCompte>,
    statut: Option<Statut>,
}

impl PageComptes {
    fn legende(&self) -> String {
        let colonne = self.comptes.fenetre.colonne;
        self.comptes.legende_au_masculin("Comptes", colonne)
    }

    fn statuts(&self) -> Vec<(&'static str, &'static str, bool)> {
        let choisi = self.statut;
        STATUTS
            .into_iter()
            .map(|(code, statut)| (code, statut.libelle(), choisi == Some(statut)))
            .collect()
    }

    fn effacer(&self) -> Option<String> {
        (self.comptes.filtree() || self.statut.is_some())
            .then(|| "/referent/comptes#comptes".to_owned())
    }
}

/// One statement.
pub async fn liste(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let statut = STATUTS
        .into_iter()
        .find(|(code, _)| *code == requete.valeur("c.statut"))
        .map(|(_, statut)| statut);
    let comptes = comptes::lignes(&app, &referent, statut, comptes::fenetre(&requete)).await?;
    web::page(&PageComptes {
        page,
        comptes,
        statut,
    })
}

#[derive(Template)]
#[template(path = "referents/fiche.html")]
struct PageFiche {
    page: Page,
    fiche: Fiche,
}

pub async fn fiche(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
) -> Result<Response, Erreur> {
    let fiche = comptes::fiche(&app, &referent, id).await?;
    web::page(&PageFiche { page, fiche })
}
