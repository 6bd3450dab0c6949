//! Records of a CSV file (`;` or `,`, RFC 4180 quotes), one physical line at a time.
//!
//! The csv crate takes an unclosed quote at its word and makes the rest of the file one field. Here a record spans
//! [`LIGNES_MAX`] lines and [`OCTETS_MAX`] bytes at most; when that, or the text itself, shows that a quote is wrong, only
//! the line where the record began is rejected, and reading resumes at the next physical line.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use csv::ByteRecord;

use super::Rejet;

/// Physical lines of one record.
pub const LIGNES_MAX: usize = 5;
/// Bytes of one physical line, and of one record.
pub const OCTETS_MAX: usize = 64 * 1024;

pub struct Enregistrements<R> {
    source: R,
    separateur: u8,
    /// Number of the last physical line given.
    ligne: u64,
    /// Lines to give again: taken as the continuation of a record that was none.
    en_attente: VecDeque<Ligne>,
    /// Number of columns, once the header is known.
    colonnes: Option<usize>,
    /// Of the record being read; kept for its capacity.
    texte: Vec<u8>,
}

enum Ligne {
    /// With its line end.
    Octets(Vec<u8>),
    TropLongue,
}

#[derive(PartialEq, Eq, Debug)]
enum Decoupe {
    Complete,
    /// A quoted field is not closed yet.
    Ouverte,
    /// Text after a closing quote.
    Fausse,
}

impl<R: BufRead> Enregistrements<R> {
    pub fn new(source: R, separateur: u8) -> Self {
        Self {
            source,
            separateur,
            ligne: 0,
            en_attente: VecDeque::new(),
            colonnes: None,
            texte: Vec::new(),
        }
    }

    /// From now on, records with another number of columns are rejected.
    pub fn fixer_colonnes(&mut self, colonnes: usize) {
        self.colonnes = Some(colonnes);
    }

    /// Number of the last physical line read.
    pub fn ligne(&self) -> u64 {
        self.ligne
    }

    /// The next record into `champs`, with the number of its first line; blank lines are skipped. `None` at the end.
    pub fn suivant(&mut self, champs: &mut ByteRecord) -> io::Result<Option<Result<u64, Rejet>>> {
        let premiere = loop {
            match self.ligne_physique()? {
                None => return Ok(None),
                Some(Ligne::TropLongue) => return Ok(Some(Err(self.trop_longue()))),
                Some(Ligne::Octets(o))
                    if o.iter().all(|o| matches!(o, b' ' | b'\t' | b'\r' | b'\n')) => {}
                Some(Ligne::Octets(o)) => break o,
            }
        };
        let debut = self.ligne;
        let mut suites: Vec<Ligne> = Vec::new();
        self.texte = premiere;
        let raison = loop {
            match decouper(&self.texte, self.separateur, champs) {
                Decoupe::Complete => match self.compter(champs) {
                    Ok(()) => return Ok(Some(Ok(debut))),
                    Err(raison) => break raison,
                },
                Decoupe::Fausse => {
                    break "Guillemet mal placé\u{202f}: du texte suit un guillemet fermant."
                        .to_owned();
                }
                Decoupe::Ouverte if suites.len() + 1 < LIGNES_MAX => {
                    let Some(suite) = self.ligne_physique()? else {
                        break NON_REFERME.to_owned();
                    };
                    let continue_ = match &suite {
                        Ligne::TropLongue => false,
                        Ligne::Octets(o) => {
                            self.texte.len() + o.len() <= OCTETS_MAX && !self.est_entiere(o)
                        }
                    };
                    if let (true, Ligne::Octets(o)) = (continue_, &suite) {
                        self.texte.extend_from_slice(o);
                    }
                    suites.push(suite);
                    if !continue_ {
                        break NON_REFERME.to_owned();
                    }
                }
                Decoupe::Ouverte => break NON_REFERME.to_owned(),
            }
        };
        for suite in suites.into_iter().rev() {
            self.en_attente.push_front(suite);
        }
        self.ligne = debut;
        Ok(Some(Err(Rejet {
            ligne: debut,
            raison,
        })))
    }

    /// A continuation with as many separators as a whole record most likely is one: the quote before it is wrong.
    fn est_entiere(&self, ligne: &[u8]) -> bool {
        self.colonnes.is_some_and(|n| {
            n > 2 && ligne.iter().filter(|o| **o == self.separateur).count() >= n - 1
        })
    }

    /// Empty columns too many are forgiven (spreadsheets add them).
    fn compter(&self, champs: &mut ByteRecord) -> Result<(), String> {
        let Some(attendues) = self.colonnes else {
            return Ok(());
        };
        let lues = champs.len();
        if lues > attendues && champs.iter().skip(attendues).all(<[u8]>::is_empty) {
            champs.truncate(attendues);
        }
        match champs.len() {
            n if n == attendues => Ok(()),
            _ => Err(format!("{lues} colonnes au lieu de {attendues}.")),
        }
    }

    fn trop_longue(&self) -> Rejet {
        Rejet {
            ligne: self.ligne,
            raison: "Ligne trop longue\u{202f}: plus de 64 Kio.".to_owned(),
        }
    }

    fn ligne_physique(&mut self) -> io::Result<Option<Ligne>> {
        if let Some(ligne) = self.en_attente.pop_front() {
            self.ligne += 1;
            return Ok(Some(ligne));
        }
        let mut octets = Vec::with_capacity(256);
        self.source
            .by_ref()
            .take(OCTETS_MAX as u64 + 1)
            .read_until(b'\n', &mut octets)?;
        if octets.is_empty() {
            return Ok(None);
        }
        self.ligne += 1;
        if octets.len() > OCTETS_MAX {
            if octets.last() != Some(&b'\n') {
                self.source.skip_until(b'\n')?;
            }
            return Ok(Some(Ligne::TropLongue));
        }
        if self.ligne == 1 && octets.starts_with(b"\xef\xbb\xbf") {
            octets.drain(..3);
        }
        Ok(Some(Ligne::Octets(octets)))
    }
}

const NON_REFERME: &str = "Guillemet ouvrant jamais refermé.";

/// Splits a record. Only a quote that begins a field opens a quoted one; inside it, two quotes are one.
fn decouper(texte: &[u8], separateur: u8, champs: &mut ByteRecord) -> Decoupe {
    champs.clear();
    let texte = texte
        .strip_suffix(b"\n")
        .map_or(texte, |t| t.strip_suffix(b"\r").unwrap_or(t));
    let mut reste = texte;
    let mut deplie = Vec::new();
    loop {
        let fin = if let Some(contenu) = reste.strip_prefix(b"\"") {
            deplie.clear();
            let mut place = 0;
            loop {
                match contenu[place..].iter().position(|o| *o == b'"') {
                    None => return Decoupe::Ouverte,
                    Some(n) => {
                        deplie.extend_from_slice(&contenu[place..place + n]);
                        place += n + 1;
                        if contenu.get(place) != Some(&b'"') {
                            break;
                        }
                        deplie.push(b'"');
                        place += 1;
                    }
                }
            }
            champs.push_field(&deplie);
            place + 1
        } else {
            let n = reste
                .iter()
                .position(|o| *o == separateur)
                .unwrap_or(reste.len());
            champs.push_field(&reste[..n]);
            n
        };
        match reste.get(fin) {
            None => return Decoupe::Complete,
            Some(o) if *o == separateur => reste = &reste[fin + 1..],
            Some(_) => return Decoupe::Fausse,
        }
    }
}
