use serde::Deserialize;

use super::Audience;
use crate::db::{ArticleId, Temps};
use crate::web::markdown;

/// The address of an article, below `/aide/`: small letters without accents, figures and hyphens. Anything else in a path
/// does not exist.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Slug(String);

impl TryFrom<String> for Slug {
    type Error = &'static str;

    fn try_from(texte: String) -> Result<Self, Self::Error> {
        let permis = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !texte.is_empty() && texte.len() <= SLUG_MAX && texte.chars().all(permis) {
            Ok(Self(texte))
        } else {
            Err("not the address of an article")
        }
    }
}

impl Slug {
    /// « Transférer le rôle de GP » → « transferer-le-role-de-gp »; `None` where the title has no letter.
    pub fn du_titre(titre: &str) -> Option<Self> {
        use unicode_normalization::UnicodeNormalization;
        let mut slug = String::new();
        for c in titre.to_lowercase().replace('œ', "oe").nfd() {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !unicode_normalization::char::is_combining_mark(c)
                && !slug.is_empty()
                && !slug.ends_with('-')
            {
                slug.push('-');
            }
        }
        slug.truncate(SLUG_MAX);
        Self::try_from(slug.trim_end_matches('-').to_owned()).ok()
    }

    /// Another page has this address.
    pub fn reserve(&self) -> bool {
        ["question", "ecran", "nouvel-article"].contains(&self.as_str())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// As the table.
const SLUG_MAX: usize = 80;

/// A shelf of the aide.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Theme {
    Demarrer,
    Compte,
    Rattachements,
    Espaces,
    Gestion,
    Structures,
    Support,
}

impl Theme {
    /// In the order of the page.
    pub const TOUS: [Self; 7] = [
        Self::Demarrer,
        Self::Compte,
        Self::Rattachements,
        Self::Espaces,
        Self::Gestion,
        Self::Structures,
        Self::Support,
    ];

    /// As the database and the anchors spell it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Demarrer => "demarrer",
            Self::Compte => "compte",
            Self::Rattachements => "rattachements",
            Self::Espaces => "espaces",
            Self::Gestion => "gestion",
            Self::Structures => "structures",
            Self::Support => "support",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Demarrer => "Premiers pas",
            Self::Compte => "Mon compte",
            Self::Rattachements => "Mes rattachements",
            Self::Espaces => "Espaces et abonnements",
            Self::Gestion => "Activités du gestionnaire",
            Self::Structures => "Structures et services",
            Self::Support => "Sollicitations et support",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|t| t.code() == code)
    }
}

/// « Brouillon » is read by the administrateurs only.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Statut {
    Brouillon,
    Publie,
    /// Shipped, then deleted here: read by nobody, and not delivered again.
    Retire,
}

impl Statut {
    pub fn code(self) -> &'static str {
        match self {
            Self::Brouillon => "brouillon",
            Self::Publie => "publie",
            Self::Retire => "retire",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Brouillon => "Brouillon",
            Self::Publie => "Publié",
            Self::Retire => "Retiré",
        }
    }

    pub fn publie(self) -> bool {
        self == Self::Publie
    }

    /// For `etats::badge`.
    pub fn genre(self) -> &'static str {
        match self {
            Self::Publie => "succes",
            Self::Brouillon | Self::Retire => "neutre",
        }
    }
}

/// One answer, whole.
#[derive(Clone, Debug)]
pub struct Article {
    pub id: ArticleId,
    pub slug: String,
    pub theme: Theme,
    pub rang: i32,
    pub titre: String,
    pub resume: String,
    /// Markdown.
    pub corps: String,
    pub mots_cles: String,
    pub sources: Vec<String>,
    pub ecrans: Vec<String>,
    pub audience: Audience,
    pub statut: Statut,
    /// Shipped with the application.
    pub livre: bool,
    /// Grows with each change of the text.
    pub version: i32,
    pub modifie_le: Temps,
    /// The administrateur who last changed it.
    pub modifie_par: Option<String>,
}

impl Article {
    /// Below the h1 of the page.
    pub fn html(&self) -> markdown::Html {
        markdown::html(&self.corps, 2)
    }

    /// « guide « Activités du gestionnaire », section 2 », one by one.
    pub fn guides(&self) -> Vec<String> {
        self.sources.iter().map(|s| phrase_de_source(s)).collect()
    }
}

/// The five guides, by the number they carry in the sources of the project.
pub const GUIDES: [(&str, &str); 5] = [
    (
        "000",
        "Changement de chef d’établissement et nouveaux personnels",
    ),
    ("001", "Activités du gestionnaire"),
    ("002", "Administrer les structures et les utilisateurs"),
    ("003", "Vous êtes le gestionnaire de votre entreprise"),
    ("004", "Gérer une organisation et ses utilisateurs"),
];

/// « 001 §2 » in words; anything else as written.
fn phrase_de_source(source: &str) -> String {
    let en_mots = source.split_once(" §").and_then(|(guide, section)| {
        let (_, titre) = GUIDES.iter().find(|(code, _)| *code == guide)?;
        let section = if section.starts_with(|c: char| c.is_ascii_digit()) {
            section.to_owned()
        } else {
            format!("«\u{202F}{section}\u{202F}»")
        };
        Some(format!(
            "guide «\u{202F}{titre}\u{202F}», section {section}"
        ))
    });
    en_mots.unwrap_or_else(|| source.to_owned())
}
