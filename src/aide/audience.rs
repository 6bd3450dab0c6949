use serde::{Deserialize, Serialize};

use crate::acces::Personne;

/// Who an article or an actualité is for. Each includes the ones before it.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Audience {
    /// Anybody, signed in or not.
    Visiteur,
    Connecte,
    /// At least one capability somewhere.
    Gestionnaire,
    /// The staff: support, référents, administrateurs.
    Support,
}

impl Audience {
    pub const TOUTES: [Self; 4] = [
        Self::Visiteur,
        Self::Connecte,
        Self::Gestionnaire,
        Self::Support,
    ];

    /// As the database spells it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Visiteur => "visiteur",
            Self::Connecte => "connecte",
            Self::Gestionnaire => "gestionnaire",
            Self::Support => "support",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Visiteur => "Tout le monde",
            Self::Connecte => "Les personnes connectées",
            Self::Gestionnaire => "Les gestionnaires",
            Self::Support => "L’équipe du portail",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|a| a.code() == code)
    }

    /// The widest audience that this person belongs to.
    pub fn de(personne: Option<&Personne>) -> Self {
        match personne {
            None => Self::Visiteur,
            Some(p) if p.equipe.is_some() => Self::Support,
            Some(p) if p.gestionnaire => Self::Gestionnaire,
            Some(_) => Self::Connecte,
        }
    }
}
