//! The demo's own secret, made once and kept beside its data.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::RngExt;

use crate::secrets::{Cles, LONGUEUR_MINIMALE};

fn valeur() -> String {
    let octets: [u8; LONGUEUR_MINIMALE] = rand::rng().random();
    format!("v1:{}", STANDARD.encode(octets))
}

/// Keys that nothing keeps: for what signs nothing, such as the route table.
///
/// # Errors
/// None in practice.
pub fn nouveau() -> Result<Cles> {
    Ok(Cles::lire(&valeur())?)
}

/// The keys of `<dossier>/secret`, created readable by its owner only (decisions 23).
///
/// # Errors
/// The folder cannot be written, or the file was damaged.
pub fn du_dossier(dossier: &Path) -> Result<Cles> {
    let chemin = dossier.join("secret");
    let contexte = || format!("{} (secret of the demo)", chemin.display());
    fs::create_dir_all(dossier).with_context(contexte)?;
    let ouvert = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&chemin);
    let texte = match ouvert {
        Ok(mut fichier) => {
            let texte = valeur();
            fichier.write_all(texte.as_bytes()).with_context(contexte)?;
            texte
        }
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            fs::read_to_string(&chemin).with_context(contexte)?
        }
        Err(e) => return Err(e).with_context(contexte),
    };
    Cles::lire(texte.trim()).with_context(contexte)
}
