//! « Mes courriels »: which optional ones (R-COMPTE-DONNEES).

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::{Connecte, Message, Page};
use crate::courrier::Categorie;
use crate::db::{StructureId, en_transaction};
use crate::mon_compte::preferences::{self, Choix, LignePreferences};
use crate::web::{self, Erreur, Formulaire, Liste, Requete, texte};

const ICI: &str = "/mon-compte/courriels";

#[derive(Template)]
#[template(path = "mon_compte/courriels.html")]
struct PagePreferences {
    page: Page,
    liste: Liste<LignePreferences>,
    requete: Requete,
}

impl PagePreferences {
    fn categories(&self) -> [Categorie; 4] {
        Categorie::TOUTES
    }

    fn montrees(&self) -> String {
        let structures: Vec<_> = self.liste.lignes.iter().map(|l| l.structure).collect();
        super::joindre(&structures)
    }

    fn case(ligne: &LignePreferences, categorie: &Categorie) -> String {
        format!("{}.{}", ligne.structure, categorie.code())
    }

    fn ici(&self) -> String {
        self.requete.ici()
    }
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let fenetre = preferences::fenetre(&requete);
    let liste = preferences::lignes(&app, &connecte, fenetre).await?;
    web::page(&PagePreferences {
        page,
        liste,
        requete,
    })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisiePreferences {
    /// Structures of the page.
    montrees: String,
    retour: String,
    /// `{structure}.{category}`
    voulu: Vec<String>,
}

pub async fn enregistrer(
    connecte: Connecte,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisiePreferences>,
) -> Result<Response, Erreur> {
    let montrees: Vec<StructureId> = super::decouper(&saisie.montrees)?;
    let mut choix = Choix {
        montrees: montrees.into_iter().collect(),
        ..Choix::default()
    };
    for voulu in &saisie.voulu {
        let (structure, categorie) = voulu.split_once('.').ok_or(Erreur::Introuvable)?;
        choix.voulus.insert((
            structure.parse().map_err(|_| Erreur::Introuvable)?,
            Categorie::lire(categorie).ok_or(Erreur::Introuvable)?,
        ));
    }
    en_transaction!(&app, |tx| preferences::enregistrer(tx, &connecte, &choix)
        .await)?;
    let vers = Message::succes("Vos choix sont enregistrés.")
        .et_aller(
            &app,
            Some(connecte.id()),
            texte::retour(&saisie.retour, ICI),
        )
        .await?;
    Ok(web::vers(&vers))
}
