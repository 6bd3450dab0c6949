use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Vue, vues};
use crate::App;
use crate::acces::{Connecte, Page};
use crate::sollicitations::Statut;
use crate::sollicitations::listes::{self, Emise, Filtre};
use crate::web::{self, Erreur, Liste, Requete};

#[derive(Template)]
#[template(path = "sollicitations/liste.html")]
struct PageListe {
    page: Page,
    vues: Vec<Vue>,
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
        self.liste.legende("Mes sollicitations", colonne)
    }

    /// Nothing at all, rather than nothing of what was asked for.
    fn rien(&self) -> bool {
        !self.liste.filtree() && self.vues.first().is_some_and(|v| v.courante)
    }
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let filtre = Filtre {
        etat: Statut::lire(requete.valeur("e.etat")),
        ouvertes: false,
    };
    let fenetre = listes::fenetre_des_emises(&requete);
    let liste = listes::emises(&app, &connecte, filtre, fenetre).await?;
    web::page(&PageListe {
        page,
        vues: vues(
            &requete,
            ("e.etat", "Toutes"),
            filtre,
            Statut::pluriel_de_l_auteur,
        ),
        liste,
    })
}
