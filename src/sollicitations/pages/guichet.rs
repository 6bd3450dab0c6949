//! What each desk does with a sollicitation, said once: the support, the référents, a public structure.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::{SaisieTexte, freiner};
use crate::App;
use crate::acces::Message as Resultat;
use crate::db::{SollicitationId, Temps, en_transaction};
use crate::pieces::{self, Nouvelle};
use crate::sollicitations::{Ecrit, Reponse, Traitant, prendre_en_charge, repondre_a, resoudre};
use crate::web::{self, Envoi, Erreur, Erreurs, FichierRecu};

/// What one button of the form does.
#[derive(Clone, Copy)]
pub enum Bouton {
    Repondre,
    /// The support alone has notes.
    Noter,
    /// With the words that the author will read.
    Resoudre,
}

impl Traitant<'_> {
    fn adresse(&self, id: SollicitationId) -> String {
        match self {
            Self::Support(_) => format!("/support/sollicitations/{id}"),
            Self::Structure(_) => format!("/sollicitations-recues/{id}"),
            Self::Referent(_) => format!("/referent/sollicitations/{id}"),
        }
    }

    fn file(&self) -> &'static str {
        match self {
            Self::Support(_) => "/support",
            Self::Structure(_) => "/sollicitations-recues",
            Self::Referent(_) => "/referent",
        }
    }

    /// What a référent is sent is a « demande », which he « traite ».
    fn mots(&self) -> (&'static str, &'static str) {
        match self {
            Self::Referent(_) => ("demande", "traitée"),
            Self::Support(_) | Self::Structure(_) => ("sollicitation", "résolue"),
        }
    }

    fn absent(&self, bouton: Bouton) -> String {
        let (objet, faite) = self.mots();
        match bouton {
            Bouton::Repondre => "Écrivez votre réponse.".to_owned(),
            Bouton::Noter => "Écrivez votre note.".to_owned(),
            Bouton::Resoudre => format!("Dites à son auteur comment la {objet} est {faite}."),
        }
    }
}

/// « Camille Roux, le 2 mars 2026 à 10 h 12 ».
pub fn charge(agent: Option<&str>, depuis: Option<&Temps>) -> String {
    match (agent, depuis) {
        (Some(agent), Some(quand)) => format!("{agent}, le {}", quand.jour_heure()),
        _ => "Personne pour le moment".to_owned(),
    }
}

/// « Prendre en charge ».
///
/// # Errors
/// Those of the act.
pub async fn prendre(
    app: &App,
    traitant: Traitant<'_>,
    id: SollicitationId,
) -> Result<Response, Erreur> {
    let reference = en_transaction!(app, |tx| prendre_en_charge(tx, traitant, id).await)?;
    let vers = Resultat::succes(format!("Vous avez pris {reference} en charge."))
        .et_aller(app, Some(traitant.connecte().id()), &traitant.adresse(id))
        .await?;
    Ok(web::vers(&vers))
}

/// The act of a button, or the page `encore` with what is wrong.
///
/// # Errors
/// Those of the act, but what the page can show.
pub async fn agir<P: Template>(
    app: &App,
    traitant: Traitant<'_>,
    id: SollicitationId,
    (envoi, bouton): (Envoi<SaisieTexte>, Bouton),
    encore: impl AsyncFnOnce(SaisieTexte, Erreurs) -> Result<P, Erreur>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    let issue = essayer(app, traitant, id, (&saisie, fichier, bouton)).await;
    suivre(app, issue, avec_fichier, async |erreurs| {
        encore(saisie, erreurs).await
    })
    .await
}

/// To the address that the act answered, or the page `encore` with what is wrong; a file that came along must be chosen anew.
///
/// # Errors
/// What the page cannot show.
pub async fn suivre<P: Template>(
    app: &App,
    issue: Result<String, Erreur>,
    avec_fichier: bool,
    encore: impl AsyncFnOnce(Erreurs) -> Result<P, Erreur>,
) -> Result<Response, Erreur> {
    match issue {
        Ok(vers) => {
            pieces::annoncer(app);
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = encore(erreurs.fichier_a_rechoisir(avec_fichier)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

/// Answers where to go.
async fn essayer(
    app: &App,
    traitant: Traitant<'_>,
    id: SollicitationId,
    (saisie, fichier, bouton): (&SaisieTexte, Option<FichierRecu>, Bouton),
) -> Result<String, Erreur> {
    let texte = saisie.lire(&traitant.absent(bouton))?;
    let qui = traitant.connecte();
    let piece = match traitant {
        Traitant::Support(_) => Nouvelle::eventuelle(app, qui.id(), fichier).await?,
        Traitant::Structure(_) | Traitant::Referent(_) => freiner(app, qui, fichier).await?,
    };
    let ecrit = Ecrit {
        texte: &texte,
        piece: piece.as_ref(),
    };
    let reponse = match bouton {
        Bouton::Noter => Reponse::Interne,
        Bouton::Repondre if saisie.attendue() => Reponse::Attendue,
        Bouton::Repondre => Reponse::Simple,
        Bouton::Resoudre => {
            let reference = en_transaction!(app, |tx| resoudre(tx, traitant, id, ecrit).await)?;
            let (objet, faite) = traitant.mots();
            return Resultat::succes(format!("La {objet} {reference} est {faite}."))
                .texte("Son auteur en est averti et peut la rouvrir pendant 30 jours.")
                .et_aller(app, Some(qui.id()), traitant.file())
                .await;
        }
    };
    en_transaction!(app, |tx| repondre_a(tx, traitant, id, reponse, ecrit).await)?;
    let (titre, suite) = match reponse {
        Reponse::Simple => (
            "Votre réponse est envoyée.",
            "Son auteur la lit dans le fil et par courriel.".to_owned(),
        ),
        Reponse::Attendue => (
            "Votre réponse est envoyée.",
            format!("La {} attend maintenant son auteur.", traitant.mots().0),
        ),
        Reponse::Interne => (
            "Votre note est enregistrée.",
            "Seul le support la lit.".to_owned(),
        ),
    };
    Resultat::succes(titre)
        .texte(suite)
        .et_aller(app, Some(qui.id()), &traitant.adresse(id))
        .await
}
