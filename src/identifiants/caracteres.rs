//! Which characters may enter the database (security IN1): what cannot be seen cannot be told apart.

use unicode_normalization::UnicodeNormalization;

/// Characters refused everywhere: controls (NUL, C0, C1), direction marks that make a text read otherwise than it is
/// stored, line separators, invisible spaces, and code points that are no characters. Line feeds and tabs are
/// controls: callers that allow several lines say so.
pub fn est_interdit(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || (c as u32 & 0xfffe) == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// A text of one line in canonical form: NFC, trimmed, every run of spaces, tabs and line ends made one space.
/// `None` when it holds a character of [`est_interdit`].
pub fn sur_une_ligne(saisie: &str) -> Option<String> {
    // Most texts are plain ASCII without anything to change: one pass, one allocation.
    let simple = saisie.bytes().all(|o| (0x20..0x7f).contains(&o));
    if simple && !saisie.contains("  ") {
        return Some(saisie.trim().to_owned());
    }
    let mut sortie = String::with_capacity(saisie.len());
    let mut espace = false;
    for c in saisie.nfc() {
        if matches!(c, ' ' | '\t' | '\r' | '\n') {
            espace = !sortie.is_empty();
        } else if est_interdit(c) {
            return None;
        } else {
            if espace {
                sortie.push(' ');
                espace = false;
            }
            sortie.push(c);
        }
    }
    // No-break spaces mean something inside a name, nothing at its ends.
    Some(sortie.trim().to_owned())
}
