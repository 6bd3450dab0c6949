//! Where a file comes from: a path, the standard input, or bytes of the program.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use flate2::read::MultiGzDecoder;

/// Something to read lines from, compressed by gzip or not: the first two bytes tell, never the name.
pub enum Source {
    Fichier(PathBuf),
    EntreeStandard,
    Octets(&'static [u8]),
    /// Anything else, read from a thread of its own.
    Flux(Box<dyn Read + Send>),
}

impl Source {
    /// The argument of a command: a path, or `-` for the standard input.
    pub fn depuis_argument(argument: &Path) -> Self {
        if argument.as_os_str() == "-" {
            Self::EntreeStandard
        } else {
            Self::Fichier(argument.to_owned())
        }
    }

    /// Opens it, decompressing on the way when needed.
    pub fn ouvrir(self) -> anyhow::Result<Box<dyn BufRead + Send>> {
        let brut: Box<dyn Read + Send> = match self {
            Self::Fichier(chemin) => Box::new(
                File::open(&chemin)
                    .with_context(|| format!("impossible d'ouvrir {}", chemin.display()))?,
            ),
            Self::EntreeStandard => Box::new(io::stdin()),
            Self::Octets(octets) => Box::new(octets),
            Self::Flux(flux) => flux,
        };
        decompresser(brut).context("lecture impossible")
    }
}

fn decompresser(mut brut: Box<dyn Read + Send>) -> io::Result<Box<dyn BufRead + Send>> {
    const TAMPON: usize = 256 * 1024;
    let mut magie = Vec::with_capacity(2);
    brut.by_ref().take(2).read_to_end(&mut magie)?;
    let compresse = magie == [0x1f, 0x8b];
    let entier = Cursor::new(magie).chain(brut);
    Ok(if compresse {
        let entier = BufReader::with_capacity(TAMPON, entier);
        Box::new(BufReader::with_capacity(
            TAMPON,
            MultiGzDecoder::new(entier),
        ))
    } else {
        Box::new(BufReader::with_capacity(TAMPON, entier))
    })
}
