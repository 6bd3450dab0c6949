//! « Mes abonnements aux espaces »: the list, and what is given up.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::MES_ABONNEMENTS;
use crate::App;
use crate::abonnements::{self, Abonnement, MaDemande, TRIS_MIENS};
use crate::acces::{Connecte, Message, Page};
use crate::db::{AbonnementId, DemandeAbonnementId, en_transaction};
use crate::web::{self, Chemin, Erreur, Fenetre, Liste, Requete, Sens};

#[derive(Template)]
#[template(path = "mon_compte/abonnements.html")]
struct PageAbonnements {
    page: Page,
    liste: Liste<Abonnement>,
}

impl PageAbonnements {
    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "service" => "service",
            "espace" => "espace",
            "droit" => "droit",
            "etat" => "état",
            _ => "raison sociale",
        };
        format!(
            "Mes abonnements, triés par {colonne} ({})",
            self.liste.fenetre.sens.libelle()
        )
    }

    fn sens(&self, colonne: &str) -> &'static str {
        match self.liste.sens_de(colonne) {
            "ascending" => "asc",
            "descending" => "desc",
            _ => "",
        }
    }

    fn effacer(&self) -> Option<String> {
        self.liste
            .filtree()
            .then(|| self.liste.lien_sans_recherche())
    }

    /// What the state needs beside its word: the day, the motif, where it comes from.
    fn precision(ligne: &Abonnement) -> String {
        use abonnements::Etat;
        let jour = ligne.depuis.jour();
        match ligne.etat {
            Etat::EnVigueur => format!("depuis le {jour}"),
            Etat::EnCours => format!("demandé le {jour}"),
            Etat::Refuse => format!("le {jour}"),
        }
    }

    /// « Motif : … », or where the right comes from.
    fn origine(ligne: &Abonnement) -> String {
        match &ligne.motif {
            Some(motif) if ligne.etat == abonnements::Etat::Refuse => {
                format!("Motif\u{202F}: {motif}")
            }
            _ => majuscule(&ligne.origine()),
        }
    }
}

fn majuscule(phrase: &str) -> String {
    let mut lettres = phrase.chars();
    lettres
        .next()
        .map(|l| l.to_uppercase().chain(lettres).collect())
        .unwrap_or_default()
}

/// GET /mon-compte/abonnements, under `ab.`.
pub async fn liste(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let fenetre = Fenetre::lire(
        &requete,
        "ab",
        &TRIS_MIENS,
        ("structure", Sens::Croissant),
        25,
    );
    let liste = abonnements::abonnements(&app, &connecte, fenetre).await?;
    web::page(&PageAbonnements { page, liste })
}

#[derive(Template)]
#[template(path = "mon_compte/retrait_demande_abonnement.html")]
struct PageRetraitDemande {
    page: Page,
    demande: MaDemande,
}

pub async fn confirmer_retrait_demande(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeAbonnementId>,
) -> Result<Response, Erreur> {
    let demande = abonnements::ma_demande(&app, &connecte, id).await?;
    web::page(&PageRetraitDemande { page, demande })
}

pub async fn retirer_demande(
    connecte: Connecte,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeAbonnementId>,
) -> Result<Response, Erreur> {
    let structure = en_transaction!(&app, |tx| abonnements::retirer_demande(tx, &connecte, id)
        .await)?;
    let vers = Message::succes("Votre demande est retirée.")
        .texte(format!(
            "Personne ne décidera plus votre demande d’abonnement sur {structure}."
        ))
        .et_aller(&app, Some(connecte.id()), MES_ABONNEMENTS)
        .await?;
    Ok(web::vers(&vers))
}

#[derive(Template)]
#[template(path = "mon_compte/retrait_abonnement.html")]
struct PageRetrait {
    page: Page,
    abonnement: Abonnement,
    id: AbonnementId,
}

pub async fn confirmer_retrait(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<AbonnementId>,
) -> Result<Response, Erreur> {
    let abonnement = abonnements::mon_abonnement(&app, &connecte, id).await?;
    web::page(&PageRetrait {
        page,
        abonnement,
        id,
    })
}

pub async fn retirer(
    connecte: Connecte,
    State(app): State<App>,
    Chemin(id): Chemin<AbonnementId>,
) -> Result<Response, Erreur> {
    let (espace, structure) =
        en_transaction!(&app, |tx| abonnements::retirer(tx, &connecte, id).await)?;
    let vers = Message::succes("Votre abonnement est retiré.")
        .texte(format!(
            "Vous n’avez plus «\u{202F}{espace}\u{202F}» par votre demande sur {structure}."
        ))
        .et_aller(&app, Some(connecte.id()), MES_ABONNEMENTS)
        .await?;
    Ok(web::vers(&vers))
}
