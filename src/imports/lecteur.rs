//! From a file to checked lines.

use std::io::{self, BufRead, Cursor};

use anyhow::{Context, bail};
use csv::ByteRecord;

use super::Rejet;
use super::colonnes::Entete;
use super::enregistrements::Enregistrements;

/// A kind of line an import knows how to read.
pub trait LigneImport: Sized + Send + 'static {
    /// Where its columns are in this file.
    type Colonnes: Send;

    /// Between two columns of the file.
    #[doc(hidden)]
    const SEPARATEUR: u8 = b';';

    /// Binds the columns by their names.
    ///
    /// # Errors
    /// A required column is missing: the message names it.
    #[doc(hidden)]
    fn lier(entete: &Entete) -> anyhow::Result<Self::Colonnes>;

    /// Checks one record; the error is the reason of the rejection.
    #[doc(hidden)]
    fn lire(colonnes: &Self::Colonnes, champs: &ByteRecord, ligne: u64) -> Result<Self, String>;
}

/// Reads the lines of a file one by one, in constant memory.
pub struct Lecteur<L: LigneImport, R> {
    enregistrements: Enregistrements<R>,
    colonnes: L::Colonnes,
    champs: ByteRecord,
}

impl<L: LigneImport, R: BufRead> Lecteur<L, R> {
    /// Reads the header line.
    ///
    /// # Errors
    /// An empty file, another encoding, a missing or repeated column.
    pub fn ouvrir(source: R) -> anyhow::Result<Self> {
        Self::ouvrir_separe(source, L::SEPARATEUR)
    }

    fn ouvrir_separe(source: R, separateur: u8) -> anyhow::Result<Self> {
        let mut enregistrements = Enregistrements::new(source, separateur);
        let mut champs = ByteRecord::new();
        match enregistrements
            .suivant(&mut champs)
            .context("lecture impossible")?
        {
            None => bail!("le fichier est vide"),
            Some(Err(rejet)) => bail!("première ligne illisible : {}", rejet.raison),
            Some(Ok(_)) => {}
        }
        if champs
            .get(0)
            .is_some_and(|o| o.starts_with(b"\xff\xfe") || o.starts_with(b"\xfe\xff"))
        {
            bail!("le fichier est en UTF-16 : enregistrez-le en CSV UTF-8");
        }
        let entete = Entete::lire(&champs, separateur)?;
        let colonnes = L::lier(&entete)?;
        enregistrements.fixer_colonnes(entete.nombre());
        Ok(Self {
            enregistrements,
            colonnes,
            champs,
        })
    }

    /// Number of the last physical line read.
    pub fn ligne(&self) -> u64 {
        self.enregistrements.ligne()
    }
}

impl<L: LigneImport, R: BufRead> Iterator for Lecteur<L, R> {
    /// The outer error is the file itself failing: nothing follows it.
    type Item = io::Result<Result<L, Rejet>>;

    fn next(&mut self) -> Option<Self::Item> {
        let lu = self.enregistrements.suivant(&mut self.champs).transpose()?;
        Some(lu.map(|enregistrement| {
            enregistrement.and_then(|ligne| {
                L::lire(&self.colonnes, &self.champs, ligne)
                    .map_err(|raison| Rejet { ligne, raison })
            })
        }))
    }
}

/// Every line of a file given on a screen, `max` at most, the header apart. `virgules`: spreadsheets of other countries separate
/// the columns by commas, the first line says which.
///
/// # Errors
/// What the file lacks, as a sentence for its field.
pub fn lignes_deposees<L: LigneImport>(
    texte: &str,
    max: usize,
    virgules: bool,
) -> Result<Vec<Result<L, Rejet>>, String> {
    let illisible =
        |e: &dyn std::fmt::Display| format!("Ce fichier n’est pas lisible\u{202F}: {e}.");
    if texte.trim().is_empty() {
        return Err("Le fichier est vide.".to_owned());
    }
    let entete = texte.lines().next().unwrap_or_default();
    let compter = |separateur: char| entete.matches(separateur).count();
    let separateur = if virgules && compter(',') > compter(';') {
        b','
    } else {
        L::SEPARATEUR
    };
    let source = Cursor::new(texte.as_bytes());
    let lecteur = Lecteur::<L, _>::ouvrir_separe(source, separateur).map_err(|e| illisible(&e))?;
    let mut lignes = Vec::new();
    for ligne in lecteur {
        if lignes.len() == max {
            return Err(format!(
                "Le fichier a plus de {max} lignes\u{202F}: découpez-le."
            ));
        }
        lignes.push(ligne.map_err(|e| illisible(&e))?);
    }
    if lignes.is_empty() {
        return Err("Le fichier n’a que sa première ligne.".to_owned());
    }
    Ok(lignes)
}
