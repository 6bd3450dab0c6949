//! « Rechercher un utilisateur » for a successor (decisions 13): then back to the form that asked, login filled in.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::adresse;
use super::but::But;
use crate::App;
use crate::acces::{GestionPrincipale, Page, StructureVue};
use crate::utilisateurs::{self, CompteTrouve, Criteres, Resultats};
use crate::web::{self, Erreur, Erreurs, Requete};

/// Keys of the search itself; the others are carried to the form that asked.
const SIENNES: [&str; 6] = [
    "nom",
    "prenom",
    "identifiant",
    "code_postal",
    "ville",
    "pour",
];

#[derive(Template)]
#[template(path = "mon_compte/comptes.html")]
struct PageComptes {
    page: Page,
    structure: StructureVue,
    criteres: Criteres,
    erreurs: Erreurs,
    resultats: Option<Resultats>,
    /// Empty: the transfer; else the field of the succession to fill: `s`, or `s-{structure}`.
    pour: String,
    portees: Vec<(String, String)>,
}

impl PageComptes {
    fn ici(&self) -> String {
        format!("/structures/{}/transfert/recherche", self.structure.id)
    }

    fn caches(&self) -> Vec<(String, String)> {
        let mut caches = self.portees.clone();
        if !self.pour.is_empty() {
            caches.push(("pour".to_owned(), self.pour.clone()));
        }
        caches
    }

    /// The form that asked: the succession of a departure, or of a deactivation.
    fn retour(&self) -> &'static str {
        But::de(&self.portees).chemin()
    }

    fn annuler(&self) -> String {
        if self.pour.is_empty() {
            format!("/structures/{}/transfert", self.structure.id)
        } else {
            adresse(self.retour(), &self.portees)
        }
    }

    fn choisir(&self, compte: &CompteTrouve) -> String {
        let identifiant = compte.identifiant_connexion.clone();
        if self.pour.is_empty() {
            return adresse(
                &format!("/structures/{}/transfert", self.structure.id),
                &[("identifiant".to_owned(), identifiant)],
            );
        }
        let (cle, valeur) = match self.pour.strip_prefix("s-") {
            Some(structure) => (format!("c-{structure}"), "autre"),
            None => ("mode".to_owned(), "meme"),
        };
        let mut paires = self.portees.clone();
        paires.retain(|(c, _)| *c != self.pour && *c != cle);
        paires.push((cle, valeur.to_owned()));
        paires.push((self.pour.clone(), identifiant));
        adresse(self.retour(), &paires)
    }
}

pub async fn page(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let valeur = |cle: &str| requete.valeur(cle).to_owned();
    let mut gabarit = PageComptes {
        page,
        structure: gestion.structure().clone(),
        criteres: Criteres {
            nom: valeur("nom"),
            prenom: valeur("prenom"),
            identifiant: valeur("identifiant"),
            code_postal: valeur("code_postal"),
            ville: valeur("ville"),
            ..Criteres::default()
        },
        erreurs: Erreurs::default(),
        resultats: None,
        pour: valeur("pour"),
        portees: requete.autres(&SIENNES),
    };
    if requete.autres(&[]).iter().all(|(c, _)| c != "nom") {
        return web::page(&gabarit);
    }
    match utilisateurs::rechercher(&app, &gestion, &gestion, &gabarit.criteres).await {
        Ok(resultats) => {
            gabarit.resultats = Some(resultats);
            web::page(&gabarit)
        }
        Err(Erreur::Invalide(erreurs)) => {
            gabarit.erreurs = erreurs;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}
