//! From a file to checked lines.

use std::io::{self, BufRead};

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
        let mut enregistrements = Enregistrements::new(source, L::SEPARATEUR);
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
        let entete = Entete::lire(&champs, L::SEPARATEUR)?;
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
