//! Post codes as people type them, for searches and perimeters.

use std::fmt;

/// A post code without spaces, dots nor hyphens, in capitals. Foreign ones are welcome, and so is the beginning of
/// one: a search for `69` means the whole Rhône.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodePostal(String);

impl CodePostal {
    /// Longest post code kept, in characters (the longest in use have 10).
    pub const LONGUEUR_MAX: usize = 10;

    /// Normalises what was typed: `69 001`, `F-69001` and `69001` are one code. The error is the sentence for the field.
    pub fn lire(saisie: &str) -> Result<Self, &'static str> {
        let code: String = saisie
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.'))
            .take(Self::LONGUEUR_MAX + 2)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        // The international prefix of France, still seen on letterheads.
        let code = match code.strip_prefix("FR").or_else(|| code.strip_prefix('F')) {
            Some(chiffres)
                if chiffres.len() == 5 && chiffres.bytes().all(|o| o.is_ascii_digit()) =>
            {
                chiffres.to_owned()
            }
            _ => code,
        };
        if (1..=Self::LONGUEUR_MAX).contains(&code.len())
            && code.bytes().all(|o| o.is_ascii_alphanumeric())
        {
            Ok(Self(code))
        } else {
            Err("Saisissez un code postal, par exemple 69001.")
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The département (or overseas territory) of a complete French code: `69`, `2A`, `974`. About twenty communes are served by
    /// the post office of a neighbouring département: good enough to route a request, not to grant a right.
    pub fn departement(&self) -> Option<&str> {
        if self.0.len() != 5 || !self.0.bytes().all(|o| o.is_ascii_digit()) {
            return None;
        }
        match &self.0[..3] {
            "200" | "201" => Some("2A"),
            "202" | "206" => Some("2B"),
            trois if trois.starts_with("97") || trois.starts_with("98") => Some(&self.0[..3]),
            "000" => None,
            _ => Some(&self.0[..2]),
        }
    }
}

impl fmt::Display for CodePostal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
