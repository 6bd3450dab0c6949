//! Which account runs PostgreSQL: it refuses root, so root hands over to `postgres`, else to `nobody`.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// The account of the server process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compte {
    uid: u32,
    gid: u32,
    /// The application is root: files are handed over and processes change account.
    cede: bool,
}

impl Compte {
    pub(super) fn pour_postgres() -> Result<Self> {
        let (uid, gid) = (id(&["-u"])?, id(&["-g"])?);
        if uid != 0 {
            return Ok(Self {
                uid,
                gid,
                cede: false,
            });
        }
        let nom = if id(&["-u", "postgres"]).is_ok() {
            "postgres"
        } else {
            "nobody"
        };
        let (uid, gid) = (id(&["-u", nom])?, id(&["-g", nom])?);
        Ok(Self {
            uid,
            gid,
            cede: true,
        })
    }

    /// Gives a file or folder to the account.
    pub(super) fn ceder(&self, chemin: &Path) -> Result<()> {
        if self.cede {
            chown(chemin, Some(self.uid), Some(self.gid)).with_context(|| {
                format!("{} cannot be given to uid {}", chemin.display(), self.uid)
            })?;
        }
        Ok(())
    }

    /// Whether the account may enter the folder. Asked of the system rather than computed from modes: every
    /// ancestor counts, and so do access lists.
    pub(super) fn atteint(&self, dossier: &Path) -> bool {
        let mut test = self.commande(Path::new("test"));
        test.arg("-x").arg(dossier);
        test.status().is_ok_and(|s| s.success())
    }

    /// Whether a folder of a shared place such as `/tmp` is ours, and not set there by someone else.
    pub(super) fn possede(&self, dossier: &Path) -> bool {
        std::fs::symlink_metadata(dossier).is_ok_and(|m| {
            let proprietaire = m.uid() == self.uid || (self.cede && m.uid() == 0);
            m.is_dir() && proprietaire && m.mode() & 0o022 == 0
        })
    }

    /// A command run as the account, with an empty environment (no `PG…` variable can change its behaviour).
    pub(super) fn commande(&self, programme: &Path) -> Command {
        let mut c = Command::new(programme);
        c.env_clear()
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .env("LC_ALL", LOCALE)
            .current_dir("/")
            .stdin(Stdio::null());
        if self.cede {
            c.uid(self.uid).gid(self.gid);
        }
        c
    }

    /// Like [`Compte::commande`], and the process receives `signal` when the thread that starts it ends, which
    /// includes `kill -9` of the application. `setpriv` (util-linux) does it without unsafe code; elsewhere
    /// [`super::processus::congedier_orphelin`] repairs at the next start.
    pub(super) fn commande_liee(&self, programme: &Path, signal: &str) -> Command {
        if !setpriv() {
            return self.commande(programme);
        }
        let mut c = self.commande(Path::new("setpriv"));
        c.args(["--pdeathsig", signal, "--"]).arg(programme);
        c
    }
}

/// UTF-8 without any language; macOS has no `C.UTF-8` of its own.
pub(super) const LOCALE: &str = if cfg!(target_os = "macos") {
    "en_US.UTF-8"
} else {
    "C.UTF-8"
};

fn setpriv() -> bool {
    let essai = Command::new("setpriv")
        .args(["--pdeathsig", "INT", "--", "true"])
        .stderr(Stdio::null())
        .status();
    essai.is_ok_and(|s| s.success())
}

/// `id`, because std has no way to ask for the uid.
fn id(arguments: &[&str]) -> Result<u32> {
    let sortie = Command::new("id")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("`id` cannot be run")?;
    let texte = String::from_utf8_lossy(&sortie.stdout);
    texte
        .trim()
        .parse()
        .with_context(|| format!("`id {}` failed", arguments.join(" ")))
}
