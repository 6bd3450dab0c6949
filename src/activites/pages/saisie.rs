use serde::Deserialize;

use crate::acces::Role;
use crate::db::ServiceId;
use crate::rattachements::Octroi;
use crate::web::{Erreurs, Saisie, texte};

/// Characters of a commentaire or of a motif at most (seed 001 §2, §3).
pub const LONGUEUR: usize = 255;

/// What the request screen and the direct rattachement send.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieOctroi {
    pub retour: String,
    /// What comes next: "" back to the list, « suivante », « autre ».
    pub suite: String,
    pub role: String,
    pub date_debut: String,
    pub date_fin: String,
    pub commentaire: String,
    /// « Rattacher à la structure ».
    pub structure: String,
    pub services: Vec<String>,
}

impl SaisieOctroi {
    pub fn structure_cochee(&self) -> bool {
        !self.structure.is_empty()
    }
}

impl Saisie for SaisieOctroi {
    type Lu = Octroi;

    fn lire(&self) -> Result<Octroi, Erreurs> {
        let mut erreurs = Erreurs::default();
        let role = Role::accordable(&self.role).unwrap_or_else(|| {
            erreurs.ajouter(
                "role",
                "Choisissez un rôle : gestionnaire secondaire ou utilisateur simple.",
            );
            Role::Us
        });
        let debut = if self.date_debut.trim().is_empty() {
            erreurs.ajouter("date_debut", "Saisissez la date de début.");
            None
        } else {
            erreurs.lire("date_debut", texte::jour(&self.date_debut).map(Some))
        };
        let fin = if self.date_fin.trim().is_empty() {
            None
        } else {
            erreurs.lire("date_fin", texte::jour(&self.date_fin).map(Some))
        };
        let commentaire = erreurs.paragraphe(
            "commentaire",
            &self.commentaire,
            LONGUEUR,
            "Saisissez un commentaire.",
        );
        let mut services: Vec<ServiceId> = Vec::with_capacity(self.services.len());
        for id in &self.services {
            match id.parse() {
                Ok(service) if !services.contains(&service) => services.push(service),
                Ok(_) => {}
                Err(_) => erreurs.ajouter(
                    "services",
                    "Un des services cochés n’existe pas. Rechargez la page.",
                ),
            }
        }
        erreurs.verdict()?;
        Ok(Octroi {
            role,
            debut,
            fin,
            commentaire,
            maille_structure: self.structure_cochee(),
            services,
        })
    }
}

/// A day as a date field wants it.
pub fn jour_iso(jour: time::Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        jour.year(),
        u8::from(jour.month()),
        jour.day()
    )
}
