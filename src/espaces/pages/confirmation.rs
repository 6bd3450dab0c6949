//! « N personnes concernées »: the window before anything changes, the same for the three kinds of setting and the matrix.

use askama::Template;
use axum::response::Response;

use crate::abonnements::Touchee;
use crate::acces::{Message, Page, StructureVue};
use crate::web::{self, Erreur, texte};

/// People shown at once; the others are folded.
const MONTREES: usize = 10;

#[derive(Template)]
#[template(path = "espaces/confirmation.html")]
pub struct PageConfirmation {
    pub page: Page,
    pub structure: StructureVue,
    pub titre: String,
    /// What is set, in sentences.
    pub phrases: Vec<String>,
    pub touchees: Vec<Touchee>,
    pub action: String,
    /// Pairs (field, value), sent again with `confirme`.
    pub champs: Vec<(&'static str, String)>,
    pub bouton: &'static str,
    pub danger: bool,
    pub annuler: String,
}

impl PageConfirmation {
    fn combien(&self) -> String {
        match self.touchees.len() {
            0 => "Personne n’est concerné aujourd’hui.".to_owned(),
            n => format!(
                "{} aujourd’hui :",
                texte::accord(n, "personne concernée", "personnes concernées")
            ),
        }
    }

    fn montrees(&self) -> &[Touchee] {
        &self.touchees[..self.touchees.len().min(MONTREES)]
    }

    fn autres(&self) -> &[Touchee] {
        &self.touchees[self.touchees.len().min(MONTREES)..]
    }

    fn autres_en_mots(&self) -> String {
        let n = self.autres().len();
        format!(
            "et {}",
            texte::accord(n, "autre personne", "autres personnes")
        )
    }

    fn style(&self) -> &'static str {
        if self.danger { "danger" } else { "" }
    }

    pub fn repondre(&self) -> Result<Response, Erreur> {
        web::page(self)
    }
}

/// « 12 personnes concernées », with what changed for each.
pub fn message(titre: &str, touchees: &[Touchee]) -> Message {
    let message = Message::succes(titre);
    match touchees.len() {
        0 => message.texte("Personne n’est concerné aujourd’hui."),
        n => message.texte(format!(
            "{} : un courriel l’annonce à chacune.",
            texte::accord(n, "personne concernée", "personnes concernées")
        )),
    }
}
