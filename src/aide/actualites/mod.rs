//! Actualités: what the administrateur tells everybody (spec §4, R-ADM).

mod lecture;
mod redaction;
mod registre;

use crate::aide::Audience;
use crate::db::{ActualiteId, Temps};
use crate::web::markdown;

pub use lecture::{dernieres, liste, une};
pub use redaction::{
    CORPS_MAX, Redigee, TITRE_MAX, creer, depublier, modifier, publier, supprimer,
};
pub use registre::{Etat, LigneActualite, TRIS, a_rediger, toutes};

/// How loudly it is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Importance {
    Normale,
    /// First on the accueil, with a mark.
    Haute,
}

impl Importance {
    pub const TOUTES: [Self; 2] = [Self::Normale, Self::Haute];

    pub fn code(self) -> &'static str {
        match self {
            Self::Normale => "normale",
            Self::Haute => "haute",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Normale => "Normale",
            Self::Haute => "Importante\u{202F}: en tête de l’accueil",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|i| i.code() == code)
    }
}

/// An actualité as its readers see it.
#[derive(Clone, Debug)]
pub struct Actualite {
    pub id: ActualiteId,
    pub titre: String,
    /// Markdown.
    pub corps: String,
    /// Without its marks.
    pub texte: String,
    pub audience: Audience,
    pub importance: Importance,
    pub publiee_le: Temps,
}

/// Characters of the short form.
const COURT: usize = 220;

impl Actualite {
    pub fn importante(&self) -> bool {
        self.importance == Importance::Haute
    }

    /// Below the h1 of its page.
    pub fn html(&self) -> markdown::Html {
        markdown::html(&self.corps, 2)
    }

    /// The first words, cut between two of them.
    pub fn court(&self) -> String {
        if self.texte.chars().count() <= COURT {
            return self.texte.clone();
        }
        let debut: String = self.texte.chars().take(COURT).collect();
        let debut = debut.rsplit_once(' ').map_or(debut.as_str(), |(d, _)| d);
        format!("{}…", debut.trim_end_matches([',', ';', ':', '\u{202F}']))
    }
}
