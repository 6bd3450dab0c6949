//! What people typed, made harmless for a mail (ML4), and the macro that ties a mail to its two templates.

use std::fmt::Write as _;

/// Marks the place of the link in a rendered mail; replaced when the mail leaves (decision 21). Private-use
/// characters, which [`inerte`] removes from what people typed.
pub const LIEN: &str = "\u{E000}lien\u{E000}";

/// Longest subject kept, in characters.
const SUJET_MAX: usize = 150;

/// Characters that change how the rest of a line is shown or split: controls, line separators, bidi overrides.
fn trompeur(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{E000}')
}

/// `texte` on one line, controls and runs of blanks turned into one space. Narrow no-break spaces stay.
pub fn une_ligne(texte: &str) -> String {
    let mut sortie = String::with_capacity(texte.len());
    for c in texte.chars() {
        let c = if trompeur(c) { ' ' } else { c };
        if c != ' ' || !sortie.ends_with(' ') {
            sortie.push(c);
        }
    }
    sortie.trim_matches(' ').to_owned()
}

/// A subject: one line, at most 150 characters.
pub(super) fn sujet(texte: &str) -> String {
    let ligne = une_ligne(texte);
    match ligne.char_indices().nth(SUJET_MAX) {
        Some((fin, _)) => format!("{}…", &ligne[..fin]),
        None => ligne,
    }
}

/// Text typed by people as it may stand in a mail: one line, and nothing a mail program would turn into a link.
/// A word joiner (invisible) follows each `.`, `:`, `/` or `@` that another character follows.
pub fn inerte(texte: &str) -> String {
    let ligne = une_ligne(texte);
    let mut sortie = String::with_capacity(ligne.len());
    let mut suite = ligne.chars().peekable();
    while let Some(c) = suite.next() {
        sortie.push(c);
        if matches!(c, '.' | ':' | '/' | '@') && suite.peek().is_some_and(|s| !s.is_whitespace()) {
            sortie.push('\u{2060}');
        }
    }
    sortie
}

/// The askama filter of the mails: every `{{ … }}` of `templates/courriers` goes through it, the link excepted.
pub mod filters {
    use std::fmt::Display;

    /// See [`super::inerte`]; the template's own escaping comes after.
    #[askama::filter_fn]
    pub fn inerte(valeur: impl Display, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(super::inerte(&valeur.to_string()))
    }
}

/// Renders a template of a mail.
pub fn rendre(gabarit: &impl askama::Template) -> String {
    gabarit
        .render()
        .expect("a mail template writes to memory and formats strings only")
}

/// Replaces the marker by the link, in the text and in the HTML body.
pub(super) fn poser_lien(texte: &str, html: &str, lien: &str) -> (String, String) {
    let mut echappe = String::with_capacity(lien.len());
    for c in lien.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                let _ = write!(echappe, "&#{};", u32::from(c));
            }
            _ => echappe.push(c),
        }
    }
    (texte.replace(LIEN, lien), html.replace(LIEN, &echappe))
}

/// Implements [`Courrier`](crate::courrier::Courrier) for a struct from its two templates. The templates see the
/// struct's fields and methods:
/// `gabarit!(Activation, "activation", "courriers/activation.txt", "courriers/activation.html", |c| format!("…"));`
/// A last `, lien: |c| "/chemin"` says where the link leads when the mail carries no token; then
/// `, facultatif: Relance, |c| c.structure_id` the event a person may refuse and the structure it is about. Without it the mail
/// is obligatory.
macro_rules! gabarit {
    ($type:ident, $nom:literal, $texte:literal, $html:literal, |$c:ident| $sujet:expr $(, lien: |$l:ident| $chemin:expr)? $(, facultatif: $categorie:ident, |$s:ident| $structure:expr)?) => {
        const _: () = {
            use $crate::courrier::filters;

            #[derive(askama::Template)]
            #[template(path = $texte)]
            struct Texte<'a>(&'a $type);

            #[derive(askama::Template)]
            #[template(path = $html)]
            struct Html<'a>(&'a $type);

            impl std::ops::Deref for Texte<'_> {
                type Target = $type;
                fn deref(&self) -> &$type {
                    self.0
                }
            }

            impl std::ops::Deref for Html<'_> {
                type Target = $type;
                fn deref(&self) -> &$type {
                    self.0
                }
            }

            impl $crate::courrier::Courrier for $type {
                const GABARIT: &'static str = $nom;
                fn sujet(&self) -> String {
                    let $c = self;
                    $sujet
                }
                fn texte(&self) -> String {
                    $crate::courrier::rendre(&Texte(self))
                }
                fn html(&self) -> String {
                    $crate::courrier::rendre(&Html(self))
                }
                $(fn chemin(&self) -> String {
                    let $l = self;
                    String::from($chemin)
                })?
                $(const CATEGORIE: Option<$crate::courrier::Categorie> = Some($crate::courrier::Categorie::$categorie);
                fn structure(&self) -> Option<uuid::Uuid> {
                    let $s = self;
                    Some(uuid::Uuid::from($structure))
                })?
            }
        };
    };
}
pub(crate) use gabarit;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_nom_reste_sur_une_ligne_et_ne_devient_pas_un_lien() {
        assert_eq!(une_ligne("Jean\r\nBcc: x\u{0}\u{202E}y"), "Jean Bcc: x y");
        assert_eq!(
            inerte("http://evil.example/a"),
            "http:\u{2060}/\u{2060}/\u{2060}evil.\u{2060}example/\u{2060}a"
        );
        assert_eq!(inerte("M. Dupont."), "M. Dupont.");
        assert_eq!(inerte(LIEN), "lien");
        assert_eq!(inerte("Prêt\u{202F}?"), "Prêt\u{202F}?");
    }

    #[test]
    fn un_sujet_est_court_et_sans_controle() {
        assert_eq!(sujet("a\r\nb"), "a b");
        assert_eq!(sujet(&"é".repeat(400)).chars().count(), SUJET_MAX + 1);
    }

    #[test]
    fn le_lien_est_echappe_en_html() {
        let (texte, html) = poser_lien(LIEN, LIEN, "https://a.example/?a=1&b='");
        assert_eq!(texte, "https://a.example/?a=1&b='");
        assert_eq!(html, "https://a.example/?a=1&#38;b=&#39;");
    }
}
