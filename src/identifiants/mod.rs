//! How organisations and people are named from outside: identifiers of structures, e-mail addresses, post codes.
//!
//! Pure types, no SQL and no web: whoever holds one of them holds a checked, canonical value, so that two
//! spellings of one thing can never make two rows. Every refusal is the French sentence shown at the field.

mod adresse;
mod caracteres;
mod code_postal;
mod siret;
mod telephone;
mod tva;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

pub use adresse::AdresseElectronique;
pub use caracteres::{est_interdit, sur_une_ligne};
pub use code_postal::CodePostal;
pub use siret::Siret;
pub use telephone::telephone;

/// The kinds of identifier a structure may have (spec §6 R-STR-CREER).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TypeIdentifiant {
    /// French establishment.
    Siret,
    /// Company of the European Union outside France, named by its VAT number.
    UeHorsFrance,
    /// Company outside the European Union.
    HorsUe,
    /// New Caledonia.
    Ridet,
    /// French Polynesia.
    Tahiti,
    /// Registration under way.
    Autre,
    /// A person acting for himself.
    Particulier,
}

impl TypeIdentifiant {
    /// All of them, in the order of drop-down lists.
    pub const TOUS: [Self; 7] = [
        Self::Siret,
        Self::UeHorsFrance,
        Self::HorsUe,
        Self::Ridet,
        Self::Tahiti,
        Self::Autre,
        Self::Particulier,
    ];

    /// The spelling of the database, of CSV files and of forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Siret => "SIRET",
            Self::UeHorsFrance => "UE_HORS_FRANCE",
            Self::HorsUe => "HORS_UE",
            Self::Ridet => "RIDET",
            Self::Tahiti => "TAHITI",
            Self::Autre => "AUTRE",
            Self::Particulier => "PARTICULIER",
        }
    }

    /// The words shown on screens.
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Siret => "SIRET",
            Self::UeHorsFrance => "UE hors France",
            Self::HorsUe => "Hors UE",
            Self::Ridet => "RIDET",
            Self::Tahiti => "Tahiti",
            Self::Autre => "Autre (en cours d'immatriculation)",
            Self::Particulier => "Particulier",
        }
    }
}

impl FromStr for TypeIdentifiant {
    type Err = &'static str;

    /// Reads [`TypeIdentifiant::code`], case and outer spaces ignored.
    fn from_str(saisie: &str) -> Result<Self, Self::Err> {
        let saisie = saisie.trim();
        Self::TOUS
            .into_iter()
            .find(|t| t.code().eq_ignore_ascii_case(saisie))
            .ok_or("Choisissez un type d'identifiant de la liste.")
    }
}

impl fmt::Display for TypeIdentifiant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.libelle())
    }
}

/// The identifier of a structure in its canonical form: what is stored, compared and searched.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Identifiant {
    #[serde(rename = "type")]
    type_identifiant: TypeIdentifiant,
    valeur: String,
}

impl Identifiant {
    /// Longest identifier of any type, in characters (our choice for AUTRE and PARTICULIER, see [`Self::lire`]).
    pub const LONGUEUR_MAX: usize = 80;

    /// Reads what was typed, or says in French what is wrong with it.
    ///
    /// - `SIRET`: see [`Siret::lire`].
    /// - `UE_HORS_FRANCE`: VAT number with the shape of its country; spaces, dots and hyphens ignored. The keys are
    ///   not verified (our choice: 26 algorithms, and a well-formed number may still not exist).
    /// - `HORS_UE`: country code and the first 16 characters of the raison sociale, 18 at most (habit of Chorus
    ///   Pro). Letters without accent, digits, space and `& . - '` only (our choice: one company, one spelling).
    /// - `RIDET`: 9 or 10 digits. `TAHITI`: 9 letters or digits.
    /// - `AUTRE`, `PARTICULIER`: free, 80 characters at most; kept in NFC capitals with single spaces (our choice).
    pub fn lire(type_identifiant: TypeIdentifiant, saisie: &str) -> Result<Self, &'static str> {
        let valeur = match type_identifiant {
            TypeIdentifiant::Siret => Siret::lire(saisie)?.as_str().to_owned(),
            TypeIdentifiant::UeHorsFrance => tva::lire(saisie)?,
            TypeIdentifiant::HorsUe => hors_ue(saisie)?,
            TypeIdentifiant::Ridet => compact(saisie, &['.', '-'])
                .filter(|v| matches!(v.len(), 9 | 10) && v.bytes().all(|o| o.is_ascii_digit()))
                .ok_or("Saisissez un RIDET de 9 ou 10 chiffres.")?,
            TypeIdentifiant::Tahiti => compact(saisie, &['.', '-'])
                .filter(|v| v.len() == 9 && v.bytes().all(|o| o.is_ascii_alphanumeric()))
                .ok_or("Saisissez un numéro Tahiti de 9 lettres ou chiffres.")?,
            TypeIdentifiant::Autre | TypeIdentifiant::Particulier => libre(saisie)?,
        };
        Ok(Self {
            type_identifiant,
            valeur,
        })
    }

    /// An identifier read back from the database, where only checked ones are written.
    pub fn relu(type_identifiant: TypeIdentifiant, valeur: String) -> Self {
        Self {
            type_identifiant,
            valeur,
        }
    }

    pub fn type_identifiant(&self) -> TypeIdentifiant {
        self.type_identifiant
    }

    /// The canonical value, as stored.
    pub fn valeur(&self) -> &str {
        &self.valeur
    }

    /// The SIRET, when this identifier is one.
    pub fn siret(&self) -> Option<Siret> {
        match self.type_identifiant {
            TypeIdentifiant::Siret => Siret::lire(&self.valeur).ok(),
            _ => None,
        }
    }

    /// The value for the eye: a SIRET in groups, the others as stored.
    pub fn affiche(&self) -> String {
        self.siret()
            .map_or_else(|| self.valeur.clone(), |siret| siret.affiche())
    }
}

impl fmt::Display for Identifiant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.affiche())
    }
}

/// Removes spaces of all kinds and the given separators, in capitals; `None` when anything but ASCII remains.
fn compact(saisie: &str, separateurs: &[char]) -> Option<String> {
    let valeur: String = saisie
        .chars()
        .filter(|c| !c.is_whitespace() && !separateurs.contains(c))
        .take(Identifiant::LONGUEUR_MAX + 1)
        .collect();
    valeur.is_ascii().then(|| valeur.to_ascii_uppercase())
}

fn hors_ue(saisie: &str) -> Result<String, &'static str> {
    const FORME: &str = "Saisissez le code du pays en 2 lettres suivi des 16 premiers caractères de la raison sociale, sans accent.";
    let valeur = sur_une_ligne(saisie).ok_or(FORME)?.to_ascii_uppercase();
    let permis = |o: u8| o.is_ascii_alphanumeric() || b" &.-'".contains(&o);
    let octets = valeur.as_bytes();
    let pays = octets
        .get(..2)
        .is_some_and(|p| p.iter().all(u8::is_ascii_uppercase));
    if !pays || !(3..=18).contains(&octets.len()) || !octets.iter().copied().all(permis) {
        return Err(FORME);
    }
    if valeur.starts_with("FR") {
        return Err("Pour une structure française, choisissez le type SIRET.");
    }
    Ok(valeur)
}

fn libre(saisie: &str) -> Result<String, &'static str> {
    let valeur = sur_une_ligne(saisie)
        .ok_or("Retirez les caractères invisibles ou de mise en forme de cet identifiant.")?;
    // Capitals may decompose what NFC had composed, hence the second pass.
    let valeur: String = valeur.to_uppercase().nfc().collect();
    match valeur.chars().count() {
        0 => Err("Saisissez l'identifiant de la structure."),
        1..=Identifiant::LONGUEUR_MAX => Ok(valeur),
        _ => Err("Cet identifiant est trop long\u{202f}: 80 caractères au plus."),
    }
}
