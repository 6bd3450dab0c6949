//! `cargo bench --bench pages`: the pages on a small and on a large world, in one run, as ratios.
//!
//! The world is the demo world and N more structures with their people (`DEMO_SIZE`). Every page goes through the
//! router and all its layers, against a private PostgreSQL. Machines are shared and noisy: only the ratio of the two
//! columns says something. What the network, compression and a real process add is measured by `--bench serveur`.
//!
//! Read by a user of the demo world, then by the gestionnaire principal of the loaded structure, who also takes its lists as
//! CSV and decides five hundred requests at once, ten times, undoing them each time; by the support, whose queue has N
//! sollicitations; by a référent and by the administration.
//!
//! `VANTAIL_BENCH_SIZES=1000,100000` chooses the two sizes, `VANTAIL_BENCH_TOURS=200` the requests per page,
//! `VANTAIL_BENCH_PAGES=/support` keeps the pages whose address holds that, without files nor decisions,
//! `VANTAIL_BENCH_PG=postgres://…/postgres` a server that is there already: its two databases stay, and serve again.

#[path = "../commun/mod.rs"]
mod commun;
mod lecture;

use commun::base::Base;
use commun::lot::LOT;
use commun::monde::{Monde, monde};
use commun::pages::{CHARGE, FICHIERS, LECTEURS};
use commun::{tailles, variable};
use lecture::Lecteur;

async fn comparer(petit: &Monde, grand: &Monde, tours: usize, seules: &str) {
    println!("{} and {} structures", petit.taille, grand.taille);
    for (qui, pages) in LECTEURS {
        println!("-- {qui}: p50, p95 of the small and of the large world in ms, ratio of p50");
        let lecteurs = (
            Lecteur::nouveau(petit, qui).await,
            Lecteur::nouveau(grand, qui).await,
        );
        for page in pages.iter().filter(|p| p.contains(seules)) {
            let (p50, p95) = lecteurs.0.mesurer(page, tours).await;
            let (g50, g95) = lecteurs.1.mesurer(page, tours).await;
            println!(
                "{page:<66} {p50:>13.2} {p95:>7.2} {g50:>13.2} {g95:>7.2} {:>11.2}",
                g50 / p50
            );
        }
    }
    if !seules.is_empty() {
        return;
    }
    let petit = Lecteur::nouveau(petit, CHARGE).await;
    let grand = Lecteur::nouveau(grand, CHARGE).await;
    println!("-- {CHARGE}: files, first byte and end in ms, KiB, MiB held above");
    for fichier in FICHIERS {
        for lecteur in [&petit, &grand] {
            lecteur.fichier(fichier).await;
            let f = lecteur.fichier(fichier).await;
            println!(
                "{fichier:<66} {:>13.2} {:>7.0} {:>13} {:>7.1}",
                f.premier_octet,
                f.total,
                f.octets / 1024,
                f.memoire
            );
        }
    }
    println!("-- {CHARGE}: {LOT} decisions in one act, then their undo, medians in ms, ratio");
    let (petite_decision, petite_annulation) = petit.decider(10).await;
    let (grande_decision, grande_annulation) = grand.decider(10).await;
    for (quoi, petite, grande) in [
        ("decision", petite_decision, grande_decision),
        ("undo", petite_annulation, grande_annulation),
    ] {
        println!(
            "{quoi:<66} {petite:>13.0} {grande:>21.0} {:>19.2}",
            grande / petite
        );
    }
}

fn main() {
    let [petite, grande] = tailles("1000,100000")[..] else {
        panic!("VANTAIL_BENCH_SIZES takes two sizes")
    };
    let tours = variable("VANTAIL_BENCH_TOURS", 200);
    let seules = variable("VANTAIL_BENCH_PAGES", String::new());
    let base = Base::ouvrir();
    let execution = tokio::runtime::Runtime::new().expect("a runtime");
    execution.block_on(async {
        let petit = monde(&base, petite).await;
        let grand = monde(&base, grande).await;
        comparer(&petit, &grand, tours, &seules).await;
    });
}
