//! Markdown as administrateurs write it, into HTML.
//!
//! Sound without a sanitiser behind it: `pulldown-cmark` is used as a parser only. Every tag of the result is one of the
//! constants of this file, written by [`Ecrivain`]; every piece of text passes through [`echapper`]; raw HTML is an event
//! like another and becomes text; an address is written only where [`cible`] accepts it. Images are replaced by their
//! words, so that nothing is fetched from anywhere and the CSP stays as it is.

use std::fmt;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// HTML that this module wrote: the templates show it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// Lists and quotations inside one another; deeper ones are written at this depth.
const PROFONDEUR: usize = 8;

/// The text as HTML. Its highest heading becomes `<h{premier}>`, and no level is skipped: the page keeps its one h1.
pub fn html(source: &str, premier: u8) -> Html {
    let haut = Parser::new_ext(source, Options::empty())
        .filter_map(|e| match e {
            Event::Start(Tag::Heading { level, .. }) => Some(niveau(level)),
            _ => None,
        })
        .min()
        .unwrap_or(1);
    let mut ecrivain = Ecrivain {
        sortie: String::with_capacity(source.len() * 5 / 4),
        ouverts: Vec::new(),
        images: 0,
        haut,
        premier,
        dernier: premier.saturating_sub(1),
    };
    for evenement in Parser::new_ext(source, Options::empty()) {
        ecrivain.ecrire(evenement);
    }
    Html(ecrivain.sortie)
}

/// The words alone: what is searched, quoted and shown short.
pub fn texte(source: &str) -> String {
    let mut mots = String::with_capacity(source.len());
    for evenement in Parser::new_ext(source, Options::empty()) {
        match evenement {
            Event::Text(t) | Event::Code(t) | Event::Html(t) | Event::InlineHtml(t) => {
                mots.push_str(&t);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => mots.push(' '),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::HtmlBlock,
            ) => mots.push(' '),
            _ => {}
        }
    }
    // A narrow no-break space stays what it is.
    mots.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn niveau(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// An element that is open.
struct Ouvert {
    fermeture: &'static str,
    /// Where its opening tag begins and its content starts: an empty heading or link leaves nothing.
    debut: usize,
    contenu: usize,
    seulement_plein: bool,
}

struct Ecrivain {
    sortie: String,
    ouverts: Vec<Ouvert>,
    /// Inside that many images: their words are kept.
    images: usize,
    haut: u8,
    premier: u8,
    dernier: u8,
}

impl Ecrivain {
    fn ecrire(&mut self, evenement: Event<'_>) {
        match evenement {
            Event::Start(tag) => self.debut(&tag),
            Event::End(_) => self.fin(),
            Event::Text(t)
            | Event::Html(t)
            | Event::InlineHtml(t)
            | Event::InlineMath(t)
            | Event::DisplayMath(t)
            | Event::FootnoteReference(t) => echapper(&mut self.sortie, &t),
            Event::Code(t) => {
                self.sortie.push_str("<code>");
                echapper(&mut self.sortie, &t);
                self.sortie.push_str("</code>");
            }
            Event::SoftBreak => self.sortie.push('\n'),
            Event::HardBreak => self.sortie.push_str("<br>\n"),
            Event::Rule => self.sortie.push_str("<hr>\n"),
            Event::TaskListMarker(_) => {}
        }
    }

    fn ouvrir(&mut self, ouverture: &str, fermeture: &'static str, seulement_plein: bool) {
        let debut = self.sortie.len();
        self.sortie.push_str(ouverture);
        self.ouverts.push(Ouvert {
            fermeture,
            debut,
            contenu: self.sortie.len(),
            seulement_plein,
        });
    }

    fn trop_profond(&self) -> bool {
        self.ouverts
            .iter()
            .filter(|o| ["</ul>\n", "</ol>\n", "</blockquote>\n"].contains(&o.fermeture))
            .count()
            >= PROFONDEUR
    }

    fn debut(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.ouvrir("<p>", "</p>\n", true),
            Tag::Heading { level, .. } => {
                let voulu = self.premier + niveau(*level).saturating_sub(self.haut);
                let rang = voulu.min(self.dernier + 1).min(6);
                self.dernier = rang;
                let (ouverture, fermeture) = match rang {
                    ..=2 => ("<h2>", "</h2>\n"),
                    3 => ("<h3>", "</h3>\n"),
                    4 => ("<h4>", "</h4>\n"),
                    5 => ("<h5>", "</h5>\n"),
                    _ => ("<h6>", "</h6>\n"),
                };
                self.ouvrir(ouverture, fermeture, true);
            }
            Tag::BlockQuote(_) if !self.trop_profond() => {
                self.ouvrir("<blockquote>", "</blockquote>\n", true);
            }
            Tag::List(_) if self.trop_profond() => self.ouvrir("", "", false),
            Tag::List(None) => self.ouvrir("<ul>\n", "</ul>\n", false),
            Tag::List(Some(1)) => self.ouvrir("<ol>\n", "</ol>\n", false),
            Tag::List(Some(n)) => {
                let ouverture = format!("<ol start=\"{n}\">\n");
                self.ouvrir(&ouverture, "</ol>\n", false);
            }
            Tag::Item if self.ouverts.last().is_some_and(|o| !o.fermeture.is_empty()) => {
                self.ouvrir("<li>", "</li>\n", false);
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.ouvrir("<pre><code>", "</code></pre>\n", false);
            }
            Tag::Emphasis => self.ouvrir("<em>", "</em>", true),
            Tag::Strong => self.ouvrir("<strong>", "</strong>", true),
            Tag::Link { dest_url, .. } if self.images == 0 => self.lien(dest_url),
            Tag::Image { .. } => {
                self.images += 1;
                self.ouvrir("", IMAGE, false);
            }
            // What is not offered (tables, notes…) leaves its words.
            _ => self.ouvrir("", "", false),
        }
    }

    fn lien(&mut self, vers: &str) {
        match cible(vers) {
            Some(Cible::Interne(adresse) | Cible::Courriel(adresse)) => {
                let mut ouverture = String::from("<a href=\"");
                echapper(&mut ouverture, &adresse);
                ouverture.push_str("\">");
                self.ouvrir(&ouverture, "</a>", true);
            }
            Some(Cible::Externe(adresse)) => {
                let mut ouverture = String::from("<a rel=\"external noopener noreferrer\" href=\"");
                echapper(&mut ouverture, &adresse);
                ouverture.push_str("\">");
                self.ouvrir(&ouverture, "</a> (site externe)", true);
            }
            None => self.ouvrir("", "", false),
        }
    }

    fn fin(&mut self) {
        let Some(ouvert) = self.ouverts.pop() else {
            return;
        };
        if ouvert.fermeture == IMAGE {
            self.images = self.images.saturating_sub(1);
            return;
        }
        let vide = self
            .sortie
            .get(ouvert.contenu..)
            .is_none_or(|contenu| contenu.trim().is_empty());
        if ouvert.seulement_plein && vide {
            self.sortie.truncate(ouvert.debut);
        } else {
            self.sortie.push_str(ouvert.fermeture);
        }
    }
}

/// Marks an image on the stack; never written.
const IMAGE: &str = "image";

enum Cible {
    /// A path of this portal.
    Interne(String),
    Externe(String),
    Courriel(String),
}

/// The addresses that a text may lead to: a path of this portal, `https`, `http`, `mailto`. Nothing that a browser could
/// read as another scheme or, for a path, as another host (security.md OU5).
fn cible(adresse: &str) -> Option<Cible> {
    let adresse = adresse.trim();
    if adresse.starts_with('/') {
        return (super::texte::retour(adresse, "") == adresse)
            .then(|| Cible::Interne(adresse.to_owned()));
    }
    let url = url::Url::parse(adresse).ok()?;
    match url.scheme() {
        "https" | "http" if url.has_host() && url.username().is_empty() => {
            Some(Cible::Externe(url.to_string()))
        }
        "mailto" => Some(Cible::Courriel(url.to_string())),
        _ => None,
    }
}

/// Text, as text and inside a double-quoted attribute.
fn echapper(sortie: &mut String, texte: &str) {
    for c in texte.chars() {
        match c {
            '&' => sortie.push_str("&amp;"),
            '<' => sortie.push_str("&lt;"),
            '>' => sortie.push_str("&gt;"),
            '"' => sortie.push_str("&quot;"),
            '\'' => sortie.push_str("&#39;"),
            c => sortie.push(c),
        }
    }
}
