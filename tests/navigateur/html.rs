//! html-validate over the pages as the server sent them, rules recommended and a11y.
//!
//! Off: `long-title` (a title names its object, however long its name); `form-dup-name` (the cells of a matrix are one list
//! field, and the portal answers 422 to a repeated field that no form declares as a list). Relaxed: `valid-id` (the id of a criterion is its
//! key in the query, `h.q`, which HTML allows).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::chromium::REMEDE;
use crate::gestes::Visite;

const OUTILS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/navigateur");

pub fn nom_de_fichier(nom: &str) -> String {
    nom.chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect()
}

/// Pages saved for one call of the tool.
pub struct Liasse {
    dossier: PathBuf,
    pages: usize,
}

impl Liasse {
    pub fn nouvelle(nom: &str) -> Result<Self> {
        let dossier = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("navigateur/pages")
            .join(nom);
        if dossier.exists() {
            std::fs::remove_dir_all(&dossier)?;
        }
        std::fs::create_dir_all(&dossier)?;
        Ok(Self { dossier, pages: 0 })
    }

    /// The document as it was sent, whatever the script has changed since.
    pub fn garder(&mut self, v: &Visite, nom: &str) -> Result<()> {
        let html = v.site.document();
        let nom = nom_de_fichier(nom);
        self.pages += 1;
        std::fs::write(
            self.dossier.join(format!("{:02}-{nom}.html", self.pages)),
            html,
        )?;
        Ok(())
    }

    /// Zero errors over all of them.
    pub async fn valider(self) -> Result<()> {
        let outil = Path::new(OUTILS).join("node_modules/.bin/html-validate");
        if !outil.exists() {
            bail!("html-validate is missing: {REMEDE}");
        }
        let dossier = self.dossier.clone();
        let sortie = tokio::task::spawn_blocking(move || {
            Command::new(outil)
                .current_dir(OUTILS)
                .args(["--config", "html-validate.json", "--formatter", "text"])
                .arg(&dossier)
                .output()
        })
        .await??;
        if !sortie.status.success() {
            bail!(
                "html-validate on {} pages:\n{}{}",
                self.pages,
                String::from_utf8_lossy(&sortie.stdout),
                String::from_utf8_lossy(&sortie.stderr)
            );
        }
        Ok(())
    }
}
