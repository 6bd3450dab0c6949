/// State of a sollicitation (spec §2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Statut {
    Nouvelle,
    EnCours,
    EnAttenteDuDemandeur,
    Resolue,
    Close,
}

impl Statut {
    pub const TOUS: [Self; 5] = [
        Self::Nouvelle,
        Self::EnCours,
        Self::EnAttenteDuDemandeur,
        Self::Resolue,
        Self::Close,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Nouvelle => "nouvelle",
            Self::EnCours => "en_cours",
            Self::EnAttenteDuDemandeur => "en_attente_du_demandeur",
            Self::Resolue => "resolue",
            Self::Close => "close",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|s| s.code() == code)
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Nouvelle => "Nouvelle",
            Self::EnCours => "En cours",
            Self::EnAttenteDuDemandeur => "En attente du demandeur",
            Self::Resolue => "Résolue",
            Self::Close => "Close",
        }
    }

    /// As its author reads it: what waits for him says so.
    pub fn pour_son_auteur(self) -> &'static str {
        match self {
            Self::EnAttenteDuDemandeur => "En attente de votre réponse",
            autre => autre.libelle(),
        }
    }

    /// Genre of its badge.
    pub fn genre(self) -> &'static str {
        match self {
            Self::Nouvelle | Self::EnAttenteDuDemandeur => "attente",
            Self::EnCours => "info",
            Self::Resolue => "succes",
            Self::Close => "neutre",
        }
    }

    /// Somebody still has something to do.
    pub fn ouverte(self) -> bool {
        !matches!(self, Self::Resolue | Self::Close)
    }
}

/// What a sollicitation is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Categorie {
    /// Seed 000 §3: the gestionnaire principal is unknown, or left without handing over.
    ChangementGestionnaire,
    Autre,
}

impl Categorie {
    pub const TOUTES: [Self; 2] = [Self::ChangementGestionnaire, Self::Autre];

    /// As the database spells it.
    pub fn code(self) -> &'static str {
        match self {
            Self::ChangementGestionnaire => "changement_gestionnaire",
            Self::Autre => "autre",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::ChangementGestionnaire => "Changement de gestionnaire principal",
            Self::Autre => "Autre demande au support",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|c| c.code() == code)
    }
}
