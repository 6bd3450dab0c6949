//! clamd, over its INSTREAM command: length-prefixed pieces, an empty one, one line of answer. Nothing of it is trusted
//! beyond that line, and everything has a deadline.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Where clamd listens: `host:port`, or `unix:/path`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Clamd {
    Tcp(String),
    Unix(PathBuf),
}

impl FromStr for Clamd {
    type Err = anyhow::Error;

    fn from_str(adresse: &str) -> Result<Self> {
        if let Some(chemin) = adresse.strip_prefix("unix:") {
            if !chemin.starts_with('/') {
                bail!("unix: wants an absolute path");
            }
            return Ok(Self::Unix(chemin.into()));
        }
        match adresse.rsplit_once(':') {
            Some((hote, port)) if !hote.is_empty() && port.parse::<u16>().is_ok() => {
                Ok(Self::Tcp(adresse.to_owned()))
            }
            _ => bail!("give host:port, or unix:/path"),
        }
    }
}

/// What clamd said of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    Saine,
    /// The name of what it found.
    Infectee(String),
}

const CONNEXION: Duration = Duration::from_secs(5);
/// For a whole file: clamd reads 10 MiB in a few seconds.
const ECHANGE: Duration = Duration::from_secs(60);
/// An answer is a line.
const REPONSE: u64 = 4 * 1024;

impl Clamd {
    /// Sends the pieces as they come; an error among them gives the scan up.
    ///
    /// # Errors
    /// clamd does not answer, or not with a verdict.
    pub(super) async fn analyser(
        &self,
        morceaux: mpsc::Receiver<Result<Vec<u8>>>,
    ) -> Result<Verdict> {
        match self {
            Self::Tcp(adresse) => {
                let flux = timeout(CONNEXION, TcpStream::connect(adresse))
                    .await
                    .context("clamd does not answer")??;
                timeout(ECHANGE, instream(flux, morceaux)).await
            }
            Self::Unix(chemin) => {
                let flux = timeout(CONNEXION, UnixStream::connect(chemin))
                    .await
                    .context("clamd does not answer")??;
                timeout(ECHANGE, instream(flux, morceaux)).await
            }
        }
        .context("clamd is too slow")?
    }
}

async fn instream(
    mut flux: impl AsyncRead + AsyncWrite + Unpin,
    mut morceaux: mpsc::Receiver<Result<Vec<u8>>>,
) -> Result<Verdict> {
    flux.write_all(b"zINSTREAM\0").await?;
    while let Some(morceau) = morceaux.recv().await {
        let morceau = morceau?;
        flux.write_all(&u32::try_from(morceau.len())?.to_be_bytes())
            .await?;
        flux.write_all(&morceau).await?;
    }
    flux.write_all(&0u32.to_be_bytes()).await?;
    flux.flush().await?;
    let mut reponse = Vec::new();
    (&mut flux).take(REPONSE).read_to_end(&mut reponse).await?;
    verdict(&String::from_utf8_lossy(&reponse))
}

/// `stream: OK`, `stream: Win.Test.EICAR_HDB-1 FOUND`, or anything else, which is no verdict.
fn verdict(reponse: &str) -> Result<Verdict> {
    let ligne = reponse.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let dit = ligne.strip_prefix("stream:").map(str::trim);
    match dit {
        Some("OK") => Ok(Verdict::Saine),
        Some(trouve) => match trouve.strip_suffix("FOUND") {
            Some(nom) => Ok(Verdict::Infectee(
                nom.trim()
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(100)
                    .collect(),
            )),
            None => bail!("clamd gives no verdict: {trouve:?}"),
        },
        None => bail!("clamd gives no verdict: {ligne:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Clamd, Verdict, verdict};

    #[test]
    fn une_adresse_de_clamd_se_lit() {
        assert_eq!(
            "localhost:3310".parse::<Clamd>().expect("an address"),
            Clamd::Tcp("localhost:3310".to_owned())
        );
        assert_eq!(
            "unix:/run/clamd.sock".parse::<Clamd>().expect("a path"),
            Clamd::Unix("/run/clamd.sock".into())
        );
        for faux in ["", "localhost", ":3310", "localhost:x", "unix:clamd.sock"] {
            assert!(faux.parse::<Clamd>().is_err(), "{faux:?}");
        }
    }

    #[test]
    fn seule_une_reponse_nette_est_un_verdict() {
        assert_eq!(verdict("stream: OK\0").expect("clean"), Verdict::Saine);
        assert_eq!(
            verdict("stream: Win.Test.EICAR_HDB-1 FOUND\0").expect("found"),
            Verdict::Infectee("Win.Test.EICAR_HDB-1".to_owned())
        );
        for rien in [
            "",
            "INSTREAM size limit exceeded. ERROR\0",
            "stream: NOT OK\0",
            "UNKNOWN COMMAND\0",
        ] {
            assert!(verdict(rien).is_err(), "{rien:?}");
        }
    }
}
