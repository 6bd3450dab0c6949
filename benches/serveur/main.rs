//! `cargo bench --bench serveur`: the release server over HTTP, on worlds of several sizes, beside what it is compared with.
//!
//! For each size the demo world and N more structures with their people (`DEMO_SIZE`, always the same, loaded with COPY), then
//! `vantail serve` as a process of its own on a loopback port, read over HTTP/1.1 connections that stay open. The database, the
//! clients and the server share the machine: compare the columns of one run, not two runs.
//!
//! Printed, in this order:
//! - memory at rest, three seconds after the start;
//! - every list, search and request page: p50 and p95 of one client that asks each world in turn as a browser does (brotli),
//!   ratio of p50 to the smallest world, requests per second of sixteen clients, SQL statements (counted on the wire,
//!   `temoin.rs`), bytes of the body whole, with gzip and with brotli;
//! - « Activités du gestionnaire » beside a bare handler that runs the same SQL (`nu.rs`), in turns: requests per second, and
//!   processor time of each process;
//! - lists as files: first byte, end, lines, memory that the server holds above, whole and with brotli;
//! - five hundred decisions in one act and their undo, seven times;
//! - two hundred clients at once on « Activités », the directory, a fiche and a list of users: memory, refusals;
//! - the import of 100 000 structures beside `psql \copy` (`import.rs`);
//! - the goals, what was measured, held or not.
//!
//! The jobs of the server are held back by their lock and no mail leaves (the mail server refuses), so that a page is measured
//! and not the work of the night. Each decision of five hundred leaves a thousand lines in the historique of the loaded structure: a
//! world that was measured often is a little longer to read.
//!
//! Options, by the environment:
//! - `VANTAIL_BENCH_SIZES=1000,100000,1000000`: the sizes, the smallest first. The last one takes some minutes to load;
//! - `VANTAIL_BENCH_PG=postgres://…/postgres`: a server that is there already; its databases `mesures_…` stay, and serve again;
//! - `VANTAIL_BENCH_TOURS=200`: requests of one client per page;
//! - `VANTAIL_BENCH_CLIENTS=16`, `VANTAIL_BENCH_REQUESTS=200`: clients at once, their requests in all (0: no throughput);
//! - `VANTAIL_BENCH_PAGES=/support`: the pages whose address holds that, and nothing else;
//! - `VANTAIL_BENCH_PLANS=1`: the plan of each statement under the line of its page;
//! - `VANTAIL_BENCH_IMPORT=100000`: lines of the import (0: no import).

mod charge;
mod client;
#[path = "../commun/mod.rs"]
mod commun;
mod comparaison;
mod decisions;
mod guet;
mod import;
mod instance;
mod memoires;
mod nu;
mod objectifs;
mod plans;
mod processus;
mod reglages;
mod releve;
mod tableau;
mod temoin;

use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};

use commun::base::Base;
use instance::Instance;
use objectifs::Objectifs;
use reglages::Reglages;

/// At rest, in MiB.
const REPOS: f64 = 60.0;

async fn mesurer(base: &Base, dossier: &Path, reglages: &Reglages) {
    let mut objectifs = Objectifs::default();
    let mut instances = Vec::new();
    println!("Memory at rest");
    for taille in &reglages.tailles {
        let instance = Instance::ouvrir(base, dossier, *taille).await;
        println!("{taille} structures: {:.1} MiB", instance.repos);
        objectifs.noter(
            &format!("≤ {REPOS} MiB at rest"),
            format!("{:.0} MiB at {taille}", instance.repos),
            instance.repos <= REPOS,
        );
        instances.push(instance);
    }
    tableau::dresser(&instances, reglages, &mut objectifs).await;
    if reglages.seules.is_empty() {
        reste(base, dossier, &instances, reglages, &mut objectifs).await;
    }
    objectifs.afficher();
}

async fn reste(
    base: &Base,
    dossier: &Path,
    instances: &[Instance],
    reglages: &Reglages,
    objectifs: &mut Objectifs,
) {
    println!(
        "\n« Activités du gestionnaire » and the same SQL, {} clients",
        reglages.clients
    );
    for instance in instances {
        comparaison::comparer(instance, dossier, reglages, objectifs).await;
    }
    println!(
        "\n{:<44} {:>9} {:<9} {:>9} {:>9} {:>8} {:>9} {:>9} {:>9}",
        "Files", "size", "encoding", "first ms", "end ms", "lines", "KiB", "MiB 100k", "MiB"
    );
    for instance in instances {
        memoires::fichiers(instance, objectifs).await;
    }
    println!("\nDecisions");
    for instance in instances {
        decisions::decider(instance, objectifs).await;
    }
    println!("\nMemory");
    for instance in instances {
        memoires::foule(instance, objectifs).await;
    }
    if reglages.import > 0 {
        import::comparer(base, dossier, reglages.import, objectifs).await;
    }
}

fn main() {
    let execution = || tokio::runtime::Runtime::new().expect("a runtime");
    if let Some(capture) = std::env::var_os(processus::NU) {
        execution().block_on(nu::servir(capture.into()));
        return;
    }
    let reglages = Reglages::lire();
    let base = Base::ouvrir();
    let dossier = tempfile::tempdir().expect("a folder");
    execution().block_on(async {
        tokio::select! {
            () = mesurer(&base, dossier.path(), &reglages) => {}
            // The servers end with what started them.
            () = interrompu() => eprintln!("interrupted"),
        }
    });
}

async fn interrompu() {
    let mut fin = signal(SignalKind::terminate()).expect("a signal");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = fin.recv() => {}
    }
}
