//! Style sheet, script and icon: embedded in the binary, named by their content, cached for ever.
//!
//! The CSS is written in small files under `static/css` and served as one sheet: they are joined in the order of
//! their paths, hence the numbers in front of the names.

use std::sync::LazyLock;

use crate::web::Chemin;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use rust_embed::Embed;
use sha2::{Digest, Sha256};

#[derive(Embed)]
#[folder = "static/"]
struct Fichiers;

/// One served file: its address carries a hash of its content, so that it never has to be asked for again.
struct Statique {
    url: String,
    mime: &'static str,
    corps: Vec<u8>,
}

impl Statique {
    fn new(nom: &str, extension: &str, mime: &'static str, corps: Vec<u8>) -> Self {
        let empreinte: String = Sha256::digest(&corps)
            .iter()
            .take(6)
            .map(|octet| format!("{octet:02x}"))
            .collect();
        Self {
            url: format!("/statique/{nom}.{empreinte}.{extension}"),
            mime,
            corps,
        }
    }
}

static CSS: LazyLock<Statique> = LazyLock::new(|| {
    let mut chemins: Vec<_> = Fichiers::iter()
        .filter(|chemin| chemin.ends_with(".css"))
        .collect();
    chemins.sort();
    let source: String = chemins.iter().map(|chemin| texte(chemin)).collect();
    Statique::new(
        "vantail",
        "css",
        "text/css; charset=utf-8",
        alleger(&source).into_bytes(),
    )
});

static JS: LazyLock<Statique> = LazyLock::new(|| {
    Statique::new(
        "vantail",
        "js",
        "text/javascript; charset=utf-8",
        texte("vantail.js").into_bytes(),
    )
});

static ICONE: LazyLock<Statique> = LazyLock::new(|| {
    Statique::new(
        "icone",
        "svg",
        "image/svg+xml",
        texte("icone.svg").into_bytes(),
    )
});

/// Address of the style sheet.
pub fn css() -> &'static str {
    &CSS.url
}

/// Address of the script.
pub fn js() -> &'static str {
    &JS.url
}

/// Address of the icon.
pub fn icone() -> &'static str {
    &ICONE.url
}

/// Serves the three files under their exact names; any other name is a plain 404, without a page.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/statique/{nom}", get(servir))
}

async fn servir(Chemin(nom): Chemin<String>) -> Response {
    let trouve = [&*CSS, &*JS, &*ICONE]
        .into_iter()
        .find(|fichier| fichier.url.strip_prefix("/statique/") == Some(nom.as_str()));
    match trouve {
        Some(fichier) => (
            [
                (header::CONTENT_TYPE, fichier.mime),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            fichier.corps.as_slice(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn texte(chemin: &str) -> String {
    let fichier = Fichiers::get(chemin).expect("the file is embedded at build time");
    String::from_utf8(fichier.data.into_owned()).expect("our static files are UTF-8")
}

/// Takes out of a style sheet what only a reader needs: comments, line breaks, indentation.
///
/// Deliberately weaker than a real minifier: it never looks inside strings and never touches a colon, a parenthesis
/// or an operator, where a space may carry meaning.
fn alleger(source: &str) -> String {
    let mut sortie = String::with_capacity(source.len());
    let mut reste = source.chars().peekable();
    let mut guillemet = None;
    let mut espace = false;
    while let Some(c) = reste.next() {
        if let Some(ouvert) = guillemet {
            sortie.push(c);
            if c == '\\' {
                sortie.extend(reste.next());
            } else if c == ouvert {
                guillemet = None;
            }
            continue;
        }
        if c == '/' && reste.peek() == Some(&'*') {
            reste.next();
            let mut precedent = ' ';
            for suivant in reste.by_ref() {
                if precedent == '*' && suivant == '/' {
                    break;
                }
                precedent = suivant;
            }
            espace = true;
            continue;
        }
        if c.is_ascii_whitespace() {
            espace = true;
            continue;
        }
        let colle = |c: char| matches!(c, '{' | '}' | ';' | ',');
        if espace && !colle(c) && !sortie.ends_with(colle) && !sortie.is_empty() {
            sortie.push(' ');
        }
        espace = false;
        if c == '}' && sortie.ends_with(';') {
            sortie.pop();
        }
        if c == '"' || c == '\'' {
            guillemet = Some(c);
        }
        sortie.push(c);
    }
    sortie
}
