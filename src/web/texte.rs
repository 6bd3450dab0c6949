//! What a text field may hold (security.md IN1): NFC, no NUL, no control, no bidirectional trick, bounded.

use unicode_normalization::UnicodeNormalization;

/// Characters that reorder or hide what surrounds them, and the private-use area (our link marker lives there).
pub(super) fn trompeur(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{E000}'..='\u{F8FF}')
}

fn nettoyer(saisi: &str, max: usize, plusieurs_lignes: bool) -> Result<String, String> {
    // Four bytes a character at most: what is longer in bytes is refused before any work on it.
    if saisi.len() > max.saturating_mul(8).saturating_add(64) {
        return Err(trop_long(max));
    }
    let texte: String = saisi.replace("\r\n", "\n").nfc().collect();
    let texte = texte.trim();
    if texte
        .chars()
        .any(|c| trompeur(c) || (c.is_control() && !(plusieurs_lignes && (c == '\n' || c == '\t'))))
    {
        return Err("Ce texte contient un caractère invisible ou de contrôle\u{202F}: retapez-le sans copier-coller.".to_owned());
    }
    if texte.chars().count() > max {
        return Err(trop_long(max));
    }
    Ok(texte.to_owned())
}

fn trop_long(max: usize) -> String {
    format!("Ce texte est limité à {max} caractères.")
}

/// One line, trimmed.
pub fn ligne(saisi: &str, max: usize) -> Result<String, String> {
    nettoyer(saisi, max, false)
}

/// Several lines allowed.
pub fn paragraphe(saisi: &str, max: usize) -> Result<String, String> {
    nettoyer(saisi, max, true)
}

/// A local address to return to, or `defaut`: path only, nothing that a browser could read as another host (security.md OU5).
pub fn retour<'a>(saisi: &'a str, defaut: &'a str) -> &'a str {
    let suspect = !saisi.starts_with('/')
        || saisi.starts_with("//")
        || saisi.contains(['\\', '\t', '\n', '\r', '\0'])
        || saisi.chars().any(char::is_control)
        || saisi.len() > 1_000;
    if suspect { defaut } else { saisi }
}

/// « 1 demande », « 3 demandes », « 0 demande », « 1 200 demandes ».
pub fn accord(n: usize, singulier: &str, pluriel: &str) -> String {
    let mot = if n > 1 { pluriel } else { singulier };
    format!("{} {mot}", milliers(n))
}

/// 12345 → « 12 345 ». Any unsigned count.
pub fn milliers(n: impl ToString) -> String {
    let chiffres = n.to_string();
    let mut groupes = String::with_capacity(chiffres.len() + 6);
    for (rang, chiffre) in chiffres.chars().enumerate() {
        if rang > 0 && (chiffres.len() - rang).is_multiple_of(3) {
            groupes.push('\u{202F}');
        }
        groupes.push(chiffre);
    }
    groupes
}

/// A day as the screens write it: JJ/MM/AAAA.
pub fn date(jour: time::Date) -> String {
    format!(
        "{:02}/{:02}/{}",
        jour.day(),
        u8::from(jour.month()),
        jour.year()
    )
}

/// A day typed as JJ/MM/AAAA or AAAA-MM-JJ (what a date field sends).
pub fn jour(saisi: &str) -> Result<time::Date, String> {
    let faux = || "Saisissez une date au format JJ/MM/AAAA.".to_owned();
    let saisi = saisi.trim();
    let morceaux: Vec<&str> = saisi.split(['/', '-', '.']).collect();
    let [a, b, c] = morceaux[..] else {
        return Err(faux());
    };
    let (annee, mois, jour) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    if annee.len() != 4
        || !morceaux
            .iter()
            .all(|m| m.len() <= 4 && m.bytes().all(|o| o.is_ascii_digit()))
    {
        return Err(faux());
    }
    let nombre = |t: &str| t.parse::<u16>().map_err(|_| faux());
    let mois = u8::try_from(nombre(mois)?)
        .ok()
        .and_then(|m| time::Month::try_from(m).ok())
        .ok_or_else(faux)?;
    let jour = u8::try_from(nombre(jour)?).map_err(|_| faux())?;
    let date = time::Date::from_calendar_date(i32::from(nombre(annee)?), mois, jour)
        .map_err(|_| "Cette date n’existe pas au calendrier.".to_owned())?;
    if (1990..=2200).contains(&date.year()) {
        Ok(date)
    } else {
        Err("Saisissez une année entre 1990 et 2200.".to_owned())
    }
}

/// An instant of a screen, in Paris: AAAA-MM-JJTHH:MM (what a field of date and time sends), or JJ/MM/AAAA HH:MM, with
/// seconds or not (seed 004 §2 shows 10/03/2022 15:01:32).
pub fn jour_heure(saisi: &str) -> Result<time::PrimitiveDateTime, String> {
    let faux = || "Saisissez une date et une heure au format JJ/MM/AAAA HH:MM.".to_owned();
    let saisi = saisi.trim();
    let (date, heure) = saisi.split_once(['T', ' ']).ok_or_else(faux)?;
    let jour = jour(date)?;
    let parties = heure
        .trim()
        .trim_start_matches('à')
        .trim()
        .split(':')
        .map(|p| {
            Some(p)
                .filter(|p| p.len() == 2 && p.bytes().all(|o| o.is_ascii_digit()))
                .and_then(|p| p.parse::<u8>().ok())
        })
        .collect::<Option<Vec<u8>>>()
        .ok_or_else(faux)?;
    let (h, m, s) = match parties[..] {
        [h, m] => (h, m, 0),
        [h, m, s] => (h, m, s),
        _ => return Err(faux()),
    };
    time::Time::from_hms(h, m, s)
        .map(|heure| jour.with_time(heure))
        .map_err(|_| faux())
}

#[cfg(test)]
mod tests {
    use super::milliers;

    #[test]
    fn les_milliers_se_separent() {
        let lus = [0, 999, 1_000, 12_345, 1_234_567].map(milliers);
        let attendus = [
            "0",
            "999",
            "1\u{202F}000",
            "12\u{202F}345",
            "1\u{202F}234\u{202F}567",
        ];
        assert_eq!(lus, attendus);
    }
}
