use std::fmt;

use iban::{IbanLike as _, ParseIbanError};

/// An IBAN whose country, length, shape and key (mod 97) are right (ISO 13616). Says nothing of whether it exists.
#[derive(Clone, PartialEq, Eq)]
pub struct Iban(String);

/// Only spaces and hyphens are typed for the eye.
fn compact(saisi: &str) -> String {
    saisi
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{202F}' | '\u{A0}'))
        .take(64)
        .collect::<String>()
        .to_uppercase()
}

impl Iban {
    /// Reads it with or without spaces, in any case; the error is the sentence for the field.
    pub fn lire(saisi: &str) -> Result<Self, &'static str> {
        let compact = compact(saisi);
        if compact.is_empty() {
            return Err("Saisissez l’IBAN du compte.");
        }
        match compact.parse::<iban::Iban>() {
            Ok(iban) => Ok(Self(iban.electronic_str().to_owned())),
            Err(ParseIbanError::UnknownCountry(_)) => Err(
                "Le pays de cet IBAN n’en délivre pas\u{202F}: vérifiez ses deux premières lettres.",
            ),
            Err(ParseIbanError::InvalidBban(_)) => Err(
                "Cet IBAN n’a pas la longueur ou la forme de ceux de son pays\u{202F}: vérifiez la saisie.",
            ),
            Err(ParseIbanError::InvalidBaseIban { .. }) => Err(
                "Cet IBAN est faux\u{202F}: vérifiez la saisie, sa clé de contrôle ne correspond pas.",
            ),
        }
    }

    /// Without spaces, as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// See [`masquer`].
    pub fn masque(&self) -> String {
        masquer(&self.0)
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({})", self.masque())
    }
}

/// « FR •••• 0189 »: the country and the last four characters.
pub(super) fn masquer(iban: &str) -> String {
    let fin = iban.get(iban.len().saturating_sub(4)..).unwrap_or_default();
    format!("{} •••• {fin}", iban.get(..2).unwrap_or_default())
}

/// In groups of four, parted by no-break spaces, for whoever checks it against a paper.
pub(super) fn en_groupes(iban: &str) -> String {
    let lettres: Vec<char> = iban.chars().collect();
    lettres
        .chunks(4)
        .map(|g| g.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("\u{A0}")
}

/// A bank identifier of the form ISO 9362: bank (4 letters), country (2), place (2), and an office (3) or none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bic(String);

impl Bic {
    /// # Errors
    /// The sentence for the field.
    pub fn lire(saisi: &str) -> Result<Self, &'static str> {
        let bic = compact(saisi);
        let octets = bic.as_bytes();
        let forme = matches!(octets.len(), 8 | 11)
            && octets[..6].iter().all(u8::is_ascii_uppercase)
            && octets[6..].iter().all(u8::is_ascii_alphanumeric);
        match () {
            () if bic.is_empty() => Err("Saisissez le BIC de la banque."),
            () if forme => Ok(Self(bic)),
            () => Err(
                "Saisissez un BIC de 8 ou 11 caractères, par exemple BNPAFRPP\u{202F}: il figure sur le relevé d’identité bancaire.",
            ),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_iban_se_lit_avec_ou_sans_espaces() {
        let attendu = "FR1420041010050500013M02606";
        for saisi in [
            attendu,
            "FR14 2004 1010 0505 0001 3M02 606",
            " fr14\u{A0}2004\u{202F}1010 0505-0001-3m02 606 ",
        ] {
            assert_eq!(Iban::lire(saisi).map(|i| i.0).as_deref(), Ok(attendu));
        }
        for bon in [
            "DE89370400440532013000",
            "BE68539007547034",
            "GB82WEST12345698765432",
        ] {
            assert!(Iban::lire(bon).is_ok(), "{bon}");
        }
    }

    #[test]
    fn chaque_faute_a_sa_phrase() {
        for (saisi, phrase) in [
            ("", "Saisissez"),
            ("FR1420041010050500013M02607", "clé de contrôle"),
            ("FR14", "clé de contrôle"),
            ("XX82WEST12345698765432", "clé de contrôle"),
            ("DE8937040044053201300", "clé de contrôle"),
            ("🏦", "clé de contrôle"),
        ] {
            let erreur = Iban::lire(saisi).expect_err(saisi);
            assert!(erreur.contains(phrase), "{saisi}: {erreur}");
        }
        // The key is right, the country has no such length.
        let cle = |pays: &str, bban: &str| {
            (2..=98)
                .map(|c| format!("{pays}{c:02}{bban}"))
                .find(|i| {
                    let tourne = format!("{}{}", &i[4..], &i[..4]);
                    let reste = tourne.chars().fold(0_u32, |r, c| {
                        let v = c.to_digit(36).expect("base 36");
                        (r * if v > 9 { 100 } else { 10 } + v) % 97
                    });
                    reste == 1
                })
                .expect("a key")
        };
        let court = Iban::lire(&cle("FR", "200410100505000130260")).expect_err("too short");
        assert!(court.contains("longueur"), "{court}");
        let ailleurs = Iban::lire(&cle("XX", "1234567890123456")).expect_err("no country");
        assert!(ailleurs.contains("pays"), "{ailleurs}");
    }

    #[test]
    fn rien_ne_montre_l_iban_entier() {
        let iban = Iban::lire("FR1420041010050500013M02606").expect("an IBAN");
        assert_eq!(iban.masque(), "FR •••• 2606");
        assert_eq!(format!("{iban:?}"), "Iban(FR •••• 2606)");
        assert_eq!(
            en_groupes(iban.as_str()),
            "FR14\u{A0}2004\u{A0}1010\u{A0}0505\u{A0}0001\u{A0}3M02\u{A0}606"
        );
    }

    #[test]
    fn un_bic_a_sa_forme() {
        for bon in ["BNPAFRPP", "bnpa frpp xxx", "CEPAFRPP751"] {
            assert!(Bic::lire(bon).is_ok(), "{bon}");
        }
        for faux in [
            "",
            "BNPAFRP",
            "BNPAFRPPX",
            "1NPAFRPP",
            "BNPA1RPP",
            "BNPAFRPP75é",
        ] {
            assert!(Bic::lire(faux).is_err(), "{faux}");
        }
    }
}
