//! Shapes of the VAT numbers of the European Union outside France.

/// Country prefix and the shapes after it: `9` a digit, `A` a letter, `*` a letter or a digit, anything else itself.
/// Source: European Commission, structure of VAT identification numbers. Northern Ireland (`XI`) is not in the Union:
/// HORS_UE.
const FORMES: &[(&str, &[&str])] = &[
    ("AT", &["U99999999"]),
    ("BE", &["9999999999"]),
    ("BG", &["999999999", "9999999999"]),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["*9999999*"]),
    ("FI", &["99999999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9*99999A", "9999999AA"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999B99"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    (
        "RO",
        &[
            "99",
            "999",
            "9999",
            "99999",
            "999999",
            "9999999",
            "99999999",
            "999999999",
            "9999999999",
        ],
    ),
    ("SE", &["999999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
];

/// The number in capitals without separators, or the sentence for the field.
pub(super) fn lire(saisie: &str) -> Result<String, &'static str> {
    const PREFIXE: &str = "Saisissez le numéro de TVA intracommunautaire, commençant par les 2 lettres d'un pays de l'Union européenne.";
    let valeur = super::compact(saisie, &['.', '-']).ok_or(PREFIXE)?;
    // Greece signs EL on VAT numbers and GR everywhere else.
    let valeur = match valeur.strip_prefix("GR") {
        Some(suite) => format!("EL{suite}"),
        None => valeur,
    };
    let (prefixe, suite) = valeur.split_at_checked(2).ok_or(PREFIXE)?;
    if prefixe == "FR" {
        return Err("Pour une structure française, choisissez le type SIRET.");
    }
    let (_, formes) = FORMES
        .iter()
        .find(|(pays, _)| *pays == prefixe)
        .ok_or(PREFIXE)?;
    if formes.iter().any(|forme| suit(suite, forme)) {
        Ok(valeur)
    } else {
        Err("Ce numéro de TVA n'a pas la forme attendue pour son pays\u{202f}: vérifiez la saisie.")
    }
}

fn suit(suite: &str, forme: &str) -> bool {
    suite.len() == forme.len()
        && suite.bytes().zip(forme.bytes()).all(|(o, f)| match f {
            b'9' => o.is_ascii_digit(),
            b'A' => o.is_ascii_uppercase(),
            b'*' => o.is_ascii_alphanumeric(),
            autre => o == autre,
        })
}
