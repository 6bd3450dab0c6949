use std::collections::BTreeMap;

use crate::db::LigneAbonnementId;

/// What an espace lets do; Modification implies Consultation (spec §13). The order of the words is that of the rights,
/// so that SQL compares them as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Droit {
    Consultation,
    Modification,
}

impl Droit {
    pub fn code(self) -> &'static str {
        match self {
            Self::Consultation => "consultation",
            Self::Modification => "modification",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Consultation => "Consultation",
            Self::Modification => "Modification",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        match code {
            "consultation" => Some(Self::Consultation),
            "modification" => Some(Self::Modification),
            _ => None,
        }
    }
}

/// Whom a validation serves (seed 001 §5, spec §13 « Reaches »).
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Etendue {
    /// « Rattacher les espaces sélectionnés seulement à l'utilisateur ».
    Utilisateur,
    /// « … au niveau de tous les services concernés »: everybody of these services, present and to come.
    Services,
    /// « … au niveau de la structure ».
    Structure,
}

impl Etendue {
    pub fn code(self) -> &'static str {
        match self {
            Self::Utilisateur => "utilisateur",
            Self::Services => "services",
            Self::Structure => "structure",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Utilisateur => "Rattacher les espaces sélectionnés seulement à l’utilisateur",
            Self::Services => {
                "Rattacher les espaces sélectionnés au niveau de tous les services concernés"
            }
            Self::Structure => "Rattacher les espaces sélectionnés au niveau de la structure",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        match code {
            "utilisateur" => Some(Self::Utilisateur),
            "services" => Some(Self::Services),
            "structure" => Some(Self::Structure),
            _ => None,
        }
    }
}

/// What a gestionnaire grants of a request, as read from its screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Octroi {
    /// A line that is not there is not granted.
    pub droits: BTreeMap<LigneAbonnementId, Droit>,
    pub etendue: Etendue,
    /// At most 255 characters.
    pub commentaire: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_modification_vaut_plus_que_la_consultation_en_rust_comme_en_sql() {
        assert!(Droit::Modification > Droit::Consultation);
        assert!(Droit::Modification.code() > Droit::Consultation.code());
        for droit in [Droit::Consultation, Droit::Modification] {
            assert_eq!(Droit::lire(droit.code()), Some(droit));
        }
        for etendue in [Etendue::Utilisateur, Etendue::Services, Etendue::Structure] {
            assert_eq!(Etendue::lire(etendue.code()), Some(etendue));
        }
        assert_eq!(Droit::lire(""), None);
    }
}
