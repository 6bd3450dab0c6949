//! A process of the bench: where it listens, what it costs, its end.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::commun::memoire;
use crate::commun::monde::VARIABLES;

/// Variables of a child that is the bare handler: what it runs, and where.
pub const NU: &str = "VANTAIL_BENCH_NU";
pub const NU_BASE: &str = "VANTAIL_BENCH_NU_BASE";

/// Killed when dropped.
pub struct Processus {
    enfant: Child,
    pub adresse: SocketAddr,
}

impl Processus {
    /// `vantail serve` on this database, with its logs in a file as a service has them. It is measured as soon as it is ready.
    pub fn portail(base: &str, journal: &Path) -> Self {
        let enfant = Command::new(env!("CARGO_BIN_EXE_vantail"))
            .arg("serve")
            .env_clear()
            .envs(VARIABLES)
            .env("DATABASE_URL", base)
            .env("LISTEN_ADDR", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(journal).expect("a file"))
            .spawn()
            .expect("the server");
        let limite = Instant::now() + Duration::from_secs(30);
        let adresse = loop {
            let dit = fs::read_to_string(journal).unwrap_or_default();
            if let Some(adresse) = dit.lines().find_map(annoncee) {
                break adresse;
            }
            assert!(Instant::now() < limite, "the server is not ready: {dit}");
            std::thread::sleep(Duration::from_millis(10));
        };
        Self { enfant, adresse }
    }

    /// This program again, as the bare handler (`nu.rs`).
    pub fn nu(base: &str, capture: &Path) -> Self {
        let mut enfant = Command::new(std::env::current_exe().expect("this program"))
            .env(NU, capture)
            .env(NU_BASE, base)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bare handler");
        let mut ligne = String::new();
        let sortie = enfant.stdout.take().expect("a pipe");
        BufReader::new(sortie)
            .read_line(&mut ligne)
            .expect("a line");
        let adresse = ligne.trim().parse().expect("an address");
        Self { enfant, adresse }
    }

    pub fn pid(&self) -> u32 {
        self.enfant.id()
    }

    /// MiB.
    pub fn memoire(&self) -> f64 {
        memoire(self.pid())
    }

    /// Seconds of processor used so far, in hundredths as the kernel counts them.
    pub fn processeur(&self) -> f64 {
        let etat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        // After the name, which may hold anything: state, then utime and stime at ranks 11 and 12.
        let champs = etat.rsplit_once(')').map_or("", |(_, suite)| suite);
        let tics = champs.split_whitespace().skip(11).take(2);
        tics.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
    }
}

impl Drop for Processus {
    fn drop(&mut self) {
        let _ = self.enfant.kill();
        let _ = self.enfant.wait();
    }
}

/// The address of the line « ready » of the logs.
fn annoncee(ligne: &str) -> Option<SocketAddr> {
    let ligne: Value = serde_json::from_str(ligne).ok()?;
    (ligne["message"] == "ready")
        .then(|| ligne["adresse"].as_str()?.parse().ok())
        .flatten()
}
