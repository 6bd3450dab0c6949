//! « Modifier la fiche » (R-STR-FICHE).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::{GererStructure, Gestion, Message, Page, StructureVue};
use crate::db::en_transaction;
use crate::historique::Changement;
use crate::structures::modification::{self, Moa, Modifiable, Modification, SaisieModification};
use crate::structures::structure_entiere;
use crate::web::{self, Erreur, Erreurs, Formulaire};

#[derive(Template)]
#[template(path = "structures/modification.html")]
struct PageModification {
    page: Page,
    structure: StructureVue,
    saisie: SaisieModification,
    /// The fiche changed meanwhile: what is stored now → what was typed.
    actuelles: Vec<Changement>,
    erreurs: Erreurs,
}

impl PageModification {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn moa(&self) -> [(&'static str, &'static str); 3] {
        Moa::TOUS.map(|m| (m.code(), m.libelle()))
    }

    fn texte<'a>(&self, valeur: &'a Option<String>) -> &'a str {
        valeur.as_deref().unwrap_or_default()
    }
}

pub async fn page(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    structure_entiere(gestion.droits())?;
    let fiche = modification::lire(&app.db, gestion.structure().id).await?;
    web::page(&PageModification {
        page,
        structure: gestion.structure().clone(),
        saisie: SaisieModification::de(&fiche),
        actuelles: Vec::new(),
        erreurs: Erreurs::default(),
    })
}

pub async fn enregistrer(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Formulaire(mut saisie): Formulaire<SaisieModification>,
) -> Result<Response, Erreur> {
    let structure = gestion.structure().id;
    let fait = en_transaction!(&app, |tx| modification::modifier(
        tx, &gestion, structure, &saisie
    )
    .await);
    let (erreurs, actuelles) = match fait {
        Ok(Modification::Perimee) => {
            let actuelle = modification::lire(&app.db, structure).await?;
            saisie.empreinte = actuelle.empreinte();
            let erreurs = Erreurs::generale(
                "La fiche a été modifiée depuis que vous l’avez ouverte\u{202F}: rien n’est enregistré. Comparez, puis enregistrez de nouveau.",
            );
            (erreurs, differences(&saisie, &actuelle))
        }
        Ok(fait) => {
            let message = match fait {
                Modification::Faite => Message::succes("La fiche est modifiée."),
                _ => Message::info("Rien n’a changé.")
                    .texte("Les valeurs envoyées étaient déjà celles de la fiche."),
            };
            let vers = message
                .et_aller(
                    &app,
                    Some(gestion.id()),
                    &format!("/structures/{structure}"),
                )
                .await?;
            return Ok(web::vers(&vers));
        }
        Err(Erreur::Invalide(erreurs)) => (erreurs, Vec::new()),
        Err(autre) => return Err(autre),
    };
    web::rendre(
        StatusCode::UNPROCESSABLE_ENTITY,
        &PageModification {
            page,
            structure: gestion.structure().clone(),
            saisie,
            actuelles,
            erreurs,
        },
    )
}

fn differences(saisie: &SaisieModification, actuelle: &Modifiable) -> Vec<Changement> {
    saisie
        .lire(actuelle)
        .map(|voulue| actuelle.changements(&voulue))
        .unwrap_or_default()
}
