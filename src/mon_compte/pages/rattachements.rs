use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{MES_RATTACHEMENTS, adresse, decouper, paires};
use crate::App;
use crate::acces::{Connecte, Message, Page};
use crate::db::{DemandeId, RattachementId, en_transaction};
use crate::mon_compte::lecture::{self, LigneRattachement};
use crate::mon_compte::suivi::{self, DemandeRefusee, DemandeSuivie};
use crate::rattachements::passations::{self, PassationVue};
use crate::rattachements::{self, suite};
use crate::web::{self, Chemin, Erreur, Formulaire, Liste, Requete, texte};

#[derive(Template)]
#[template(path = "mon_compte/rattachements.html")]
struct PageRattachements {
    page: Page,
    liste: Liste<LigneRattachement>,
    passations: Vec<PassationVue>,
    demandes: Vec<DemandeSuivie>,
    refusees: Vec<DemandeRefusee>,
    erreurs: Vec<(String, String)>,
}

impl PageRattachements {
    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "identifiant" => "identifiant",
            "role" => "rôle",
            "statut" => "statut",
            _ => "raison sociale",
        };
        format!(
            "Mes rattachements, triés par {colonne} ({})",
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

    fn note_de(&self, ligne: &LigneRattachement) -> &'static str {
        if ligne.structure_active {
            ""
        } else {
            "Structure désactivée"
        }
    }

    fn note_demandes(&self) -> String {
        format!(
            "({})",
            texte::accord(self.demandes.len(), "demande", "demandes")
        )
    }

    fn suppression(ligne: &LigneRattachement) -> String {
        adresse_de_suppression(&[ligne.id])
    }

    fn refusee_par(demande: &DemandeRefusee) -> &str {
        demande.par.as_deref().unwrap_or("Le portail")
    }
}

fn adresse_de_suppression(ids: &[RattachementId]) -> String {
    adresse("/mon-compte/rattachements/suppression", &paires("r", ids))
}

async fn construire(
    app: &App,
    connecte: &Connecte,
    page: Page,
    requete: &Requete,
) -> Result<PageRattachements, Erreur> {
    Ok(PageRattachements {
        page,
        liste: lecture::rattachements(app, connecte, lecture::fenetre(requete)).await?,
        passations: passations::les_miennes(app, connecte).await?,
        demandes: suivi::en_cours(app, connecte).await?,
        refusees: suivi::refusees(app, connecte).await?,
        erreurs: Vec::new(),
    })
}

pub async fn liste(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    web::page(&construire(&app, &connecte, page, &requete).await?)
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    r: Vec<String>,
}

/// « Supprimer mes rattachements »: to the confirmation window of the ticked rows.
pub async fn selectionner(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Formulaire(selection): Formulaire<Selection>,
) -> Result<Response, Erreur> {
    let ids: Vec<RattachementId> = decouper(&selection.r.join(","))?;
    if !ids.is_empty() {
        return Ok(web::vers(&adresse_de_suppression(&ids)));
    }
    let requete = Requete::lire(MES_RATTACHEMENTS, "");
    let mut gabarit = construire(&app, &connecte, page, &requete).await?;
    gabarit.erreurs = vec![(
        "rattachements".to_owned(),
        "Cochez au moins un rattachement à supprimer.".to_owned(),
    )];
    web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
}

pub async fn relancer(
    connecte: Connecte,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeId>,
) -> Result<Response, Erreur> {
    let relances = en_transaction!(&app, |tx| rattachements::relancer(tx, &connecte, id).await)?;
    let vers = Message::succes("Votre demande est relancée.")
        .texte(format!("Un courriel part. {}", suite(&relances, None)))
        .et_aller(
            &app,
            Some(connecte.id()),
            "/mon-compte/rattachements#demandes",
        )
        .await?;
    Ok(web::vers(&vers))
}

#[derive(Template)]
#[template(path = "mon_compte/retrait.html")]
struct PageRetrait {
    page: Page,
    demande: DemandeSuivie,
}

pub async fn confirmer_retrait(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeId>,
) -> Result<Response, Erreur> {
    let demande = suivi::la_mienne(&app, &connecte, id).await?;
    web::page(&PageRetrait { page, demande })
}

pub async fn retirer(
    connecte: Connecte,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeId>,
) -> Result<Response, Erreur> {
    let structure = en_transaction!(&app, |tx| rattachements::retirer(tx, &connecte, id).await)?;
    let vers = Message::succes("Votre demande est retirée.")
        .texte(format!(
            "Personne ne décidera plus votre demande sur {structure}."
        ))
        .et_aller(&app, Some(connecte.id()), MES_RATTACHEMENTS)
        .await?;
    Ok(web::vers(&vers))
}
