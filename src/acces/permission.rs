use std::fmt;

use serde::{Serialize, Serializer};

/// The permission of a route, as printed by `vantail routes --json`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Permission {
    Visiteur,
    Identifie,
    Connecte,
    /// Signed in, and not looked at through a support session.
    EnPersonne,
    Membre,
    Gestion(&'static str),
    Portee(&'static str),
    GestionPrincipale,
    /// Has this espace in force, somewhere.
    Espace(&'static str),
    Support,
    Referent,
    Administration,
    /// An agent inside a support session.
    Regard,
    /// An information system, by the secret of its technical account.
    Technique,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Visiteur => f.write_str("visiteur"),
            Self::Identifie => f.write_str("identifie"),
            Self::Connecte => f.write_str("connecte"),
            Self::EnPersonne => f.write_str("en_personne"),
            Self::Membre => f.write_str("membre"),
            Self::Gestion(c) => write!(f, "gestion:{c}"),
            Self::Portee(c) => write!(f, "portee:{c}"),
            Self::GestionPrincipale => f.write_str("gestion_principale"),
            Self::Espace(e) => write!(f, "espace:{e}"),
            Self::Support => f.write_str("support"),
            Self::Referent => f.write_str("referent"),
            Self::Administration => f.write_str("administration"),
            Self::Regard => f.write_str("regard"),
            Self::Technique => f.write_str("technique"),
        }
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
