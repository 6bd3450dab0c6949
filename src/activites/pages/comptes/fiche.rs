//! « Consulter les informations personnelles », and the list of the structures of the reader that this person is linked to.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{CheminCompte, LISTE, retour};
use crate::App;
use crate::acces::{Page, Portee, ToutGestionnaire};
use crate::activites::pages::avec_retour;
use crate::activites::utilisateurs::{self, CompteVu, Lien};
use crate::web::{self, Chemin, Erreur, Requete};

#[derive(Template)]
#[template(path = "activites/comptes/fiche.html")]
struct PageCompte {
    page: Page,
    compte: CompteVu,
    retour: String,
}

impl PageCompte {
    fn ici(&self) -> String {
        format!("{LISTE}/{}", self.compte.id)
    }

    fn identite(&self) -> String {
        format!("{}/identite", self.ici())
    }

    fn libelle_adresse(&self) -> &'static str {
        if self.compte.pigp {
            "Adresse de connexion (login PIGP)"
        } else {
            "Adresse de connexion"
        }
    }

    fn affichage(theme: &str, densite: &str) -> String {
        let theme = match theme {
            "clair" => "thème clair",
            "sombre" => "thème sombre",
            _ => "thème du système",
        };
        let densite = if densite == "aeree" {
            "tableaux aérés"
        } else {
            "tableaux compacts"
        };
        format!("{theme}, {densite}")
    }

    fn habilitations(&self, lien: &Lien) -> Option<String> {
        let id = lien.rattachement?;
        let fiche = format!("/structures/{}/utilisateurs/{id}", lien.structure);
        Some(avec_retour(&fiche, &self.ici()))
    }

    fn demande(&self, lien: &Lien) -> Option<String> {
        let id = lien.demande?;
        let ecran = format!("/structures/{}/demandes/{id}", lien.structure);
        Some(avec_retour(&ecran, &self.ici()))
    }
}

/// GET /activites/utilisateurs/{utilisateur}.
pub async fn page(
    portee: Portee<ToutGestionnaire>,
    Chemin(chemin): Chemin<CheminCompte>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    web::page(&PageCompte {
        page,
        compte: utilisateurs::compte(&app, &portee, chemin.utilisateur).await?,
        retour: retour(requete.valeur("retour")),
    })
}
