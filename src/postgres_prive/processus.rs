//! The server process: start, readiness, death.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use super::Reglages;
use super::binaires::Binaires;
use super::dossier::Emplacement;
use super::identite::Compte;

/// Long enough for the recovery that follows a power cut.
const DEMARRAGE_MAX: Duration = Duration::from_secs(60);
const ARRET_MAX: Duration = Duration::from_secs(30);
const PAS: Duration = Duration::from_millis(5);

const COMMUNS: [&str; 4] = [
    "listen_addresses=",
    "max_connections=200",
    "jit=off",
    "unix_socket_permissions=0700",
];

/// For tests only: a power cut may lose or corrupt everything.
const SANS_DURABILITE: [&str; 6] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
];

/// A `postgres` process, and the thread that waits for it.
#[derive(Debug)]
pub(super) struct Serveur {
    pid: u32,
    /// Receives the end of the process, once. The mutex only makes the type shareable.
    fin: Mutex<Receiver<std::io::Result<ExitStatus>>>,
}

impl Serveur {
    pub(super) fn lancer(
        b: &Binaires,
        e: &Emplacement,
        compte: &Compte,
        r: &Reglages,
    ) -> Result<Self> {
        let journal = File::create(e.journal())?;
        let mut commande = compte.commande_liee(&b.dossier.join("postgres"), "INT");
        commande.arg("-D").arg(e.donnees()).arg("-k").arg(&e.prise);
        for reglage in COMMUNS
            .iter()
            .chain(if r.durable { &[][..] } else { &SANS_DURABILITE })
        {
            commande.args(["-c", reglage]);
        }
        commande.args(["-c", &format!("shared_buffers={}MB", r.memoire_mio)]);
        // Its own process group: Ctrl-C in the terminal must reach the application only, which stops the server last.
        commande
            .process_group(0)
            .stdout(journal.try_clone()?)
            .stderr(journal);
        let (naissance, recu) = mpsc::channel();
        let (deces, fin) = mpsc::channel();
        // The death signal follows the thread that forked, not the process: this thread lives as long as the server.
        thread::Builder::new()
            .name("postgres-prive".into())
            .spawn(move || match commande.spawn() {
                Ok(mut enfant) => {
                    let _ = naissance.send(Ok(enfant.id()));
                    let _ = deces.send(enfant.wait());
                }
                Err(e) => {
                    let _ = naissance.send(Err(e));
                }
            })?;
        let pid = recu.recv()?.context("`postgres` cannot be run")?;
        let serveur = Self {
            pid,
            fin: Mutex::new(fin),
        };
        serveur.attendre_pret(e)?;
        Ok(serveur)
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Ready when `postmaster.pid` says so on line 8 and names our own child on line 1.
    fn attendre_pret(&self, e: &Emplacement) -> Result<()> {
        let debut = Instant::now();
        let dernieres = || derniers_mots(&e.journal());
        while !pret(&e.donnees(), self.pid) {
            match self.fin_avant(PAS) {
                Some(statut) => bail!("it ended ({statut}): {}", dernieres()),
                None if debut.elapsed() > DEMARRAGE_MAX => {
                    bail!(
                        "not ready after {} s: {}",
                        DEMARRAGE_MAX.as_secs(),
                        dernieres()
                    )
                }
                None => {}
            }
        }
        Ok(())
    }

    /// The end of the process if it comes within `delai`.
    fn fin_avant(&self, delai: Duration) -> Option<String> {
        let fin = self
            .fin
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match fin.recv_timeout(delai) {
            Ok(Ok(statut)) => Some(statut.to_string()),
            Ok(Err(e)) => Some(e.to_string()),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some("already over".into()),
        }
    }
}

impl Drop for Serveur {
    fn drop(&mut self) {
        // The pid is ours as long as the waiting thread has not reaped it.
        for (signal, delai) in [("INT", ARRET_MAX), ("QUIT", ARRET_MAX)] {
            if self.fin_avant(Duration::ZERO).is_some() {
                return;
            }
            if signaler(self.pid, signal).is_ok() && self.fin_avant(delai).is_some() {
                return;
            }
        }
        tracing::warn!(pid = self.pid, "the private PostgreSQL does not stop");
    }
}

/// Stops the server that a killed application may have left on this folder. On Linux it is already on its way out
/// (death signal) and this only waits; elsewhere this is what ends it. The caller holds the folder's lock.
pub(super) fn congedier_orphelin(donnees: &Path) -> Result<()> {
    let Some(pid) = pid_inscrit(donnees).filter(|p| sert(*p, donnees)) else {
        return Ok(());
    };
    signaler(pid, "INT")
        .with_context(|| format!("A PostgreSQL (pid {pid}) is left on {}", donnees.display()))?;
    let debut = Instant::now();
    while sert(pid, donnees) {
        if debut.elapsed() > ARRET_MAX {
            bail!(
                "A PostgreSQL (pid {pid}) left on {} does not stop.",
                donnees.display()
            );
        }
        thread::sleep(PAS);
    }
    Ok(())
}

/// First line of `postmaster.pid`.
pub(super) fn pid_inscrit(donnees: &Path) -> Option<u32> {
    let texte = fs::read_to_string(donnees.join("postmaster.pid")).ok()?;
    texte.lines().next()?.trim().parse().ok()
}

fn pret(donnees: &Path, pid: u32) -> bool {
    let texte = fs::read_to_string(donnees.join("postmaster.pid")).unwrap_or_default();
    let mut lignes = texte.lines().map(str::trim);
    lignes.next() == Some(pid.to_string().as_str()) && lignes.nth(6) == Some("ready")
}

/// Whether a process of this pid exists and has not ended (a zombie has no command line any more).
pub(super) fn vivant(pid: u32) -> bool {
    ligne_de_commande(pid).is_some_and(|l| !l.is_empty())
}

/// Whether this pid is a server of this folder, and not a stranger that received a recycled number.
fn sert(pid: u32, donnees: &Path) -> bool {
    ligne_de_commande(pid).is_some_and(|l| l.contains(&*donnees.to_string_lossy()))
}

fn ligne_de_commande(pid: u32) -> Option<String> {
    if Path::new("/proc/self/cmdline").exists() {
        let octets = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&octets).replace('\0', " "));
    }
    let sortie = Command::new("ps")
        .args(["-ww", "-o", "command=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    sortie
        .status
        .success()
        .then(|| String::from_utf8_lossy(&sortie.stdout).trim().to_owned())
}

/// `kill` of the shell: present wherever there is a shell, and no unsafe code here.
fn signaler(pid: u32, signal: &str) -> Result<()> {
    let etat = Command::new("/bin/sh")
        .args(["-c", r#"kill -s "$1" "$2""#, "sh", signal, &pid.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if etat.success() {
        Ok(())
    } else {
        Err(anyhow!(
            "signal {signal} could not be sent to process {pid}"
        ))
    }
}

fn derniers_mots(journal: &Path) -> String {
    let texte = fs::read_to_string(journal).unwrap_or_default();
    let lignes: Vec<_> = texte.lines().rev().take(5).collect();
    lignes.into_iter().rev().collect::<Vec<_>>().join(" / ")
}
