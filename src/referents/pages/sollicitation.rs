//! A sollicitation sent to the référents: taken, answered, resolved by the one machine of `sollicitations`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::{Message as Resultat, Page, Referent};
use crate::db::{PieceId, SollicitationId, en_transaction};
use crate::pieces::{self, ACCEPTE};
use crate::referents::demandes::{self, SollicitationVue};
use crate::sollicitations::{
    self, Ecrit, Fil, Reponse, SaisieTexte, TEXTE_MAX, fil, prendre_en_charge, repondre_a, resoudre,
};
use crate::web::{self, Chemin, Envoi, Erreur, Erreurs, FichierRecu};

#[derive(Template)]
#[template(path = "referents/sollicitation.html")]
struct PageSollicitation {
    page: Page,
    sollicitation: SollicitationVue,
    fil: Fil,
    saisie: SaisieTexte,
    erreurs: Erreurs,
    max: usize,
    accepte: &'static str,
}

impl PageSollicitation {
    async fn construire(
        app: &App,
        referent: &Referent,
        page: Page,
        id: SollicitationId,
        (saisie, erreurs): (SaisieTexte, Erreurs),
    ) -> Result<Self, Erreur> {
        Ok(Self {
            page,
            sollicitation: demandes::sollicitation(app, referent, id).await?,
            fil: fil(app, referent, id, false).await?,
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

    fn charge(&self) -> String {
        let s = &self.sollicitation;
        match (&s.agent, &s.prise_en_charge_le) {
            (Some(agent), Some(quand)) => format!("{agent}, le {}", quand.jour_heure()),
            _ => "Personne pour le moment".to_owned(),
        }
    }
}

fn adresse(id: SollicitationId) -> String {
    format!("/referent/sollicitations/{id}")
}

pub async fn page(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieTexte::default(), Erreurs::default());
    web::page(&PageSollicitation::construire(&app, &referent, page, id, vierge).await?)
}

/// A file of the thread.
pub async fn telecharger(
    referent: Referent,
    State(app): State<App>,
    Chemin((id, piece)): Chemin<(SollicitationId, PieceId)>,
) -> Result<Response, Erreur> {
    let piece = demandes::piece(&app, &referent, id, piece).await?;
    pieces::reponse(&app, &piece)
}

pub async fn prendre(
    referent: Referent,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let reference = en_transaction!(&app, |tx| prendre_en_charge(tx, &referent, id).await)?;
    let vers = Resultat::succes(format!("Vous avez pris {reference} en charge."))
        .et_aller(&app, Some(referent.id()), &adresse(id))
        .await?;
    Ok(web::vers(&vers))
}

/// The act, or the page again with what is wrong; a file that came along must be chosen anew.
async fn agir(
    app: &App,
    referent: &Referent,
    page: Page,
    id: SollicitationId,
    (envoi, resout): (Envoi<SaisieTexte>, bool),
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    match essayer(app, referent, id, (&saisie, fichier, resout)).await {
        Ok(vers) => {
            pieces::annoncer(app);
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let saisie = (saisie, erreurs.fichier_a_rechoisir(avec_fichier));
            let gabarit = PageSollicitation::construire(app, referent, page, id, saisie).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    referent: &Referent,
    id: SollicitationId,
    (saisie, fichier, resout): (&SaisieTexte, Option<FichierRecu>, bool),
) -> Result<String, Erreur> {
    let texte = saisie.lire(if resout {
        "Dites à son auteur comment la demande est traitée."
    } else {
        "Écrivez votre réponse."
    })?;
    let piece = sollicitations::freiner(app, referent, fichier).await?;
    let ecrit = Ecrit {
        texte: &texte,
        piece: piece.as_ref(),
    };
    if resout {
        let reference = en_transaction!(app, |tx| resoudre(tx, referent, id, ecrit).await)?;
        return Resultat::succes(format!("La demande {reference} est traitée."))
            .texte("Son auteur en est averti et peut la rouvrir pendant 30 jours.")
            .et_aller(app, Some(referent.id()), "/referent")
            .await;
    }
    let reponse = if saisie.attendue() {
        Reponse::Attendue
    } else {
        Reponse::Simple
    };
    en_transaction!(app, |tx| repondre_a(tx, referent, id, reponse, ecrit).await)?;
    Resultat::succes("Votre réponse est envoyée.")
        .texte("Son auteur la lit dans le fil et par courriel.")
        .et_aller(app, Some(referent.id()), &adresse(id))
        .await
}

pub async fn repondre(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &referent, page, id, (envoi, false)).await
}

/// « Traiter avec cette réponse ».
pub async fn clore(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &referent, page, id, (envoi, true)).await
}
