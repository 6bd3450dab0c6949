//! What an import did, for the terminal and for the historique.

use std::fmt;
use std::io::Write;
use std::time::{Duration, Instant};

use serde::Serialize;

/// A line that was not loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejet {
    /// Physical line of the file where the record begins; the header is line 1.
    pub ligne: u64,
    /// French sentence, without any control character: it is printed on terminals.
    pub raison: String,
}

/// A value edited here and therefore kept, that the file has otherwise (spec §13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub ligne: u64,
    pub identifiant: String,
    /// Column of the table `structures`.
    pub colonne: String,
    pub ici: Option<String>,
    pub fichier: Option<String>,
}

/// Counts of an import: `lues` = `creees` + `modifiees` + `inchangees` + `rejetees` once it is over.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Rapport {
    /// Records read, header excluded.
    pub lues: u64,
    pub creees: u64,
    pub modifiees: u64,
    pub inchangees: u64,
    /// Values kept although the file says otherwise.
    pub differences: u64,
    pub rejetees: u64,
    /// The first [`Self::DETAILS_MAX`] of them, in the order of the file.
    pub premieres_differences: Vec<Difference>,
    /// The first [`Self::DETAILS_MAX`] of them, in the order of the file.
    pub rejets: Vec<Rejet>,
    pub duree: Duration,
}

impl Rapport {
    /// Beyond, rejected lines and differences are counted only: a file wrong from end to end must not fill the memory.
    pub const DETAILS_MAX: usize = 1_000;

    /// Batches end in any order: the details kept are sorted again, those of the first lines stay.
    pub fn rejeter(&mut self, rejets: Vec<Rejet>) {
        self.rejetees += rejets.len() as u64;
        self.rejets.extend(rejets);
        self.rejets.sort_by_key(|r| r.ligne);
        self.rejets.truncate(Self::DETAILS_MAX);
    }

    pub(super) fn differer(&mut self, differences: Vec<Difference>) {
        self.differences += differences.len() as u64;
        self.premieres_differences.extend(differences);
        self.premieres_differences.sort_by_key(|d| d.ligne);
        self.premieres_differences.truncate(Self::DETAILS_MAX);
    }

    /// Writes the final report: the counts, then one line per rejected line and per difference kept in memory.
    pub fn ecrire(&self, sortie: &mut impl Write) -> std::io::Result<()> {
        writeln!(sortie, "{self}")?;
        for rejet in &self.rejets {
            writeln!(sortie, "ligne {}\u{202f}: {}", rejet.ligne, rejet.raison)?;
        }
        reste(sortie, self.rejetees, self.rejets.len(), "lignes rejetées")?;
        for d in &self.premieres_differences {
            let vide = |v: &Option<String>| v.clone().unwrap_or_else(|| "(vide)".to_owned());
            writeln!(
                sortie,
                "ligne {}\u{202f}: {} de {} gardé tel que saisi ici, {} (fichier\u{202f}: {})",
                d.ligne,
                d.colonne,
                d.identifiant,
                vide(&d.ici),
                vide(&d.fichier)
            )?;
        }
        reste(
            sortie,
            self.differences,
            self.premieres_differences.len(),
            "différences",
        )
    }
}

fn reste(sortie: &mut impl Write, total: u64, ecrites: usize, quoi: &str) -> std::io::Result<()> {
    match total - ecrites as u64 {
        0 => Ok(()),
        n => writeln!(sortie, "… et {n} autres {quoi}"),
    }
}

impl fmt::Display for Rapport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let debit = self.lues as f64 / self.duree.as_secs_f64().max(0.001);
        write!(
            f,
            "{} lues ({debit:.0}/s), {} créées, {} modifiées, {} inchangées, {} différences gardées, {} rejetées",
            self.lues,
            self.creees,
            self.modifiees,
            self.inchangees,
            self.differences,
            self.rejetees
        )
    }
}

/// The usual `progres` of a command: one line a second on stderr. Nothing for an import shorter than that.
pub fn progres_sur_stderr() -> impl FnMut(&Rapport) {
    let mut derniere = Instant::now();
    move |rapport| {
        if derniere.elapsed() >= Duration::from_millis(900) {
            derniere = Instant::now();
            eprintln!("{rapport}");
        }
    }
}
