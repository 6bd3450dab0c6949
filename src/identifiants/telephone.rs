//! Telephone numbers, as people write them.

/// Digits, with spaces, dots, hyphens, brackets and a leading +; 6 to 15 digits (E.164). Empty is `None`; the error is the
/// sentence for the field.
pub fn telephone(saisi: &str) -> Result<Option<String>, &'static str> {
    const FORME: &str =
        "Saisissez un numéro de téléphone, par exemple 01 23 45 67 89 ou +33 1 23 45 67 89.";
    let numero = saisi.split_whitespace().collect::<Vec<_>>().join(" ");
    if numero.is_empty() {
        return Ok(None);
    }
    let permis = |(rang, c): (usize, char)| {
        c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '(' | ')') || (c == '+' && rang == 0)
    };
    let chiffres = numero.chars().filter(char::is_ascii_digit).count();
    if numero.chars().count() <= 30
        && (6..=15).contains(&chiffres)
        && numero.chars().enumerate().all(permis)
    {
        Ok(Some(numero))
    } else {
        Err(FORME)
    }
}
