//! SIRET: 9 digits of SIREN, 5 of NIC, each with its control key.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A SIRET whose keys are right. Says nothing of whether it exists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siret([u8; 14]);

const FORME: &str = "Saisissez un SIRET de 14 chiffres.";
const CLE: &str =
    "Ce SIRET est faux\u{202f}: vérifiez la saisie, sa clé de contrôle ne correspond pas.";

impl Siret {
    /// Reads 14 digits, with spaces (no-break ones too) anywhere; the error is the sentence for the field.
    ///
    /// Keys (spec §6 R-STR-CREER): Luhn on the SIREN and on the whole. La Poste, SIREN 356 000 000, has more
    /// establishments than Luhn leaves room for: the sum of its digits is a multiple of 5, its head office alone
    /// (NIC 00048) follows Luhn.
    pub fn lire(saisie: &str) -> Result<Self, &'static str> {
        let mut chiffres = [0; 14];
        let mut lus = 0;
        for c in saisie.chars().filter(|c| !c.is_whitespace()) {
            let octet = u8::try_from(c)
                .ok()
                .filter(u8::is_ascii_digit)
                .ok_or(FORME)?;
            *chiffres.get_mut(lus).ok_or(FORME)? = octet;
            lus += 1;
        }
        if lus < 14 {
            return Err(FORME);
        }
        let (siren, nic) = chiffres.split_at(9);
        let cle_juste = if siren == b"356000000" && nic != b"00048" {
            chiffres
                .iter()
                .map(|c| u32::from(c - b'0'))
                .sum::<u32>()
                .is_multiple_of(5)
        } else {
            // 000000000 satisfies Luhn and is nobody's SIREN.
            siren != b"000000000" && luhn(siren) && luhn(&chiffres)
        };
        if cle_juste {
            Ok(Self(chiffres))
        } else {
            Err(CLE)
        }
    }

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a SIRET holds ASCII digits only")
    }

    /// The 9 digits of the legal unit.
    pub fn siren(&self) -> &str {
        &self.as_str()[..9]
    }

    /// The legal unit is of public law: its SIREN begins with 1 (State) or 2 (local authorities), by the rule of the
    /// SIRENE repertory.
    pub fn semble_public(&self) -> bool {
        matches!(self.0[0], b'1' | b'2')
    }

    /// For the eye: groups of 3, 3, 3 and 5 digits parted by no-break spaces (U+00A0).
    pub fn affiche(&self) -> String {
        let s = self.as_str();
        format!(
            "{}\u{a0}{}\u{a0}{}\u{a0}{}",
            &s[..3],
            &s[3..6],
            &s[6..9],
            &s[9..]
        )
    }
}

/// ISO/IEC 7812 key: from the right, every second digit doubled, its digits added.
fn luhn(chiffres: &[u8]) -> bool {
    let somme: u32 = chiffres
        .iter()
        .rev()
        .enumerate()
        .map(|(rang, c)| {
            let n = u32::from(c - b'0') << (rang % 2);
            if n > 9 { n - 9 } else { n }
        })
        .sum();
    somme.is_multiple_of(10)
}

impl TryFrom<String> for Siret {
    type Error = &'static str;

    fn try_from(saisie: String) -> Result<Self, Self::Error> {
        Self::lire(&saisie)
    }
}

impl From<Siret> for String {
    fn from(siret: Siret) -> Self {
        siret.as_str().to_owned()
    }
}

impl fmt::Display for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.affiche())
    }
}

impl fmt::Debug for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Siret({})", self.as_str())
    }
}
