//! The form of a service, as typed and as read (seed 004 §2).

use serde::Deserialize;
use time::{Date, PrimitiveDateTime};

use super::lecture::ServiceVu;
use crate::web::{Erreurs, texte};

/// Longest code, in characters (seed 004).
const CODE_MAX: usize = 100;
/// Longest libellé, in characters.
const LIBELLE_MAX: usize = 255;
/// Longest description, in characters (as the import).
pub const DESCRIPTION_MAX: usize = 2_000;

/// « Créer un service », « Modifier le service ».
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieService {
    /// Only where the structure is chosen in the form.
    pub structure: String,
    /// Only at the creation: suppliers and imports know the code.
    pub code: String,
    pub libelle: String,
    pub description: String,
    pub date_debut: String,
    pub date_fin: String,
    pub engagement_obligatoire: String,
}

/// A service as its author wants it, the code apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Voulu {
    pub libelle: String,
    pub description: Option<String>,
    /// In Paris.
    pub debut: PrimitiveDateTime,
    /// Included.
    pub dernier_jour: Option<Date>,
    pub engagement_obligatoire: bool,
}

impl SaisieService {
    pub fn de(service: &ServiceVu) -> Self {
        Self {
            libelle: service.libelle.clone(),
            description: service.description.clone().unwrap_or_default(),
            date_debut: service.debut.clone(),
            date_fin: service.dernier_jour.clone().unwrap_or_default(),
            engagement_obligatoire: if service.engagement_obligatoire {
                "oui".to_owned()
            } else {
                String::new()
            },
            ..Self::default()
        }
    }

    /// # Errors
    /// At the fields.
    pub fn lire_le_code(&self, erreurs: &mut Erreurs) -> String {
        erreurs.ligne(
            "code",
            &self.code,
            CODE_MAX,
            "Saisissez le code du service.",
        )
    }

    /// Everything but the code; messages are added to those already found.
    pub fn lire(&self, erreurs: &mut Erreurs) -> Option<Voulu> {
        let libelle = erreurs.ligne(
            "libelle",
            &self.libelle,
            LIBELLE_MAX,
            "Saisissez le libellé du service.",
        );
        let description = erreurs.lire(
            "description",
            texte::paragraphe(&self.description, DESCRIPTION_MAX),
        );
        let debut = texte::jour_heure(&self.date_debut)
            .map_err(|phrase| erreurs.ajouter("date_debut", &phrase))
            .ok();
        let dernier_jour = if self.date_fin.trim().is_empty() {
            None
        } else {
            texte::jour(&self.date_fin)
                .map_err(|phrase| erreurs.ajouter("date_fin", &phrase))
                .ok()
        };
        if let (Some(debut), Some(fin)) = (debut, dernier_jour)
            && fin < debut.date()
        {
            erreurs.ajouter(
                "date_fin",
                "La date de fin est avant la date de début d’activation.",
            );
        }
        Some(Voulu {
            libelle,
            description: Some(description).filter(|d| !d.is_empty()),
            debut: debut?,
            dernier_jour,
            engagement_obligatoire: self.engagement_obligatoire == "oui",
        })
    }
}
