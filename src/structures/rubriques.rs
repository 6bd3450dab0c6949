//! The screens of one structure, as the line of links above each of them (spec §6). A link is shown to whoever may follow it.

use crate::acces::{Action, Droits, Exigence, Membre};

/// A screen of a structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rubrique {
    Fiche,
    Services,
    Utilisateurs,
    Espaces,
    Techniques,
    Coordonnees,
    Mandats,
    Identifiant,
}

impl Rubrique {
    /// In the order of the links.
    pub const TOUTES: &'static [Self] = &[
        Self::Fiche,
        Self::Services,
        Self::Utilisateurs,
        Self::Espaces,
        Self::Techniques,
        Self::Coordonnees,
        Self::Mandats,
        Self::Identifiant,
    ];

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Fiche => "Fiche",
            Self::Services => "Services",
            Self::Utilisateurs => "Utilisateurs",
            Self::Espaces => "Espaces",
            Self::Techniques => "Utilisateurs techniques",
            Self::Coordonnees => "Coordonnées bancaires",
            Self::Mandats => "Mandat de facturation",
            Self::Identifiant => "Identifiant",
        }
    }

    /// Below `/structures/{structure}`.
    fn chemin(self) -> &'static str {
        match self {
            Self::Fiche => "",
            Self::Services => "/services",
            Self::Utilisateurs => "/utilisateurs",
            Self::Espaces => "/espaces",
            Self::Techniques => "/techniques",
            Self::Coordonnees => "/coordonnees-bancaires",
            Self::Mandats => "/mandats",
            Self::Identifiant => "/identifiant",
        }
    }

    fn exige(self) -> Exigence {
        match self {
            Self::Fiche | Self::Services => Exigence::Rattachement,
            Self::Utilisateurs => Exigence::UneCapacite,
            Self::Espaces => Action::ModifierStructure.exige(),
            Self::Techniques => Action::GererTechnique.exige(),
            Self::Coordonnees => Action::GererBanque.exige(),
            Self::Mandats => Action::GererMandat.exige(),
            Self::Identifiant => Exigence::UneCapacite,
        }
    }

    /// What belongs to the whole structure is not shown to whoever manages some of its services.
    fn visible(self, droits: &Droits) -> bool {
        let entiere = matches!(self, Self::Coordonnees | Self::Mandats);
        droits.satisfait(self.exige()) && (droits.maille_structure || !entiere)
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
        .filter(|r| r.visible(membre.droits()))
        .map(|r| LienRubrique {
            href: format!("/structures/{structure}{}", r.chemin()),
            libelle: r.libelle(),
            ici: *r == ici,
        })
        .collect()
}
