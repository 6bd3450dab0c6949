//! Who is at the other end: the peer, or what a trusted proxy says of it (security.md CF7).

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use anyhow::{Context, bail};
use http::HeaderMap;

/// The client's address, in the extensions of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdresseClient(pub IpAddr);

/// The other end of the TCP connection, put in request extensions by the accept loop; absent from in-process requests.
#[derive(Clone, Copy, Debug)]
pub struct Pair(pub SocketAddr);

/// One address, or a block in CIDR notation: an item of `TRUSTED_PROXIES`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reseau {
    base: IpAddr,
    prefixe: u32,
}

impl Reseau {
    pub fn contient(&self, adresse: IpAddr) -> bool {
        match (self.base, adresse.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(adresse)) => {
                let masque = u32::MAX.checked_shl(32 - self.prefixe).unwrap_or(0);
                (base.to_bits() ^ adresse.to_bits()) & masque == 0
            }
            (IpAddr::V6(base), IpAddr::V6(adresse)) => {
                let masque = u128::MAX.checked_shl(128 - self.prefixe).unwrap_or(0);
                (base.to_bits() ^ adresse.to_bits()) & masque == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Reseau {
    type Err = anyhow::Error;

    fn from_str(texte: &str) -> anyhow::Result<Self> {
        let (adresse, prefixe) = match texte.trim().split_once('/') {
            Some((adresse, prefixe)) => (adresse, Some(prefixe)),
            None => (texte.trim(), None),
        };
        let base: IpAddr = adresse
            .parse()
            .with_context(|| format!("«\u{202f}{texte}\u{202f}» n’est pas une adresse"))?;
        let bits = if base.is_ipv4() { 32 } else { 128 };
        let prefixe = match prefixe {
            Some(prefixe) => prefixe
                .parse()
                .with_context(|| format!("préfixe de «\u{202f}{texte}\u{202f}» illisible"))?,
            None => bits,
        };
        if prefixe > bits {
            bail!("préfixe de «\u{202f}{texte}\u{202f}» trop long");
        }
        Ok(Self { base, prefixe })
    }
}

/// The peer, unless it is a trusted proxy: then the right-most address of `X-Forwarded-For` that is not one. What a
/// client writes itself is on the left of that entry, and is never believed.
pub(super) fn adresse_client(pair: IpAddr, entetes: &HeaderMap, proxies: &[Reseau]) -> IpAddr {
    let fiable = |adresse| proxies.iter().any(|reseau| reseau.contient(adresse));
    let mut adresse = pair.to_canonical();
    let lignes: Vec<&str> = entetes
        .get_all("x-forwarded-for")
        .iter()
        .map(|ligne| ligne.to_str().unwrap_or_default())
        .collect();
    for entree in lignes.iter().flat_map(|ligne| ligne.split(',')).rev() {
        if !fiable(adresse) {
            break;
        }
        // An unreadable entry was not written by a proxy of ours: nothing on its left is worth more.
        let Some(suivante) = lire(entree.trim()) else {
            break;
        };
        adresse = suivante;
    }
    adresse
}

/// `192.0.2.1`, `192.0.2.1:1234`, `2001:db8::1` or `[2001:db8::1]:1234`: proxies write them all.
fn lire(entree: &str) -> Option<IpAddr> {
    entree
        .parse::<IpAddr>()
        .or_else(|_| entree.parse::<SocketAddr>().map(|adresse| adresse.ip()))
        .ok()
        .map(|adresse| adresse.to_canonical())
}
