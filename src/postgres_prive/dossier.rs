//! The folders of the private PostgreSQL: where, whose, one user at a time, and their cleaning.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::ROLE;
use super::binaires::Binaires;
use super::identite::{Compte, LOCALE};
use super::processus;

/// The kernel allows 107 bytes for the path of a socket, here `<folder>/.s.PGSQL.5432`.
const PRISE_MAX: usize = 100;
const NOM_DE_PRISE: &str = "/.s.PGSQL.5432";
const PREFIXE_DE_TESTS: &str = "vantail-tests-";

/// Folders of one server.
#[derive(Debug)]
pub(super) struct Emplacement {
    /// What was asked for, or its replacement.
    pub(super) racine: PathBuf,
    /// `<racine>/pg<major>`, mode 0700.
    pub(super) version: PathBuf,
    /// The folder of the socket: `version`, or a short one when that path is too long.
    pub(super) prise: PathBuf,
    majeure: u32,
}

impl Emplacement {
    pub(super) fn preparer(demande: &Path, majeure: u32, compte: &Compte) -> Result<Self> {
        let demande = std::path::absolute(demande)?;
        let racine = match creer_accessible(&demande) {
            Ok(()) if compte.atteint(&demande) => demande.clone(),
            Err(e)
                if !matches!(
                    e.kind(),
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                return Err(e).with_context(|| format!("{} cannot be created", demande.display()));
            }
            _ => {
                let repli = de_repli(&demande, compte)?;
                tracing::warn!(
                    "{} is out of reach of PostgreSQL, {} replaces it",
                    demande.display(),
                    repli.display()
                );
                repli
            }
        };
        let version = racine.join(format!("pg{majeure}"));
        signaler_autres_versions(&racine, &version);
        creer_prive(&version, compte)?;
        let mut prise = version.clone();
        if prise.as_os_str().len() + NOM_DE_PRISE.len() >= PRISE_MAX {
            prise = de_repli(&version, compte)?.join("prise");
            creer_prive(&prise, compte)?;
        }
        Ok(Self {
            racine,
            version,
            prise,
            majeure,
        })
    }

    pub(super) fn donnees(&self) -> PathBuf {
        self.version.join("donnees")
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.version.join("journal")
    }

    /// Two applications on one folder would silently share the first one's server.
    pub(super) fn verrouiller(&self) -> Result<File> {
        let chemin = self.version.join("verrou");
        let fichier = ouvrir_verrou(&chemin)
            .with_context(|| format!("{} cannot be opened", chemin.display()))?;
        match fichier.try_lock() {
            Ok(()) => Ok(fichier),
            Err(TryLockError::WouldBlock) => bail!(
                "{} is already used by another running Vantail; stop it, or choose another folder with VANTAIL_DATA.",
                self.racine.display()
            ),
            Err(TryLockError::Error(e)) => {
                Err(e).with_context(|| format!("{} cannot be locked", chemin.display()))
            }
        }
    }

    /// Creates the data folder, beside its final place so that an interrupted `initdb` leaves nothing half-made.
    pub(super) fn initialiser(&self, binaires: &Binaires, compte: &Compte) -> Result<()> {
        let donnees = self.donnees();
        if donnees.exists() {
            let ecrite = fs::read_to_string(donnees.join("PG_VERSION")).unwrap_or_default();
            if ecrite.trim() != self.majeure.to_string() {
                bail!(
                    "{} was written by PostgreSQL {}, the binaries of {} are version {}; use the binaries of that version \
                     (VANTAIL_PG_BIN) or remove the folder.",
                    donnees.display(),
                    if ecrite.is_empty() {
                        "of an unknown version"
                    } else {
                        ecrite.trim()
                    },
                    binaires.dossier.display(),
                    self.majeure
                );
            }
            return Ok(());
        }
        let ebauche = self.version.join("ebauche");
        if ebauche.exists() {
            fs::remove_dir_all(&ebauche)?;
        }
        let mut initdb = compte.commande_liee(&binaires.dossier.join("initdb"), "KILL");
        initdb
            .args([
                "-U",
                ROLE,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
                "--no-instructions",
            ])
            .arg(format!("--locale={LOCALE}"))
            .arg("-D")
            .arg(&ebauche);
        let sortie = initdb.output().context("`initdb` cannot be run")?;
        if !sortie.status.success() {
            let dit = String::from_utf8_lossy(&sortie.stderr);
            bail!(
                "`initdb` failed in {}: {}",
                self.version.display(),
                dit.trim()
            );
        }
        fs::rename(&ebauche, &donnees)?;
        Ok(())
    }
}

/// A change of binaries starts from an empty folder; the data of the other version is kept, and that must be said.
fn signaler_autres_versions(racine: &Path, version: &Path) {
    let autres = fs::read_dir(racine)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path());
    for autre in autres.filter(|a| !version.exists() && a.join("donnees/PG_VERSION").exists()) {
        tracing::warn!(
            "{} comes from another version of PostgreSQL: {} starts empty",
            autre.display(),
            version.display()
        );
    }
}

fn ouvrir_verrou(chemin: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(chemin)
}

/// Creates the folder and, when it did not exist, lets other accounts cross it: a strict umask must not lock
/// PostgreSQL out. What it contains is private by itself.
fn creer_accessible(dossier: &Path) -> std::io::Result<()> {
    if dossier.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dossier)?;
    fs::set_permissions(dossier, Permissions::from_mode(0o711))
}

fn creer_prive(dossier: &Path, compte: &Compte) -> Result<()> {
    let creation = DirBuilder::new().mode(0o700).create(dossier);
    match creation {
        Ok(()) => {}
        Err(e) if e.kind() == ErrorKind::AlreadyExists && dossier.is_dir() => {}
        Err(e) => {
            return Err(e).with_context(|| format!("{} cannot be created", dossier.display()));
        }
    }
    compte.ceder(dossier)?;
    fs::set_permissions(dossier, Permissions::from_mode(0o700))
        .with_context(|| format!("{} belongs to another account", dossier.display()))
}

/// `vantail-<hash>` in a temporary folder, the one that survives a restart first. Refused when another account
/// has put it there.
fn de_repli(demande: &Path, compte: &Compte) -> Result<PathBuf> {
    let mut empreinte = Sha256::new();
    empreinte.update(demande.as_os_str().as_encoded_bytes());
    let court: String = empreinte
        .finalize()
        .iter()
        .take(6)
        .map(|o| format!("{o:02x}"))
        .collect();
    for parent in temporaires() {
        let dossier = parent.join(format!("vantail-{court}"));
        if creer_accessible(&dossier).is_ok()
            && compte.possede(&dossier)
            && compte.atteint(&dossier)
        {
            return Ok(dossier);
        }
    }
    bail!(
        "The account that runs PostgreSQL can reach neither {} nor a temporary folder; choose another folder with VANTAIL_DATA.",
        demande.display()
    )
}

fn temporaires() -> Vec<PathBuf> {
    let mut dossiers = vec![
        PathBuf::from("/var/tmp"),
        std::env::temp_dir(),
        PathBuf::from("/tmp"),
    ];
    dossiers.retain(|d| d.is_dir());
    dossiers
}

/// A folder for the tests of this process, never the one of `demo`; those of ended processes are removed first. In
/// `VANTAIL_TESTS_DOSSIER` where it is given (`tests/run` names a memory file system when there is room).
///
/// # Errors
/// No temporary folder can be reached by the account that runs PostgreSQL.
pub fn dossier_de_tests() -> Result<PathBuf> {
    let compte = Compte::pour_postgres()?;
    let parent = std::env::var_os("VANTAIL_TESTS_DOSSIER")
        .map(PathBuf::from)
        .into_iter()
        .chain([std::env::temp_dir()])
        .chain(temporaires())
        .find(|d| compte.atteint(d))
        .context("No temporary folder can be reached")?;
    balayer(&parent);
    Ok(parent.join(format!("{PREFIXE_DE_TESTS}{}", process::id())))
}

/// Removes the test folders of `parent` whose process has ended and whose server is down. A static is never
/// dropped, so every test run leaves one behind (39 MB).
pub fn balayer(parent: &Path) {
    for entree in fs::read_dir(parent).into_iter().flatten().flatten() {
        let nom = entree.file_name();
        let pid = nom
            .to_str()
            .and_then(|n| n.strip_prefix(PREFIXE_DE_TESTS))
            .and_then(|p| p.parse::<u32>().ok());
        if pid.is_some_and(|p| !processus::vivant(p)) && !occupe(&entree.path()) {
            // Someone else's folder, or one that another run is removing: not ours to report.
            let _ = fs::remove_dir_all(entree.path());
        }
    }
}

/// A server of this folder still runs, or an application holds its lock (from another container, for instance).
fn occupe(racine: &Path) -> bool {
    fs::read_dir(racine)
        .into_iter()
        .flatten()
        .flatten()
        .any(|e| {
            let serveur = processus::pid_inscrit(&e.path().join("donnees"));
            let libre = File::open(e.path().join("verrou")).map_or(true, |f| f.try_lock().is_ok());
            serveur.is_some_and(processus::vivant) || !libre
        })
}
