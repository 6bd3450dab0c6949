use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::{Connecte, Page};
use crate::identifiants::Siret;
use crate::structures::{self, Recherche, Resultats, Situation, Trouvee};
use crate::web::{self, Erreur, Erreurs, Requete};

#[derive(Template)]
#[template(path = "mon_compte/recherche.html")]
struct PageRecherche {
    page: Page,
    q: String,
    cp: String,
    erreurs: Erreurs,
    resultats: Option<Resultats>,
}

impl PageRecherche {
    /// The form sets every key of its query.
    fn caches(&self) -> [(String, String); 0] {
        []
    }

    /// What was typed is a SIRET of private law that nobody has, wherever.
    fn a_creer(&self) -> bool {
        self.cp.is_empty() && Siret::lire(&self.q).is_ok_and(|siret| !siret.semble_public())
    }

    fn creation(&self) -> String {
        let siret = Siret::lire(&self.q).map_or_else(|_| String::new(), String::from);
        format!("/structures/nouvelle?type_identifiant=SIRET&identifiant={siret}")
    }

    fn genre(s: &Trouvee) -> &'static str {
        if s.publique {
            "Structure publique"
        } else {
            "Structure privée"
        }
    }

    fn lieu(s: &Trouvee) -> String {
        [&s.code_postal, &s.ville]
            .into_iter()
            .filter_map(|t| t.as_deref())
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn situation(s: &Trouvee) -> String {
        let attente = if s.situation == Situation::Existe && s.sans_gestionnaire {
            " Elle n’a pas encore de gestionnaire\u{202F}: votre demande attendra."
        } else {
            ""
        };
        format!("{}{attente}", s.situation.phrase())
    }

    fn ouverte(s: &Trouvee) -> bool {
        matches!(s.situation, Situation::Existe | Situation::DejaRattache)
    }

    fn bouton(s: &Trouvee) -> &'static str {
        if s.situation == Situation::DejaRattache {
            "Demander d’autres services"
        } else {
            "Choisir"
        }
    }
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let mut gabarit = PageRecherche {
        page,
        q: requete.valeur("q").trim().to_owned(),
        cp: requete.valeur("cp").trim().to_owned(),
        erreurs: Erreurs::default(),
        resultats: None,
    };
    if requete.autres(&[]).iter().all(|(c, _)| c != "q") {
        return web::page(&gabarit);
    }
    match Recherche::lire(&gabarit.q, &gabarit.cp) {
        Ok(recherche) => {
            let trouvees =
                structures::rechercher_pour_rattachement(&app, &connecte, &recherche).await?;
            gabarit.resultats = Some(trouvees);
            web::page(&gabarit)
        }
        Err(erreurs) => {
            gabarit.erreurs = erreurs;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
    }
}
