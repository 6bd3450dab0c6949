use super::MES_RATTACHEMENTS;

/// Why a successor is chosen.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) enum But {
    /// The author leaves some rattachements.
    #[default]
    Depart,
    /// The author deactivates his account: every structure of his, and his password.
    Desactivation,
}

impl But {
    pub const CLE: &str = "but";

    /// What the search carried along.
    pub fn de(portees: &[(String, String)]) -> Self {
        let desactivation = |(c, v): &(String, String)| c == Self::CLE && v == "desactivation";
        if portees.iter().any(desactivation) {
            Self::Desactivation
        } else {
            Self::Depart
        }
    }

    /// Address of the form.
    pub fn chemin(self) -> &'static str {
        match self {
            Self::Depart => "/mon-compte/rattachements/succession",
            Self::Desactivation => "/mon-compte/desactivation/succession",
        }
    }

    /// Where « Annuler » goes back to.
    pub fn abandon(self) -> &'static str {
        match self {
            Self::Depart => MES_RATTACHEMENTS,
            Self::Desactivation => "/mon-compte",
        }
    }
}
