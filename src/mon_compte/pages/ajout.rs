//! « Ajouter un espace »: the structure, then the services, the espaces and their rights in one request.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{AJOUT, MES_ABONNEMENTS};
use crate::App;
use crate::abonnements::{
    self, Demandee, Droit, EspaceOffert, LigneDemandee, Offre, ServiceOffert, StructureOfferte,
};
use crate::acces::compteurs::{self, DEMANDES};
use crate::acces::{Connecte, Message, Page};
use crate::db::{ServiceId, StructureId, en_transaction};
use crate::structures;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Saisie, texte};

#[derive(Template)]
#[template(path = "mon_compte/ajout_structure.html")]
struct PageStructures {
    page: Page,
    structures: Vec<StructureOfferte>,
}

/// GET /mon-compte/abonnements/ajout: which structure; straight on where there is one.
pub async fn structures(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let structures = abonnements::structures_offertes(&app, &connecte).await?;
    if let [seule] = structures.as_slice() {
        return Ok(web::vers(&format!("{AJOUT}/{}", seule.id)));
    }
    web::page(&PageStructures { page, structures })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAjout {
    maille: String,
    services: Vec<String>,
    /// Codes of espaces, by right.
    consultation: Vec<String>,
    modification: Vec<String>,
    commentaire: String,
}

impl Saisie for SaisieAjout {
    type Lu = Demandee;

    fn lire(&self) -> Result<Demandee, Erreurs> {
        let mut erreurs = Erreurs::default();
        let tous = self.maille == "structure";
        let services: Result<Vec<ServiceId>, _> = self.services.iter().map(|s| s.parse()).collect();
        let services = erreurs.lire(
            "services",
            services.map_err(|_| "Un des services cochés n’existe pas. Rechargez la page."),
        );
        if !tous && self.maille != "services" {
            erreurs.ajouter(
                "maille",
                "Choisissez tous les services, ou seulement des services.",
            );
        }
        if tous && !services.is_empty() {
            erreurs.ajouter(
                "services",
                "«\u{202F}Tous les services\u{202F}» les comprend déjà\u{202F}: décochez-les, ou choisissez «\u{202F}Seulement les services cochés\u{202F}».",
            );
        }
        if self.maille == "services" && self.services.is_empty() {
            erreurs.ajouter("services", "Cochez au moins un service.");
        }
        // Modification implies Consultation (spec §13).
        let modification = self.modification.iter().map(|e| (e, Droit::Modification));
        let consultation = self
            .consultation
            .iter()
            .filter(|e| !self.modification.contains(e))
            .map(|e| (e, Droit::Consultation));
        let espaces: Vec<(&String, Droit)> = modification.chain(consultation).collect();
        if espaces.is_empty() {
            erreurs.ajouter(
                "espaces",
                "Cochez au moins un espace, en consultation ou en modification.",
            );
        }
        let commentaire = erreurs.lire("commentaire", texte::paragraphe(&self.commentaire, 255));
        erreurs.verdict()?;
        let lieux: Vec<Option<ServiceId>> = if tous {
            vec![None]
        } else {
            services.into_iter().map(Some).collect()
        };
        let lignes = lieux.into_iter().flat_map(|service| {
            espaces.iter().map(move |(espace, droit)| LigneDemandee {
                service,
                espace: (*espace).clone(),
                droit: *droit,
            })
        });
        Ok(Demandee {
            lignes: lignes.collect(),
            commentaire: Some(commentaire).filter(|c| !c.is_empty()),
        })
    }
}

#[derive(Template)]
#[template(path = "mon_compte/ajout.html")]
struct PageAjout {
    page: Page,
    offre: Offre,
    saisie: SaisieAjout,
    erreurs: Erreurs,
}

impl PageAjout {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }

    fn choisi(&self, service: &ServiceOffert) -> bool {
        self.saisie.services.contains(&service.id.to_string())
    }

    fn consulte(&self, espace: &EspaceOffert) -> bool {
        self.saisie.consultation.contains(&espace.code)
    }

    fn modifie(&self, espace: &EspaceOffert) -> bool {
        self.saisie.modification.contains(&espace.code)
    }

    fn offre_consultation(espace: &EspaceOffert) -> bool {
        espace.offre(Droit::Consultation)
    }

    fn offre_modification(espace: &EspaceOffert) -> bool {
        espace.offre(Droit::Modification)
    }

    /// Why nothing can be asked here.
    fn empechement(&self) -> Option<&'static str> {
        if !self.offre.active {
            Some("Cette structure est désactivée\u{202F}: aucun espace ne peut y être demandé.")
        } else if !self.offre.maille_structure && self.offre.services.is_empty() {
            Some("Aucun des services de votre rattachement n’est actif aujourd’hui.")
        } else if !self.offre.espaces.iter().any(Self::offre_modification) {
            Some("Vous avez déjà, ou avez déjà demandé, tous les espaces de cette structure.")
        } else {
            None
        }
    }
}

/// GET /mon-compte/abonnements/ajout/{structure}.
pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(structure): Chemin<StructureId>,
) -> Result<Response, Erreur> {
    let offre = abonnements::offre(&app, &connecte, structure).await?;
    let mut saisie = SaisieAjout {
        maille: if offre.maille_structure {
            "structure"
        } else {
            "services"
        }
        .to_owned(),
        ..SaisieAjout::default()
    };
    if !offre.maille_structure
        && let [seul] = offre.services.as_slice()
    {
        saisie.services.push(seul.id.to_string());
    }
    web::page(&PageAjout {
        page,
        offre,
        saisie,
        erreurs: Erreurs::default(),
    })
}

/// POST /mon-compte/abonnements/ajout/{structure}.
pub async fn envoyer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(structure): Chemin<StructureId>,
    Formulaire(saisie): Formulaire<SaisieAjout>,
) -> Result<Response, Erreur> {
    match essayer(&app, &connecte, structure, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let offre = abonnements::offre(&app, &connecte, structure).await?;
            let gabarit = PageAjout {
                page,
                offre,
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
    saisie: &SaisieAjout,
) -> Result<String, Erreur> {
    let demandee = saisie.lire()?;
    compteurs::compter(&app.db, &format!("demandes:{}", connecte.id()), DEMANDES).await?;
    let deposee = en_transaction!(app, |tx| abonnements::deposer(
        tx, connecte, structure, &demandee
    )
    .await)?;
    let message = if !deposee.nouvelle {
        Message::info("Votre demande est déjà en cours de validation.")
    } else if deposee.decideurs.is_empty() {
        Message::attente("Votre demande est enregistrée et attend un gestionnaire.")
    } else {
        Message::succes("Votre demande est envoyée.")
    };
    let suite = if deposee.nouvelle {
        structures::suite(&deposee.decideurs)
    } else {
        String::new()
    };
    let phrases = [
        format!("Structure\u{202F}: {}.", deposee.raison_sociale),
        suite,
        deposee.laissees.join(" "),
    ];
    let phrases: Vec<String> = phrases.into_iter().filter(|p| !p.is_empty()).collect();
    message
        .texte(phrases.join(" "))
        .et_aller(app, Some(connecte.id()), MES_ABONNEMENTS)
        .await
}
