use std::fmt;

use serde::Deserialize;

use super::texte;

/// Messages of a form: at the fields, in order, then the general ones (form machine: strings in, domain types out).
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Erreurs {
    champs: Vec<(String, String)>,
    generales: Vec<String>,
}

impl Erreurs {
    pub fn une(champ: &str, phrase: &str) -> Self {
        let mut erreurs = Self::default();
        erreurs.ajouter(champ, phrase);
        erreurs
    }

    pub fn generale(phrase: &str) -> Self {
        Self {
            champs: Vec::new(),
            generales: vec![phrase.to_owned()],
        }
    }

    /// Only the first message of a field is kept: one thing to mend at a time.
    pub fn ajouter(&mut self, champ: &str, phrase: &str) {
        if self.pour(champ).is_none() {
            self.champs.push((champ.to_owned(), phrase.to_owned()));
        }
    }

    pub fn pour(&self, champ: &str) -> Option<&str> {
        self.champs
            .iter()
            .find(|(c, _)| c == champ)
            .map(|(_, p)| p.as_str())
    }

    pub fn est_vide(&self) -> bool {
        self.champs.is_empty() && self.generales.is_empty()
    }

    pub fn champs(&self) -> &[(String, String)] {
        &self.champs
    }

    pub fn generales(&self) -> &[String] {
        &self.generales
    }

    /// All sentences, for a page without the form.
    pub fn phrases(&self) -> Vec<&str> {
        self.generales
            .iter()
            .chain(self.champs.iter().map(|(_, p)| p))
            .map(String::as_str)
            .collect()
    }

    /// For the summary above the form: pairs (field, sentence), the field "" for the whole.
    pub fn resume(&self) -> Vec<(String, String)> {
        let generales = self.generales.iter();
        generales
            .map(|p| (String::new(), p.clone()))
            .chain(self.champs.iter().cloned())
            .collect()
    }

    /// A browser never sends a chosen file again by itself: a refused form that had one says so at its field.
    #[must_use]
    pub fn fichier_a_rechoisir(mut self, avec_fichier: bool) -> Self {
        if avec_fichier {
            self.ajouter(
                "fichier",
                "Choisissez de nouveau le fichier\u{202F}: il n’a pas été conservé.",
            );
        }
        self
    }

    /// `Ok` when nothing was wrong.
    pub fn verdict(self) -> Result<(), Self> {
        if self.est_vide() { Ok(()) } else { Err(self) }
    }

    /// Reads a field: the value, or its default after noting the message.
    pub fn lire<T: Default>(&mut self, champ: &str, lu: Result<T, impl AsRef<str>>) -> T {
        lu.unwrap_or_else(|phrase| {
            self.ajouter(champ, phrase.as_ref());
            T::default()
        })
    }

    /// A mandatory one-line text.
    pub fn ligne(&mut self, champ: &str, saisi: &str, max: usize, absent: &str) -> String {
        let lu = texte::ligne(saisi, max).and_then(|t| {
            if t.is_empty() {
                Err(absent.to_owned())
            } else {
                Ok(t)
            }
        });
        self.lire(champ, lu)
    }

    /// An optional one-line text; empty is `None`.
    pub fn ligne_facultative(&mut self, champ: &str, saisi: &str, max: usize) -> Option<String> {
        Some(self.lire(champ, texte::ligne(saisi, max))).filter(|t| !t.is_empty())
    }

    /// A mandatory text of several lines (commentaire, motif).
    pub fn paragraphe(&mut self, champ: &str, saisi: &str, max: usize, absent: &str) -> String {
        let lu = texte::paragraphe(saisi, max).and_then(|t| {
            if t.is_empty() {
                Err(absent.to_owned())
            } else {
                Ok(t)
            }
        });
        self.lire(champ, lu)
    }
}

/// A form as typed: strings only, so that nothing typed is ever lost; `lire` gives the domain value or the messages.
pub trait Saisie {
    type Lu;

    fn lire(&self) -> Result<Self::Lu, Erreurs>;
}

/// A password as typed. It has neither `Display` nor a way into a template or a log.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct MotDePasse(String);

impl MotDePasse {
    pub fn new(clair: &str) -> Self {
        Self(clair.to_owned())
    }

    /// For hashing and measuring only.
    pub fn exposer(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MotDePasse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MotDePasse(…)")
    }
}
