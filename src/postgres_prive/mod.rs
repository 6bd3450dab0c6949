//! A private PostgreSQL for `demo` and for the tests: our own supervisor around the PostgreSQL binaries of the machine.
//!
//! Unix socket only (no TCP), one folder per major version, never as root, and the death of the application, however
//! violent, stops the server cleanly. Everything here blocks and uses `std` only, so that it can run before the runtime.
//!
//! ```text
//! <dossier>/pg15/verrou       held while a Vantail uses the folder
//!                donnees/     PGDATA
//!                journal      what initdb and postgres said
//!                .s.PGSQL.5432
//! ```

pub mod binaires;
mod dossier;
mod identite;
mod processus;
mod rapatriement;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use url::Url;

pub use dossier::{balayer, dossier_de_tests};

/// Name of the superuser of the private server; nobody else can reach its socket.
const ROLE: &str = "vantail";

/// For the machine of a developer, who also compiles and runs a browser, in MiB.
pub const MEMOIRE_MODESTE: u32 = 64;

/// How to run the private PostgreSQL.
#[derive(Debug, Clone)]
pub struct Reglages {
    /// Where the data lives. When the account that runs PostgreSQL cannot reach it, a folder
    /// `vantail-<hash>` of the system's temporary folder replaces it: see [`PostgresPrive::dossier`].
    pub dossier: PathBuf,
    /// `true` keeps every committed transaction through a power cut; `false` (tests) trades that for speed.
    pub durable: bool,
    /// What PostgreSQL keeps of the data in its own memory, in MiB (`shared_buffers`).
    pub memoire_mio: u32,
    /// `VANTAIL_PG_BIN`: folder holding `initdb` and `postgres`. When given, nothing else is tried.
    pub binaires: Option<PathBuf>,
}

/// A running private PostgreSQL. Dropping it stops the server.
#[derive(Debug)]
pub struct PostgresPrive {
    serveur: processus::Serveur,
    prise: PathBuf,
    dossier: PathBuf,
    /// Released when the server is stopped: the field order matters, `serveur` is dropped first.
    _verrou: File,
}

impl PostgresPrive {
    /// Creates the data folder if needed, starts PostgreSQL and returns once it accepts connections
    /// (about 0.7 s the first time, 0.07 s afterwards). Blocks: call it before the async runtime or from a blocking thread.
    ///
    /// # Errors
    /// No usable binaries, a folder already in use by another Vantail, data written by another major version,
    /// or PostgreSQL refusing to start (its own last words are quoted).
    pub fn demarrer(r: &Reglages) -> Result<Self> {
        Self::demarrer_avec(r, &binaires::Lieux::de_la_machine())
    }

    /// [`PostgresPrive::demarrer`] with other places to look for binaries than those of this machine.
    ///
    /// # Errors
    /// Those of [`PostgresPrive::demarrer`].
    pub fn demarrer_avec(r: &Reglages, lieux: &binaires::Lieux) -> Result<Self> {
        let compte = identite::Compte::pour_postgres()?;
        let binaires = binaires::chercher(r.binaires.as_deref(), lieux)?;
        let emplacement = dossier::Emplacement::preparer(&r.dossier, binaires.majeure, &compte)?;
        let verrou = emplacement.verrouiller()?;
        processus::congedier_orphelin(&emplacement.donnees())?;
        emplacement.initialiser(&binaires, &compte)?;
        let serveur = processus::Serveur::lancer(&binaires, &emplacement, &compte, r)
            .context("The private PostgreSQL did not start")?;
        Ok(Self {
            serveur,
            prise: emplacement.prise,
            dossier: emplacement.racine,
            _verrou: verrou,
        })
    }

    /// Address of the database `base`, in the form sqlx accepts. Port and TLS mode are explicit so that
    /// `PGPORT` or `PGSSLMODE` in the environment cannot divert it.
    pub fn url(&self, base: &str) -> String {
        let mut url = Url::parse("postgres://vantail@localhost:5432/").expect("constant address");
        url.set_path(base);
        url.query_pairs_mut()
            .append_pair("host", &self.prise.to_string_lossy())
            .append_pair("sslmode", "disable");
        url.into()
    }

    /// The folder really used, which differs from the one asked for when that one was out of reach.
    pub fn dossier(&self) -> &Path {
        &self.dossier
    }

    /// Process id of the server (the postmaster).
    pub fn pid(&self) -> u32 {
        self.serveur.pid()
    }

    /// Stops the server (SIGINT, "fast shutdown") and waits for its end; the same as dropping it.
    pub fn arreter(self) {
        drop(self);
    }
}
