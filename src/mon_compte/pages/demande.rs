use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::MES_RATTACHEMENTS;
use crate::App;
use crate::acces::compteurs::{self, DEMANDES};
use crate::acces::{Connecte, Message, Page, Role};
use crate::db::{StructureId, en_transaction};
use crate::mon_compte::choix::{self, Reprise, StructureDemandee};
use crate::rattachements::{self, SaisieDemande, suite};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete, Saisie};

/// The form before anything is typed.
fn vierge(structure: &StructureDemandee) -> SaisieDemande {
    let mut saisie =
        SaisieDemande::vierge(structure.mon_role.unwrap_or(Role::Us), &structure.services);
    if rattachements::offre_des_services(&structure.services) && structure.ma_maille == Some(false)
    {
        // Attached to services already: it is for others that one comes here.
        "services".clone_into(&mut saisie.maille);
    }
    saisie
}

/// « Redemander »: what was refused, as far as it can still be asked.
fn reprendre(structure: &StructureDemandee, reprise: Reprise) -> SaisieDemande {
    let services: Vec<String> = structure
        .services
        .iter()
        .filter(|s| !s.tenu && reprise.services.contains(&s.id))
        .map(|s| s.id.to_string())
        .collect();
    let maille = match (reprise.maille_structure, services.is_empty()) {
        (true, _) => "structure",
        (false, true) => "",
        (false, false) => "services",
    };
    SaisieDemande {
        maille: maille.to_owned(),
        services,
        role: reprise.role.code().to_owned(),
        commentaire: reprise.commentaire,
    }
}

#[derive(Template)]
#[template(path = "mon_compte/demande.html")]
struct PageDemande {
    page: Page,
    structure: StructureDemandee,
    saisie: SaisieDemande,
    erreurs: Erreurs,
}

impl PageDemande {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(structure): Chemin<StructureId>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let structure = choix::structure_demandee(&app, &connecte, structure).await?;
    let reprise = match requete.valeur("reprise").parse() {
        Ok(demande) => choix::reprise(&app, &connecte, structure.id, demande).await?,
        Err(_) => None,
    };
    let saisie = reprise.map_or_else(|| vierge(&structure), |r| reprendre(&structure, r));
    web::page(&PageDemande {
        page,
        structure,
        saisie,
        erreurs: Erreurs::default(),
    })
}

pub async fn envoyer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(structure): Chemin<StructureId>,
    Formulaire(saisie): Formulaire<SaisieDemande>,
) -> Result<Response, Erreur> {
    match essayer(&app, &connecte, structure, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let structure = choix::structure_demandee(&app, &connecte, structure).await?;
            let gabarit = PageDemande {
                page,
                structure,
                saisie,
                erreurs,
            };
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    connecte: &Connecte,
    structure: StructureId,
    saisie: &SaisieDemande,
) -> Result<String, Erreur> {
    let demandee = saisie.lire()?;
    compteurs::compter(&app.db, &format!("demandes:{}", connecte.id()), DEMANDES).await?;
    let deposee = en_transaction!(app, |tx| rattachements::deposer(
        tx, connecte, structure, &demandee
    )
    .await)?;
    let titre = if deposee.decideurs.is_empty() {
        Message::attente("Votre demande est enregistrée et attend un gestionnaire.")
    } else {
        Message::succes("Votre demande est envoyée.")
    };
    titre
        .texte(format!(
            "Structure\u{202F}: {}. {}",
            deposee.raison_sociale,
            suite(&deposee.decideurs, deposee.signalee)
        ))
        .et_aller(app, Some(connecte.id()), MES_RATTACHEMENTS)
        .await
}
