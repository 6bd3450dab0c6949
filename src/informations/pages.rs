use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Visiteur};
use crate::web::{self, Erreur};

macro_rules! textes {
    ($($handler:ident, $gabarit:ident, $chemin:literal);* $(;)?) => {$(
        #[derive(Template)]
        #[template(path = $chemin)]
        struct $gabarit {
            page: Page,
            infos: Informations,
        }

        pub async fn $handler(
            _: Visiteur,
            page: Page,
            State(app): State<App>,
        ) -> Result<Response, Erreur> {
            let infos = Informations::de(&app);
            web::page(&$gabarit { page, infos })
        }
    )*};
}

textes! {
    mentions_legales, MentionsLegales, "informations/mentions_legales.html";
    donnees_personnelles, DonneesPersonnelles, "informations/donnees_personnelles.html";
    accessibilite, Accessibilite, "informations/accessibilite.html";
}

/// What the operator of this instance says of itself; what was not configured is said to be missing.
struct Informations {
    exploitant: String,
    directeur: Option<String>,
    hebergeur: Option<String>,
    contact: Option<String>,
    origine: String,
    demo: bool,
}

impl Informations {
    fn de(app: &App) -> Self {
        let config = &app.config;
        let parametres = app.parametres();
        Self {
            exploitant: config.exploitant.clone(),
            directeur: parametres.directeur_publication.clone(),
            hebergeur: parametres.hebergeur.clone(),
            contact: parametres.contact.clone(),
            origine: config.origine(),
            demo: config.demo,
        }
    }
}
