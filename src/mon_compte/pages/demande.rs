use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::MES_RATTACHEMENTS;
use crate::App;
use crate::acces::compteurs::{self, DEMANDES};
use crate::acces::{Connecte, Message, Page, Role};
use crate::db::{StructureId, en_transaction};
use crate::mon_compte::choix::{self, Reprise, ServiceDemandable, StructureDemandee};
use crate::rattachements::{self, Demandee, suite};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete, Saisie};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDemande {
    maille: String,
    services: Vec<String>,
    role: String,
    commentaire: String,
}

impl SaisieDemande {
    fn vierge(structure: &StructureDemandee) -> Self {
        let maille = if !structure.offre_des_services() {
            "structure"
        } else if structure.ma_maille == Some(false) {
            // Attached to services already: it is for others that one comes here.
            "services"
        } else {
            ""
        };
        Self {
            maille: maille.to_owned(),
            role: structure.mon_role.unwrap_or(Role::Us).code().to_owned(),
            ..Self::default()
        }
    }

    /// « Redemander »: what was refused, as far as it can still be asked.
    fn reprendre(structure: &StructureDemandee, reprise: Reprise) -> Self {
        let demandables: Vec<String> = structure
            .services
            .iter()
            .filter(|s| !s.tenu && reprise.services.contains(&s.id))
            .map(|s| s.id.to_string())
            .collect();
        Self {
            maille: if reprise.maille_structure {
                "structure".to_owned()
            } else if demandables.is_empty() {
                String::new()
            } else {
                "services".to_owned()
            },
            services: demandables,
            role: reprise.role.code().to_owned(),
            commentaire: reprise.commentaire,
        }
    }
}

impl Saisie for SaisieDemande {
    type Lu = Demandee;

    fn lire(&self) -> Result<Demandee, Erreurs> {
        let mut erreurs = Erreurs::default();
        let maille_structure = self.maille == "structure";
        if !maille_structure && self.maille != "services" {
            erreurs.ajouter(
                "maille",
                "Choisissez toute la structure, ou seulement des services.",
            );
        }
        let services: Result<Vec<_>, _> = self.services.iter().map(|s| s.parse()).collect();
        let services = erreurs.lire(
            "services",
            services.map_err(|_| "Un des services cochés n’existe pas. Rechargez la page."),
        );
        if maille_structure && !services.is_empty() {
            erreurs.ajouter(
                "services",
                "«\u{202F}Toute la structure\u{202F}» comprend tous ses services\u{202F}: décochez-les, ou choisissez «\u{202F}Seulement les services cochés\u{202F}».",
            );
        }
        if self.maille == "services" && self.services.is_empty() {
            erreurs.ajouter("services", "Cochez au moins un service.");
        }
        let role = Role::accordable(&self.role);
        if role.is_none() {
            erreurs.ajouter("role", "Choisissez le rôle demandé.");
        }
        let commentaire = erreurs.paragraphe(
            "commentaire",
            &self.commentaire,
            255,
            "Écrivez un commentaire\u{202F}: il aide le gestionnaire à vous reconnaître.",
        );
        erreurs.verdict()?;
        Ok(Demandee {
            role: role.unwrap_or(Role::Us),
            maille_structure,
            services,
            commentaire,
        })
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

    fn coche(&self, service: &ServiceDemandable) -> bool {
        let id = service.id.to_string();
        self.saisie.services.contains(&id)
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
    let saisie = reprise.map_or_else(
        || SaisieDemande::vierge(&structure),
        |r| SaisieDemande::reprendre(&structure, r),
    );
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
