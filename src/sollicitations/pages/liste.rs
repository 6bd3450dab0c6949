use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Connecte, Page};
use crate::sollicitations::lecture::{self, Emise};
use crate::web::{self, Erreur, Liste, Requete};

#[derive(Template)]
#[template(path = "sollicitations/liste.html")]
struct PageListe {
    page: Page,
    liste: Liste<Emise>,
}

impl PageListe {
    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "reference" => "référence",
            "objet" => "objet",
            "statut" => "statut",
            _ => "dernière activité",
        };
        format!(
            "Mes sollicitations, triées par {colonne} ({})",
            self.liste.fenetre.sens.libelle()
        )
    }

    fn sens(&self, colonne: &str) -> &'static str {
        match self.liste.sens_de(colonne) {
            "ascending" => "asc",
            "descending" => "desc",
            _ => "",
        }
    }
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let liste = lecture::emises(&app, &connecte, lecture::fenetre(&requete)).await?;
    web::page(&PageListe { page, liste })
}
