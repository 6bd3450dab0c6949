use anyhow::Context;
use qrcode::{Color, EcLevel, QrCode};
use rand::Rng;
use totp_rs::{Builder, Totp};

use crate::App;
use crate::db::UtilisateurId;

/// Length of the random salt, in bytes (as the tables check).
const SEL: usize = 32;
/// RFC 4226 §4: 160 bits.
const OCTETS: usize = 20;
const BUT: &str = "second_facteur";

/// What a secret derives from; worth nothing without the keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::utilisateurs) struct Graine {
    pub sel: Vec<u8>,
    pub version: i32,
}

/// A secret shared with the person's application. Never stored, never logged: it has no `Debug`.
pub(in crate::utilisateurs) struct Secret {
    totp: Totp,
    base32: String,
}

/// A QR code as the page draws it: one path in a square of `cote` modules, quiet zone included.
pub(in crate::utilisateurs) struct Dessin {
    pub cote: usize,
    pub trace: String,
}

/// Modules of white around a QR code (ISO/IEC 18004).
const MARGE: usize = 4;

impl Graine {
    /// A new salt under the key that signs.
    pub fn nouvelle(app: &App) -> Self {
        let mut sel = vec![0; SEL];
        rand::rng().fill_bytes(&mut sel);
        let (version, _) = app.cles.mac(None, BUT, &sel);
        Self {
            sel,
            version: i32::try_from(version).unwrap_or(i32::MAX),
        }
    }

    /// The secret of this person. With a key that is no longer listed it differs from the one the application holds, so
    /// that its codes are refused; recovery codes still open.
    pub fn secret(&self, app: &App, id: UtilisateurId, compte: &str) -> anyhow::Result<Secret> {
        let version = u32::try_from(self.version).ok();
        let donnees = [id.0.as_bytes().as_slice(), &self.sel].concat();
        let (utilisee, code) = app.cles.mac(version, BUT, &donnees);
        if Some(utilisee) != version {
            tracing::error!(evenement = "cle_de_facteur_absente", utilisateur = %id, version = self.version,
                "SECRET_KEY no longer lists the version this second factor derives from");
        }
        // The label of the otpauth address admits no colon.
        let marque = app.config.marque.replace(':', " ");
        let totp = Builder::new()
            .with_secret(code[..OCTETS].to_vec())
            .with_skew(1)
            .with_issuer(Some(marque))
            .with_account_name(compte)
            .build()
            .map_err(|e| anyhow::anyhow!("totp: {e}"))?;
        let base32 = totp_rs::Secret::from(code[..OCTETS].to_vec()).to_base32();
        Ok(Secret { totp, base32 })
    }
}

impl Secret {
    /// The step of 30 seconds this code belongs to, at most one away from `instant` (Unix seconds); `None`: it is wrong.
    pub fn pas(&self, code: &str, instant: i64) -> Option<i64> {
        let instant = u64::try_from(instant).ok()?;
        i64::try_from(self.totp.check(code, instant)?).ok()
    }

    /// To type by hand: groups of four.
    pub fn groupes(&self) -> String {
        let lettres: Vec<char> = self.base32.chars().collect();
        lettres
            .chunks(4)
            .map(|g| g.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The address an application reads from the QR code, or opens on the same device.
    pub fn adresse(&self) -> anyhow::Result<String> {
        self.totp.to_url().context("otpauth address")
    }

    /// The QR code of that address.
    pub fn dessin(&self) -> anyhow::Result<Dessin> {
        let code = QrCode::with_error_correction_level(self.adresse()?, EcLevel::M)
            .map_err(|e| anyhow::anyhow!("qr code: {e}"))?;
        let largeur = code.width();
        let mut trace = String::new();
        for (y, ligne) in code.to_colors().chunks(largeur).enumerate() {
            let mut x = 0;
            while x < largeur {
                let suite = ligne[x..].iter().take_while(|c| **c == Color::Dark).count();
                if suite > 0 {
                    trace.push_str(&format!("M{} {}h{suite}v1h-{suite}z", x + MARGE, y + MARGE));
                }
                x += suite.max(1);
            }
        }
        Ok(Dessin {
            cote: largeur + 2 * MARGE,
            trace,
        })
    }
}
