//! A CSV of people to attach (R-GEST-IMPORT): deposited, planned, shown, then applied exactly as shown.
//!
//! ```text
//! deposer ──▶ fichiers_deposes (lines + plan) ──▶ page: one result per line
//!                    │ appliquer: the same plan again, under the locks
//!                    ├─ as shown ──▶ every line, by the acts of the screens, in one transaction
//!                    └─ otherwise ─▶ the new plan, its differences marked; nothing done
//! ```
//!
//! Each line is what the screens would do: an account is attached by `direct`, an unknown address gets an account and what it is
//! promised by `promesses`; what they refuse is refused here with their words. The same file twice changes nothing.

pub mod coffre;
mod contexte;
mod depot;
mod plan;
mod resultat;

use serde::{Deserialize, Serialize};

pub use depot::{Application, Depose, appliquer, deposer, lire, purger, revoir};
pub use resultat::resultat_csv;

/// Lines of a file at most, the header apart (spec §8: bulk).
pub const LIGNES_MAX: usize = 500;
/// Bytes of a file at most.
pub const OCTETS_MAX: usize = 256 * 1024;

/// What becomes of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issue {
    Rattachement,
    Creation,
    Modification,
    Inchangee,
    Rejetee,
}

impl Issue {
    pub const TOUTES: [Self; 5] = [
        Self::Rattachement,
        Self::Creation,
        Self::Modification,
        Self::Inchangee,
        Self::Rejetee,
    ];

    /// Before the application, and once it is done.
    pub fn libelle(self, fait: bool) -> &'static str {
        match (self, fait) {
            (Self::Rattachement, false) => "Sera rattaché",
            (Self::Rattachement, true) => "Rattaché",
            (Self::Creation, false) => "Compte à créer",
            (Self::Creation, true) => "Compte créé",
            (Self::Modification, false) => "Sera modifié",
            (Self::Modification, true) => "Modifié",
            (Self::Inchangee, _) => "Déjà rattaché",
            (Self::Rejetee, _) => "Rejeté",
        }
    }

    pub fn genre(self) -> &'static str {
        match self {
            Self::Rattachement | Self::Creation => "succes",
            Self::Modification => "attente",
            Self::Inchangee => "neutre",
            Self::Rejetee => "erreur",
        }
    }

    /// In one and in many, for the summary.
    pub fn mots(self) -> (&'static str, &'static str) {
        match self {
            Self::Rattachement => ("rattachement", "rattachements"),
            Self::Creation => ("compte à créer", "comptes à créer"),
            Self::Modification => ("modification", "modifications"),
            Self::Inchangee => ("ligne inchangée", "lignes inchangées"),
            Self::Rejetee => ("ligne rejetée", "lignes rejetées"),
        }
    }

    pub fn agit(self) -> bool {
        !matches!(self, Self::Inchangee | Self::Rejetee)
    }
}

/// One result per line of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LignePlan {
    /// Physical line; the header is line 1.
    pub numero: u64,
    /// First and last name: of the account where there is one, else of the file.
    pub nom: String,
    pub adresse: String,
    pub issue: Issue,
    /// The difference, or why not.
    pub details: Vec<String>,
    /// Not as it was shown before.
    #[serde(default)]
    pub autre: bool,
}

/// The exact difference between a file and the structure.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Plan {
    pub lignes: Vec<LignePlan>,
}

impl Plan {
    pub fn compte(&self, issue: Issue) -> usize {
        self.lignes.iter().filter(|l| l.issue == issue).count()
    }

    /// Is there anything to apply?
    pub fn applicable(&self) -> bool {
        self.lignes.iter().any(|l| l.issue.agit())
    }

    /// Lines that are not as shown before.
    pub fn autres(&self) -> Vec<u64> {
        let autres = self.lignes.iter().filter(|l| l.autre);
        autres.map(|l| l.numero).collect()
    }

    /// « Lignes 3, 7 et 12 », once something has changed since the last time.
    pub fn autres_en_mots(&self) -> Option<String> {
        let numeros = self.autres();
        let (dernier, debut) = numeros.split_last()?;
        let debut: Vec<String> = debut.iter().map(u64::to_string).collect();
        Some(if debut.is_empty() {
            format!("Ligne {dernier}")
        } else {
            format!("Lignes {} et {dernier}", debut.join(", "))
        })
    }

    /// Marks what differs from what was shown; true when nothing does.
    pub fn comparer(&mut self, montre: &Self) -> bool {
        let sans_marque = |l: &LignePlan| LignePlan {
            autre: false,
            ..l.clone()
        };
        for (rang, ligne) in self.lignes.iter_mut().enumerate() {
            ligne.autre = montre.lignes.get(rang).map(sans_marque).as_ref() != Some(&*ligne);
        }
        self.lignes.len() == montre.lignes.len() && self.lignes.iter().all(|l| !l.autre)
    }
}
