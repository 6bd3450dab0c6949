use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{SaisieTexte, freiner};
use crate::App;
use crate::acces::{Espace, Message as Resultat, Page, SollicitationsRecues};
use crate::db::{PieceId, SollicitationId, en_transaction};
use crate::pieces::{self, ACCEPTE};
use crate::sollicitations::lecture::{self, Fil, Sollicitation};
use crate::sollicitations::{Ecrit, Reponse, TEXTE_MAX, prendre_en_charge, repondre_a, resoudre};
use crate::web::{self, Chemin, Envoi, Erreur, Erreurs};

type Lecteur = Espace<SollicitationsRecues>;

#[derive(Template)]
#[template(path = "sollicitations/recue.html")]
struct PageRecue {
    page: Page,
    sollicitation: Sollicitation,
    fil: Fil,
    saisie: SaisieTexte,
    erreurs: Erreurs,
    max: usize,
    accepte: &'static str,
}

impl PageRecue {
    async fn construire(
        app: &App,
        lecteur: &Lecteur,
        page: Page,
        id: SollicitationId,
        (saisie, erreurs): (SaisieTexte, Erreurs),
    ) -> Result<Self, Erreur> {
        let sollicitation = lecture::la_recue(app, lecteur, id).await?;
        Ok(Self {
            page,
            fil: lecture::fil(app, lecteur, id, false).await?,
            sollicitation,
            saisie,
            erreurs,
            max: TEXTE_MAX,
            accepte: ACCEPTE,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn racine(&self) -> String {
        adresse(self.sollicitation.id)
    }
}

fn adresse(id: SollicitationId) -> String {
    format!("/sollicitations-recues/{id}")
}

pub async fn page(
    lecteur: Lecteur,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieTexte::default(), Erreurs::default());
    web::page(&PageRecue::construire(&app, &lecteur, page, id, vierge).await?)
}

pub async fn telecharger(
    lecteur: Lecteur,
    State(app): State<App>,
    Chemin((id, piece)): Chemin<(SollicitationId, PieceId)>,
) -> Result<Response, Erreur> {
    let piece = lecture::piece_recue(&app, &lecteur, id, piece).await?;
    pieces::reponse(&app, &piece)
}

pub async fn prendre(
    lecteur: Lecteur,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let reference = en_transaction!(&app, |tx| prendre_en_charge(tx, &lecteur, id).await)?;
    let vers = Resultat::succes(format!("Vous avez pris {reference} en charge."))
        .et_aller(&app, Some(lecteur.id()), &adresse(id))
        .await?;
    Ok(web::vers(&vers))
}

/// To this address, or the page again with what is wrong.
async fn suivre(
    app: &App,
    lecteur: &Lecteur,
    page: Page,
    (id, saisie, avec_fichier): (SollicitationId, SaisieTexte, bool),
    issue: Result<String, Erreur>,
) -> Result<Response, Erreur> {
    match issue {
        Ok(vers) => {
            pieces::annoncer(app);
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let saisie = (saisie, erreurs.fichier_a_rechoisir(avec_fichier));
            let gabarit = PageRecue::construire(app, lecteur, page, id, saisie).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

pub async fn repondre(
    lecteur: Lecteur,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    let issue = async {
        let texte = saisie.lire("Écrivez votre réponse.")?;
        let piece = freiner(&app, &lecteur, fichier).await?;
        let reponse = if saisie.attendue() {
            Reponse::Attendue
        } else {
            Reponse::Simple
        };
        en_transaction!(&app, |tx| {
            let ecrit = Ecrit {
                texte: &texte,
                piece: piece.as_ref(),
            };
            repondre_a(tx, &lecteur, id, reponse, ecrit).await
        })?;
        let suite = match reponse {
            Reponse::Attendue => "La sollicitation attend maintenant son auteur.",
            _ => "Son auteur la lit dans le fil et par courriel.",
        };
        Resultat::succes("Votre réponse est envoyée.")
            .texte(suite)
            .et_aller(&app, Some(lecteur.id()), &adresse(id))
            .await
    }
    .await;
    suivre(&app, &lecteur, page, (id, saisie, avec_fichier), issue).await
}

/// « Résoudre », with the words that its author will read.
pub async fn clore(
    lecteur: Lecteur,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    let issue = async {
        let texte = saisie.lire("Dites à son auteur comment la sollicitation est résolue.")?;
        let piece = freiner(&app, &lecteur, fichier).await?;
        let reference = en_transaction!(&app, |tx| {
            let ecrit = Ecrit {
                texte: &texte,
                piece: piece.as_ref(),
            };
            resoudre(tx, &lecteur, id, ecrit).await
        })?;
        Resultat::succes(format!("La sollicitation {reference} est résolue."))
            .texte("Son auteur en est averti et peut la rouvrir pendant 30 jours.")
            .et_aller(&app, Some(lecteur.id()), "/sollicitations-recues")
            .await
    }
    .await;
    suivre(&app, &lecteur, page, (id, saisie, avec_fichier), issue).await
}
