use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::store::{self, Attente, Bureau, Evenement, Situation};
use crate::App;
use crate::acces::{Connecte, Page, Support, Visiteur};
use crate::aide::Audience;
use crate::aide::actualites::{self, Actualite};
use crate::web::texte::accord;
use crate::web::{self, Erreur};

#[derive(Template)]
#[template(path = "accueil/deconnecte.html")]
struct AccueilDeconnecte {
    page: Page,
}

#[derive(Template)]
#[template(path = "accueil/connecte.html")]
struct AccueilConnecte {
    page: Page,
    prenom: String,
    situation: Situation,
    attentes: Vec<Attente>,
    evenements: Vec<Evenement>,
    actualites: Vec<Actualite>,
    /// Where « Déposer une facture » leads; `None` without the espace, or where it lives nowhere.
    depot: Option<String>,
    /// The staff is attached to nothing, and has nothing to ask for.
    equipe: bool,
    /// For the staff of the support only.
    bureau: Option<Bureau>,
}

impl AccueilConnecte {
    fn age_de(jours: &Option<i32>) -> String {
        ancienne(*jours)
    }

    fn mot(nombre: &i64, singulier: &'static str, pluriel: &'static str) -> &'static str {
        if *nombre > 1 { pluriel } else { singulier }
    }

    fn age(&self, attente: &Attente) -> String {
        depuis(attente.age)
    }

    fn autres_attentes(&self) -> String {
        let montrees = i64::try_from(self.attentes.len()).unwrap_or(i64::MAX);
        let autres = usize::try_from(self.situation.en_attente - montrees).unwrap_or(0);
        if autres == 0 {
            String::new()
        } else {
            format!("Et {}.", accord(autres, "autre demande", "autres demandes"))
        }
    }
}

fn ancienne(jours: Option<i32>) -> String {
    jours
        .map(|jours| format!("La plus ancienne attend {}.", depuis(jours)))
        .unwrap_or_default()
}

/// « depuis aujourd’hui », « depuis 1 jour », « depuis 12 jours ».
fn depuis(jours: i32) -> String {
    match jours {
        ..1 => "depuis aujourd’hui".to_owned(),
        1 => "depuis 1 jour".to_owned(),
        n => format!("depuis {n} jours"),
    }
}

/// Signed in or not, the same address: the brand in the header always leads here.
pub async fn accueil(
    visiteur: Visiteur,
    connecte: Result<Connecte, Erreur>,
    support: Option<Support>,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let (Some(personne), Ok(connecte)) = (visiteur.personne(), connecte) else {
        return web::page(&AccueilDeconnecte { page });
    };
    let situation = store::situation(&app, &connecte).await?;
    let attentes = if situation.en_attente > 0 {
        store::en_attente(&app, &connecte).await?
    } else {
        Vec::new()
    };
    let evenements = store::evenements(&app, &connecte).await?;
    let bureau = match &support {
        Some(support) => Some(store::bureau(&app, support).await?),
        None => None,
    };
    let depot = situation
        .depose
        .then(|| app.parametres())
        .and_then(|p| p.adresse_de("factures_emises").map(str::to_owned));
    web::page(&AccueilConnecte {
        actualites: actualites::dernieres(&app, Audience::de(Some(personne))).await?,
        depot,
        equipe: personne.equipe.is_some(),
        bureau,
        page,
        prenom: personne.prenom.clone(),
        situation,
        attentes,
        evenements,
    })
}
