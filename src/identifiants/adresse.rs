//! E-mail addresses in the one spelling under which an account may exist (security IN4).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A canonical address: trimmed, ASCII only, lower case, one `@`, a domain with a dot.
///
/// Lower case in the local part too: RFC 5321 lets a server tell `Mike` from `mike`, none does, and two accounts for one
/// person would be worse. Anything outside ASCII is refused rather than converted, so that `mıke@…` (dotless i) or a
/// full-width `＠` can never come to mean somebody else. Quoted local parts and IP domains are refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AdresseElectronique(String);

const FORME: &str = "Saisissez une adresse électronique au format nom@domaine.fr.";

impl AdresseElectronique {
    /// RFC 5321 limit of a path, in characters.
    pub const LONGUEUR_MAX: usize = 254;

    /// Reads what was typed; the error is the sentence for the field.
    pub fn lire(saisie: &str) -> Result<Self, &'static str> {
        // Only spaces are trimmed: a line end, even last, has no honest reason to be in an address.
        let adresse = saisie.trim_matches([' ', '\u{a0}', '\u{202f}']);
        if adresse.len() > Self::LONGUEUR_MAX || !adresse.is_ascii() {
            return Err(FORME);
        }
        let (nom, domaine) = adresse.split_once('@').ok_or(FORME)?;
        if nom_valable(nom) && domaine_valable(domaine) {
            Ok(Self(adresse.to_ascii_lowercase()))
        } else {
            Err(FORME)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the `@` (a référent's perimeter knows mail domains).
    pub fn domaine(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domaine)| domaine)
    }
}

fn nom_valable(nom: &str) -> bool {
    nom.len() <= 64
        && nom.split('.').all(|atome| {
            !atome.is_empty()
                && atome
                    .bytes()
                    .all(|o| o.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&o))
        })
}

fn domaine_valable(domaine: &str) -> bool {
    let etiquette = |e: &str| {
        (1..=63).contains(&e.len())
            && e.bytes().all(|o| o.is_ascii_alphanumeric() || o == b'-')
            && !e.starts_with('-')
            && !e.ends_with('-')
    };
    // The last label holds a letter, otherwise this is an IP address.
    let Some((_, extension)) = domaine.rsplit_once('.') else {
        return false;
    };
    domaine.split('.').all(etiquette)
        && extension.len() >= 2
        && !extension.bytes().all(|o| o.is_ascii_digit())
}

impl FromStr for AdresseElectronique {
    type Err = &'static str;

    fn from_str(saisie: &str) -> Result<Self, Self::Err> {
        Self::lire(saisie)
    }
}

impl TryFrom<String> for AdresseElectronique {
    type Error = &'static str;

    fn try_from(saisie: String) -> Result<Self, Self::Error> {
        Self::lire(&saisie)
    }
}

impl From<AdresseElectronique> for String {
    fn from(adresse: AdresseElectronique) -> Self {
        adresse.0
    }
}

impl fmt::Display for AdresseElectronique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
