use std::fmt;

use serde::Serialize;

/// What a rattachement may allow (spec §1). The database spells them the same way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacite {
    ValiderRattachements,
    RattacherUtilisateurs,
    ValiderAbonnements,
    GererStructure,
    NommerGestionnairesSecondaires,
}

impl Capacite {
    pub const TOUTES: [Self; 5] = [
        Self::ValiderRattachements,
        Self::RattacherUtilisateurs,
        Self::ValiderAbonnements,
        Self::GererStructure,
        Self::NommerGestionnairesSecondaires,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::ValiderRattachements => "valider_rattachements",
            Self::RattacherUtilisateurs => "rattacher_utilisateurs",
            Self::ValiderAbonnements => "valider_abonnements",
            Self::GererStructure => "gerer_structure",
            Self::NommerGestionnairesSecondaires => "nommer_gestionnaires_secondaires",
        }
    }

    /// Ends the sentence « Il vous manque le droit de … ».
    pub fn libelle(self) -> &'static str {
        match self {
            Self::ValiderRattachements => "valider les demandes de rattachement",
            Self::RattacherUtilisateurs => "rattacher des utilisateurs",
            Self::ValiderAbonnements => "valider les demandes d’abonnement",
            Self::GererStructure => "gérer la structure",
            Self::NommerGestionnairesSecondaires => "nommer des gestionnaires secondaires",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|c| c.code() == code)
    }
}

/// A preset of capabilities (spec §1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Role {
    Gp,
    Gs,
    Us,
}

impl Role {
    /// As the screens write it (seeds 001 §7, 003).
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Gp => "Gestionnaire principal",
            Self::Gs => "Gestionnaire secondaire",
            Self::Us => "Utilisateur simple",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Gp => "gp",
            Self::Gs => "gs",
            Self::Us => "us",
        }
    }

    /// A role that may be asked for or granted; « gp » changes by transfer only.
    pub fn accordable(code: &str) -> Option<Self> {
        match code {
            "gs" => Some(Self::Gs),
            "us" => Some(Self::Us),
            _ => None,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.libelle())
    }
}

/// Everything a gestionnaire may do. Proofs, buttons and explanations ask this table (decisions 10).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    DeciderDemande,
    DeciderAbonnement,
    RattacherUtilisateur,
    NommerGestionnaireSecondaire,
    ModifierStructure,
    ConsulterHistorique,
    TransfererRole,
    GererBanque,
    GererMandat,
    GererTechnique,
    ModifierIdentifiant,
}

impl Action {
    pub const TOUTES: [Self; 11] = [
        Self::DeciderDemande,
        Self::DeciderAbonnement,
        Self::RattacherUtilisateur,
        Self::NommerGestionnaireSecondaire,
        Self::ModifierStructure,
        Self::ConsulterHistorique,
        Self::TransfererRole,
        Self::GererBanque,
        Self::GererMandat,
        Self::GererTechnique,
        Self::ModifierIdentifiant,
    ];

    /// The table: what each action requires.
    pub fn exige(self) -> Exigence {
        match self {
            Self::DeciderDemande => Exigence::Capacite(Capacite::ValiderRattachements),
            Self::DeciderAbonnement => Exigence::Capacite(Capacite::ValiderAbonnements),
            Self::RattacherUtilisateur => Exigence::Capacite(Capacite::RattacherUtilisateurs),
            Self::NommerGestionnaireSecondaire => {
                Exigence::Capacite(Capacite::NommerGestionnairesSecondaires)
            }
            Self::ModifierStructure | Self::GererBanque | Self::GererMandat => {
                Exigence::Capacite(Capacite::GererStructure)
            }
            Self::ConsulterHistorique => Exigence::UneCapacite,
            Self::TransfererRole | Self::GererTechnique | Self::ModifierIdentifiant => {
                Exigence::GestionnairePrincipal
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exigence {
    /// A rattachement in force, whatever its role.
    Rattachement,
    Capacite(Capacite),
    UneCapacite,
    GestionnairePrincipal,
}

/// What one person holds on one structure, now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Droits {
    pub role: Role,
    pub capacites: Vec<Capacite>,
    pub maille_structure: bool,
}

impl Droits {
    /// From the columns of `rattachements_effectifs`.
    pub fn lire(role: Role, capacites: &[String], maille_structure: bool) -> Self {
        Self {
            role,
            capacites: capacites.iter().filter_map(|c| Capacite::lire(c)).collect(),
            maille_structure,
        }
    }

    pub fn a(&self, capacite: Capacite) -> bool {
        self.capacites.contains(&capacite)
    }

    pub fn peut(&self, action: Action) -> bool {
        self.satisfait(action.exige())
    }

    pub fn satisfait(&self, exigence: Exigence) -> bool {
        match exigence {
            Exigence::Rattachement => true,
            Exigence::Capacite(c) => self.a(c),
            Exigence::UneCapacite => !self.capacites.is_empty(),
            Exigence::GestionnairePrincipal => self.role == Role::Gp,
        }
    }
}
