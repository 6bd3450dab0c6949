//! The events of which a person may refuse the mails (R-COMPTE-DONNEES). A template without a category is obligatory.

/// An optional event. Refusals are kept per person, structure and category, and honoured by the deposit alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Categorie {
    /// Somebody asks for a rattachement, or for espaces.
    NouvelleDemande,
    /// A request waits for a decision.
    Relance,
    /// The author withdrew his request.
    DemandeRetiree,
    /// A user left, suspended his account, or came back.
    Mouvement,
}

impl Categorie {
    /// Every category, in the order of the screen.
    pub const TOUTES: [Self; 4] = [
        Self::NouvelleDemande,
        Self::Relance,
        Self::DemandeRetiree,
        Self::Mouvement,
    ];

    /// As stored in `courriers_refuses`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NouvelleDemande => "nouvelle_demande",
            Self::Relance => "relance",
            Self::DemandeRetiree => "demande_retiree",
            Self::Mouvement => "mouvement",
        }
    }

    /// As the screen of the preferences says it.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::NouvelleDemande => "Nouvelle demande",
            Self::Relance => "Rappel d’une demande",
            Self::DemandeRetiree => "Demande retirée",
            Self::Mouvement => "Départ ou retour",
        }
    }

    /// The same in a sentence.
    pub fn explication(self) -> &'static str {
        match self {
            Self::NouvelleDemande => {
                "Une personne demande à être rattachée à la structure, ou à y ouvrir des espaces."
            }
            Self::Relance => "Une demande attend toujours une décision.",
            Self::DemandeRetiree => {
                "L’auteur d’une demande la retire\u{202F}: il n’y a plus rien à décider."
            }
            Self::Mouvement => {
                "Un utilisateur quitte la structure, désactive son compte, revient, ou son rattachement se termine bientôt."
            }
        }
    }

    /// Work waits for somebody: when every recipient refused the mail, the gestionnaire principal receives it all the
    /// same, and everybody where he is none of them (failure-modes R15).
    pub fn jamais_muette(self) -> bool {
        matches!(self, Self::NouvelleDemande | Self::Relance)
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|c| c.code() == code)
    }
}
