//! The confirmations of the administrateur: a référent leaves a périmètre, a périmètre goes.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::SaisieMotif;
use super::perimetres::LISTE;
use crate::App;
use crate::acces::{Administration, Message, Page};
use crate::db::{PerimetreId, UtilisateurId, en_transaction};
use crate::referents::perimetres::{self, Perimetre};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, texte};

/// A confirmation: of the deletion, or of the departure of a référent.
#[derive(Template)]
#[template(path = "referents/perimetre_confirmation.html")]
struct PageConfirmation {
    page: Page,
    perimetre: Perimetre,
    /// Name of the référent who leaves; `None`: the périmètre goes.
    referent: Option<(UtilisateurId, String)>,
    saisie: SaisieMotif,
    erreurs: Erreurs,
}

impl PageConfirmation {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn titre(&self) -> &'static str {
        if self.referent.is_some() {
            "Retirer ce référent"
        } else {
            "Supprimer ce périmètre"
        }
    }

    fn action(&self) -> String {
        let id = self.perimetre.id;
        match &self.referent {
            Some((referent, _)) => format!("{LISTE}/{id}/referents/{referent}/retrait"),
            None => format!("{LISTE}/{id}/suppression"),
        }
    }

    /// He is the only one who answers.
    fn dernier(&self) -> bool {
        let autres = |r: &&perimetres::Affecte| {
            r.actif && self.referent.as_ref().is_none_or(|(id, _)| *id != r.id)
        };
        self.referent.is_some() && self.perimetre.referents.iter().filter(autres).count() == 0
    }
}

async fn confirmation(
    app: &App,
    administration: &Administration,
    page: Page,
    (id, referent): (PerimetreId, Option<UtilisateurId>),
    (saisie, erreurs): (SaisieMotif, Erreurs),
) -> Result<PageConfirmation, Erreur> {
    let perimetre = perimetres::un(app, administration, id).await?;
    let referent = match referent {
        None => None,
        Some(referent) => {
            let r = perimetre.referents.iter().find(|r| r.id == referent);
            Some(
                r.map(|r| (r.id, r.nom.clone()))
                    .ok_or(Erreur::Introuvable)?,
            )
        }
    };
    Ok(PageConfirmation {
        page,
        perimetre,
        referent,
        saisie,
        erreurs,
    })
}

pub async fn confirmer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<PerimetreId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieMotif::default(), Erreurs::default());
    web::page(&confirmation(&app, &administration, page, (id, None), vierge).await?)
}

pub async fn confirmer_le_retrait(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin((id, referent)): Chemin<(PerimetreId, UtilisateurId)>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieMotif::default(), Erreurs::default());
    let quoi = (id, Some(referent));
    web::page(&confirmation(&app, &administration, page, quoi, vierge).await?)
}

async fn repondre(
    app: &App,
    administration: &Administration,
    page: Page,
    quoi: (PerimetreId, Option<UtilisateurId>),
    (saisie, issue): (SaisieMotif, Result<String, Erreur>),
) -> Result<Response, Erreur> {
    match issue {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = confirmation(app, administration, page, quoi, (saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

/// « Supprimer ».
pub async fn supprimer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<PerimetreId>,
    Formulaire(saisie): Formulaire<SaisieMotif>,
) -> Result<Response, Erreur> {
    let issue = async {
        let motif = saisie.lire()?;
        let nom = en_transaction!(&app, |tx| perimetres::supprimer(
            tx,
            &administration,
            id,
            &motif
        )
        .await)?;
        Message::succes(format!("Le périmètre {nom} est supprimé."))
            .et_aller(&app, Some(administration.id()), LISTE)
            .await
    }
    .await;
    repondre(&app, &administration, page, (id, None), (saisie, issue)).await
}

/// « Retirer ».
pub async fn retirer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin((id, referent)): Chemin<(PerimetreId, UtilisateurId)>,
    Formulaire(saisie): Formulaire<SaisieMotif>,
) -> Result<Response, Erreur> {
    let issue = async {
        let motif = saisie.lire()?;
        let (nom, passees) = en_transaction!(&app, |tx| perimetres::retirer(
            tx,
            &administration,
            id,
            referent,
            &motif
        )
        .await)?;
        let suite = match passees {
            0 => String::new(),
            n => format!(
                "{} au support.",
                texte::accord(
                    usize::try_from(n).unwrap_or_default(),
                    "demande en cours passe",
                    "demandes en cours passent"
                )
            ),
        };
        Message::succes(format!("{nom} n’est plus référent de ce périmètre."))
            .texte(suite)
            .et_aller(&app, Some(administration.id()), &format!("{LISTE}/{id}"))
            .await
    }
    .await;
    let quoi = (id, Some(referent));
    repondre(&app, &administration, page, quoi, (saisie, issue)).await
}
