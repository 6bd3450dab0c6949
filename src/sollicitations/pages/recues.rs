use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Vue, vues};
use crate::App;
use crate::acces::{Espace, Page, SollicitationsRecues};
use crate::sollicitations::Statut;
use crate::sollicitations::listes::{self, Filtre, Recue};
use crate::web::{self, Erreur, Liste, Requete};

#[derive(Template)]
#[template(path = "sollicitations/recues.html")]
struct PageRecues {
    page: Page,
    vues: Vec<Vue>,
    liste: Liste<Recue>,
}

impl PageRecues {
    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "reference" => "référence",
            "structure" => "structure",
            "date" => "date",
            _ => "statut",
        };
        self.liste.legende("Sollicitations reçues", colonne)
    }
}

/// « Sollicitations reçues »: of every structure where I have the espace.
pub async fn page(
    espace: Espace<SollicitationsRecues>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let filtre = Filtre {
        etat: Statut::lire(requete.valeur("r.etat")),
        ouvertes: true,
    };
    let fenetre = listes::fenetre_des_recues(&requete);
    let liste = listes::recues(&app, &espace, filtre, fenetre).await?;
    web::page(&PageRecues {
        page,
        vues: vues(&requete, ("r.etat", "À traiter"), filtre, Statut::pluriel),
        liste,
    })
}
