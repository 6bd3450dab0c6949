//! The secret keys of the installation (`SECRET_KEY`): one list for the links of mails and for the journal.
//!
//! A key has a version so that it can be replaced without killing what the old one signed: the first of the list
//! signs, every listed version verifies. The order decides, not the number, so that a new key is known to all instances,
//! under its own number, before any of them signs with it. Nothing uses a key directly: each purpose derives its own
//! (HMAC), so that a code computed for one purpose proves nothing for another.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Shortest key accepted, in bytes (security.md CF1).
pub const LONGUEUR_MINIMALE: usize = 32;

/// The keys, by version. `Debug` shows versions only.
pub struct Cles {
    cles: BTreeMap<u32, Vec<u8>>,
    courante: u32,
}

/// Why `SECRET_KEY` cannot be used. Never quotes the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErreurCles {
    /// The variable is empty.
    Vide,
    /// The n-th entry (from 1) is not written `v1:base64`.
    Forme(usize),
    /// This version appears twice.
    Double(u32),
    /// The key of this version is shorter than [`LONGUEUR_MINIMALE`] bytes.
    Courte(u32),
    /// The key of this version repeats too few distinct bytes to be random.
    Faible(u32),
}

impl fmt::Display for ErreurCles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vide => write!(
                f,
                "SECRET_KEY is empty; expected v1:<base64 of 32 random bytes>"
            ),
            Self::Forme(rang) => {
                write!(f, "SECRET_KEY: entry {rang} is not of the form v1:<base64>")
            }
            Self::Double(version) => write!(f, "SECRET_KEY: version v{version} is given twice"),
            Self::Courte(version) => {
                write!(
                    f,
                    "SECRET_KEY: the key v{version} is shorter than {LONGUEUR_MINIMALE} bytes"
                )
            }
            Self::Faible(version) => write!(f, "SECRET_KEY: the key v{version} is not random"),
        }
    }
}

impl std::error::Error for ErreurCles {}

impl fmt::Debug for Cles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cles")
            .field("versions", &self.cles.keys())
            .finish_non_exhaustive()
    }
}

fn decoder(texte: &str) -> Option<Vec<u8>> {
    let tolerant =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::STANDARD, tolerant)
        .decode(texte)
        .or_else(|_| GeneralPurpose::new(&alphabet::URL_SAFE, tolerant).decode(texte))
        .ok()
}

fn hmac(cle: &[u8], morceaux: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(cle).expect("HMAC takes a key of any length");
    for morceau in morceaux {
        mac.update(morceau);
    }
    mac.finalize().into_bytes().into()
}

impl Cles {
    /// Reads `v2:base64,v1:base64`, the one that signs first; both base64 alphabets, padded or not.
    pub fn lire(valeur: &str) -> Result<Self, ErreurCles> {
        let (mut cles, mut courante) = (BTreeMap::new(), None);
        for (rang, entree) in valeur
            .split(',')
            .map(str::trim)
            .filter(|e| !e.is_empty())
            .enumerate()
        {
            let forme = || ErreurCles::Forme(rang + 1);
            let (version, cle) = entree.split_once(':').ok_or_else(forme)?;
            let version = version
                .strip_prefix('v')
                .and_then(|v| v.parse::<u32>().ok())
                .ok_or_else(forme)?;
            let cle = decoder(cle.trim()).ok_or_else(forme)?;
            if cle.len() < LONGUEUR_MINIMALE {
                return Err(ErreurCles::Courte(version));
            }
            if cle.iter().collect::<std::collections::BTreeSet<_>>().len() < 8 {
                return Err(ErreurCles::Faible(version));
            }
            if cles.insert(version, cle).is_some() {
                return Err(ErreurCles::Double(version));
            }
            courante.get_or_insert(version);
        }
        let courante = courante.ok_or(ErreurCles::Vide)?;
        Ok(Self { cles, courante })
    }

    /// HMAC-SHA256 of `donnees` for the purpose `but`, and the version that made it. `None` signs with the first.
    ///
    /// An unknown version also signs with the first and says so in the result: its code cannot match what the
    /// lost key signed, so a verification fails instead of passing or panicking.
    pub fn mac(&self, version: Option<u32>, but: &str, donnees: &[u8]) -> (u32, [u8; 32]) {
        let version = version
            .filter(|v| self.cles.contains_key(v))
            .unwrap_or(self.courante);
        let derivee = hmac(&self.cles[&version], &[b"vantail\0", but.as_bytes()]);
        (version, hmac(&derivee, &[donnees]))
    }

    /// Does one of the keys, old or new, give this code? In constant time for each key.
    pub fn verifier(&self, but: &str, donnees: &[u8], code: &[u8]) -> bool {
        self.versions().fold(false, |trouve, version| {
            let (_, attendu) = self.mac(Some(version), but, donnees);
            trouve | bool::from(attendu.ct_eq(code))
        })
    }

    /// The version that signs.
    pub fn courante(&self) -> u32 {
        self.courante
    }

    /// The known versions, lowest first.
    pub fn versions(&self) -> impl Iterator<Item = u32> + '_ {
        self.cles.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    fn cle(graine: u8) -> String {
        STANDARD.encode((0..32).map(|i| graine.wrapping_add(i)).collect::<Vec<u8>>())
    }

    #[test]
    fn la_premiere_signe_et_toutes_verifient() {
        let ancienne = Cles::lire(&format!("v1:{}", cle(1))).expect("valid");
        let tournee = Cles::lire(&format!("v10:{}, v1:{}", cle(9), cle(1))).expect("valid");
        let (version, code) = ancienne.mac(None, "essai", b"abc");
        assert_eq!(version, 1);
        assert_eq!(tournee.mac(None, "essai", b"abc").0, 10);
        assert_eq!(tournee.mac(Some(1), "essai", b"abc"), (1, code));
        assert!(tournee.verifier("essai", b"abc", &code));
        assert!(
            !tournee.verifier("autre", b"abc", &code),
            "a purpose proves nothing for another"
        );
        assert!(!tournee.verifier("essai", b"abd", &code));
        assert!(!tournee.verifier("essai", b"abc", &code[..31]));
        assert!(!tournee.verifier("essai", b"abc", b""));
        // The same keys, before the new one may sign: nothing changes but what a restarted instance understands.
        let prete = Cles::lire(&format!("v1:{}, v10:{}", cle(1), cle(9))).expect("valid");
        assert_eq!(prete.mac(None, "essai", b"abc"), (1, code));
        let (version, code) = tournee.mac(None, "essai", b"abc");
        assert_eq!(prete.mac(Some(version), "essai", b"abc"), (10, code));
    }

    #[test]
    fn une_version_inconnue_ne_verifie_rien() {
        let cles = Cles::lire(&format!("v2:{}", cle(1))).expect("valid");
        assert_eq!(
            cles.mac(Some(1), "essai", b"abc"),
            cles.mac(None, "essai", b"abc")
        );
        assert_eq!(cles.mac(Some(1), "essai", b"abc").0, 2);
    }

    #[test]
    fn une_mauvaise_cle_est_refusee_sans_etre_citee() {
        let courte = STANDARD.encode([7u8; 16]);
        for (valeur, attendu) in [
            (String::new(), ErreurCles::Vide),
            (" , ".to_owned(), ErreurCles::Vide),
            (cle(1), ErreurCles::Forme(1)),
            (format!("1:{}", cle(1)), ErreurCles::Forme(1)),
            (format!("v1:{},v2:pas*base64", cle(1)), ErreurCles::Forme(2)),
            (format!("v1:{courte}"), ErreurCles::Courte(1)),
            (
                format!("v1:{}", STANDARD.encode([7u8; 32])),
                ErreurCles::Faible(1),
            ),
            (
                format!("v1:{},v1:{}", cle(1), cle(2)),
                ErreurCles::Double(1),
            ),
        ] {
            let erreur = Cles::lire(&valeur).expect_err(&valeur);
            assert_eq!(erreur, attendu);
            assert!(!erreur.to_string().contains(&cle(1)));
        }
        let cles = Cles::lire(&format!("v1:{}", cle(1))).expect("valid");
        assert_eq!(format!("{cles:?}"), "Cles { versions: [1], .. }");
    }
}
