//! The screens of one structure, as the line of links above each of them (spec §6). A link is shown to whoever may follow it.

use crate::acces::{Action, Exigence, Membre};

/// A screen of a structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rubrique {
    Fiche,
    Services,
    Utilisateurs,
    Espaces,
}

impl Rubrique {
    /// In the order of the links.
    pub const TOUTES: &'static [Self] = &[
        Self::Fiche,
        Self::Services,
        Self::Utilisateurs,
        Self::Espaces,
    ];

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Fiche => "Fiche",
            Self::Services => "Services",
            Self::Utilisateurs => "Utilisateurs",
            Self::Espaces => "Espaces",
        }
    }

    /// Below `/structures/{structure}`.
    fn chemin(self) -> &'static str {
        match self {
            Self::Fiche => "",
            Self::Services => "/services",
            Self::Utilisateurs => "/utilisateurs",
            Self::Espaces => "/espaces",
        }
    }

    fn exige(self) -> Exigence {
        match self {
            Self::Fiche | Self::Services => Exigence::Rattachement,
            Self::Utilisateurs => Exigence::UneCapacite,
            Self::Espaces => Action::ModifierStructure.exige(),
        }
    }
}

/// A link to a screen of the structure.
pub struct LienRubrique {
    pub href: String,
    pub libelle: &'static str,
    /// The screen that shows it.
    pub ici: bool,
}

/// The links of this member, `ici` marked.
pub fn rubriques(membre: &Membre, ici: Rubrique) -> Vec<LienRubrique> {
    let structure = membre.structure().id;
    Rubrique::TOUTES
        .iter()
        .filter(|r| membre.droits().satisfait(r.exige()))
        .map(|r| LienRubrique {
            href: format!("/structures/{structure}{}", r.chemin()),
            libelle: r.libelle(),
            ici: *r == ici,
        })
        .collect()
}
