use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Support};
use crate::sollicitations::Statut;
use crate::support::store::{self, Recue, SansReponse};
use crate::web::{self, Erreur, Liste, Requete};

/// A view of the queue: all that are open, or one state.
struct Vue {
    libelle: &'static str,
    href: String,
    courante: bool,
}

#[derive(Template)]
#[template(path = "support/bureau.html")]
struct PageBureau {
    page: Page,
    vues: Vec<Vue>,
    sollicitations: Liste<Recue>,
    demandes: Liste<SansReponse>,
}

fn sens<L>(liste: &Liste<L>, colonne: &str) -> &'static str {
    match liste.sens_de(colonne) {
        "ascending" => "asc",
        "descending" => "desc",
        _ => "",
    }
}

impl PageBureau {
    fn sens_s(&self, colonne: &str) -> &'static str {
        sens(&self.sollicitations, colonne)
    }

    fn sens_d(&self, colonne: &str) -> &'static str {
        sens(&self.demandes, colonne)
    }

    fn legende_s(&self) -> String {
        let colonne = match self.sollicitations.fenetre.colonne {
            "reference" => "référence",
            "date" => "date",
            _ => "statut",
        };
        format!(
            "Sollicitations, triées par {colonne} ({})",
            self.sollicitations.fenetre.sens.libelle()
        )
    }

    fn legende_d(&self) -> String {
        let colonne = match self.demandes.fenetre.colonne {
            "structure" => "structure",
            _ => "date",
        };
        format!(
            "Demandes sans réponse, triées par {colonne} ({})",
            self.demandes.fenetre.sens.libelle()
        )
    }

    fn libelle_pluriel(etat: Statut) -> &'static str {
        match etat {
            Statut::Nouvelle => "Nouvelles",
            Statut::EnCours => "En cours",
            Statut::EnAttenteDuDemandeur => "En attente du demandeur",
            Statut::Resolue => "Résolues",
            Statut::Close => "Closes",
        }
    }
}

fn vues(requete: &Requete, etat: Option<Statut>) -> Vec<Vue> {
    let href = |code: &str| {
        format!(
            "{}#sollicitations",
            requete.avec(&[("s.etat", code), ("s.page", "")])
        )
    };
    let mut vues = vec![Vue {
        libelle: "À traiter",
        href: href(""),
        courante: etat.is_none(),
    }];
    vues.extend(Statut::TOUS.into_iter().map(|s| Vue {
        libelle: PageBureau::libelle_pluriel(s),
        href: href(s.code()),
        courante: etat == Some(s),
    }));
    vues
}

pub async fn page(
    support: Support,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let etat = Statut::lire(requete.valeur("s.etat"));
    let sollicitations = store::sollicitations(
        &app,
        &support,
        etat,
        store::fenetre_des_sollicitations(&requete),
    )
    .await?;
    let demandes = store::demandes(&app, &support, store::fenetre_des_demandes(&requete)).await?;
    web::page(&PageBureau {
        page,
        vues: vues(&requete, etat),
        sollicitations,
        demandes,
    })
}
