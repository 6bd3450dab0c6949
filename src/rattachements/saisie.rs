//! The form of a request, as typed: the same from « Mon compte » and from the creation of an account.

use serde::{Deserialize, Serialize};

use super::depot::Demandee;
use crate::acces::Role;
use crate::db::ServiceId;
use crate::web::{Erreurs, Saisie};

/// A service that can be asked for.
pub struct ServiceDemandable {
    pub id: ServiceId,
    pub code: String,
    pub libelle: String,
    /// Held already: shown, not offered.
    pub tenu: bool,
}

impl ServiceDemandable {
    pub fn tenu_en_mots(&self) -> String {
        format!("{}, vous y êtes déjà rattaché(e)", self.code)
    }
}

/// Is there one to ask for?
pub fn offre_des_services(services: &[ServiceDemandable]) -> bool {
    services.iter().any(|s| !s.tenu)
}

#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDemande {
    pub maille: String,
    pub services: Vec<String>,
    pub role: String,
    pub commentaire: String,
}

impl SaisieDemande {
    /// The form before anything is typed: the whole structure where it has no service to choose.
    pub fn vierge(role: Role, services: &[ServiceDemandable]) -> Self {
        Self {
            maille: if offre_des_services(services) {
                String::new()
            } else {
                "structure".to_owned()
            },
            role: role.code().to_owned(),
            ..Self::default()
        }
    }

    pub fn coche(&self, service: &ServiceDemandable) -> bool {
        let id = service.id.to_string();
        self.services.contains(&id)
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
