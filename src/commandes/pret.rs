//! `vantail ready`: asks the process of the same machine, for the probes of what has neither shell nor curl.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::config::Source;

/// Longer than what `/ready` leaves to the database.
const DELAI: Duration = Duration::from_secs(2);

/// Code 0 when `/ready` says 200.
///
/// # Errors
/// Nobody listens, or another answer than 200, quoted.
pub(super) async fn demander(source: Source<'_>) -> Result<ExitCode> {
    let adresse = adresse(source)?;
    let ligne = tokio::time::timeout(DELAI, premiere_ligne(adresse))
        .await
        .with_context(|| format!("{adresse} does not answer"))?
        .with_context(|| format!("{adresse} does not answer"))?;
    if ligne.split(' ').nth(1) == Some("200") {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("{adresse} is not ready: {ligne}")
}

/// Where the process of these settings listens, seen from its own machine.
fn adresse(source: Source<'_>) -> Result<SocketAddr> {
    let (nom, valeur) = match source("METRICS_ADDR") {
        Some(valeur) => ("METRICS_ADDR", valeur),
        None => (
            "LISTEN_ADDR",
            source("LISTEN_ADDR").unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
        ),
    };
    let mut adresse: SocketAddr = valeur
        .trim()
        .parse()
        .with_context(|| format!("{nom} is not valid: {valeur:?}"))?;
    match adresse.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => adresse.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => adresse.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    Ok(adresse)
}

async fn premiere_ligne(adresse: SocketAddr) -> std::io::Result<String> {
    let mut flux = TcpStream::connect(adresse).await?;
    flux.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut reponse = Vec::new();
    flux.take(4096).read_to_end(&mut reponse).await?;
    let texte = String::from_utf8_lossy(&reponse);
    Ok(texte.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_adresse_se_voit_de_la_machine() {
        let vue = |metrics: Option<&str>, listen: Option<&str>| {
            adresse(&|nom: &str| match nom {
                "METRICS_ADDR" => metrics.map(str::to_owned),
                "LISTEN_ADDR" => listen.map(str::to_owned),
                _ => None,
            })
            .map(|a| a.to_string())
        };
        assert_eq!(vue(None, None).expect("the default"), "127.0.0.1:8080");
        assert_eq!(
            vue(Some("0.0.0.0:9090"), Some("0.0.0.0:8080")).expect("metrics first"),
            "127.0.0.1:9090"
        );
        assert_eq!(vue(None, Some("[::]:80")).expect("version 6"), "[::1]:80");
        assert!(vue(None, Some("ici")).is_err());
    }
}
