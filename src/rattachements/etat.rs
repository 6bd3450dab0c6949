/// « Statut du rattachement », as its reader sees it: the dates count (spec §2). The codes are those of `portees_membres`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Statut {
    Valide,
    AVenir,
    Echu,
    Desactive,
    /// The account is not active yet: attached with the activation (R-GEST-CREER).
    EnCoursActivation,
    /// A request waits.
    EnCoursValidation,
}

impl Statut {
    pub const TOUS: [Self; 6] = [
        Self::Valide,
        Self::AVenir,
        Self::Echu,
        Self::Desactive,
        Self::EnCoursActivation,
        Self::EnCoursValidation,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Valide => "valide",
            Self::AVenir => "a_venir",
            Self::Echu => "echu",
            Self::Desactive => "desactive",
            Self::EnCoursActivation => "en_cours_activation",
            Self::EnCoursValidation => "en_cours_validation",
        }
    }

    /// What is not known gives no right: it reads « Désactivé ».
    pub fn lire(code: &str) -> Self {
        Self::connu(code).unwrap_or(Self::Desactive)
    }

    pub fn connu(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|s| s.code() == code)
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Valide => "Validé",
            Self::AVenir => "Validé, à venir",
            Self::Echu => "Terminé",
            Self::Desactive => "Désactivé",
            Self::EnCoursActivation => "En cours d’activation",
            Self::EnCoursValidation => "En cours de validation",
        }
    }

    /// Genre of its badge.
    pub fn genre(self) -> &'static str {
        match self {
            Self::Valide => "succes",
            Self::AVenir | Self::EnCoursActivation | Self::EnCoursValidation => "attente",
            Self::Echu | Self::Desactive => "neutre",
        }
    }
}
