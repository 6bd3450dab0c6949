//! The bytes of an uploaded file as text: UTF-8, or the alphabet in which spreadsheets of Windows save.

/// Windows-1252 from 0x80 to 0x9F; five places are empty.
const HAUT: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

/// The text of a CSV file; the BOM is left out.
///
/// # Errors
/// A sentence for the person: not a text, or in another alphabet.
pub fn decoder(octets: &[u8]) -> Result<String, &'static str> {
    if octets.starts_with(b"PK\x03\x04") || octets.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(
            "Ce fichier est un classeur, pas un CSV\u{202F}: dans votre tableur, enregistrez-le sous «\u{202F}CSV UTF-8\u{202F}».",
        );
    }
    if octets.starts_with(b"\xFF\xFE") || octets.starts_with(b"\xFE\xFF") {
        return Err("Ce fichier est en UTF-16\u{202F}: enregistrez-le en CSV UTF-8.");
    }
    if octets.contains(&0) {
        return Err("Ce fichier n’est pas du texte\u{202F}: choisissez un fichier CSV.");
    }
    let octets = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(octets);
    if let Ok(texte) = std::str::from_utf8(octets) {
        return Ok(texte.to_owned());
    }
    octets
        .iter()
        .map(|o| match o {
            0x80..=0x9F => HAUT[usize::from(o - 0x80)],
            autre => Some(char::from(*autre)),
        })
        .collect::<Option<String>>()
        .ok_or("L’alphabet de ce fichier n’est pas reconnu\u{202F}: enregistrez-le en CSV UTF-8.")
}

#[cfg(test)]
mod tests {
    use super::decoder;

    #[test]
    fn les_alphabets_des_tableurs_se_lisent() {
        assert_eq!(decoder("Hélène".as_bytes()), Ok("Hélène".to_owned()));
        assert_eq!(
            decoder("\u{FEFF}Hélène".as_bytes()),
            Ok("Hélène".to_owned())
        );
        assert_eq!(
            decoder(b"H\xE9l\xE8ne \x80 \x9C"),
            Ok("Hélène € œ".to_owned())
        );
        for faux in [&b"PK\x03\x04"[..], b"\xFF\xFEN\0", b"Nom\0", b"H\xE9\x81"] {
            assert!(decoder(faux).is_err(), "{faux:?}");
        }
    }
}
