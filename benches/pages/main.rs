//! `cargo bench --bench pages`: the pages on a small and on a large world, in one run, as ratios.
//!
//! The world is the demo world and N more structures with their people (`DEMO_SIZE`). Every page goes through the
//! router and all its layers, against a private PostgreSQL. Machines are shared and noisy: only the ratio of the two
//! columns says something.
//!
//! Read by a user of the demo world, then by the gestionnaire principal of the loaded structure, who also takes its lists as
//! CSV and decides five hundred requests at once, ten times, undoing them each time; and by the support, whose queue has N
//! sollicitations.
//!
//! `VANTAIL_BENCH_SIZES=1000,100000` chooses the two sizes, `VANTAIL_BENCH_TOURS=200` the requests per page,
//! `VANTAIL_BENCH_PAGES=/support` keeps the pages whose address holds that, without files nor decisions,
//! `VANTAIL_BENCH_PG=postgres://…/postgres` a server that is there already: its two databases stay, and serve again.

mod monde;

use vantail::postgres_prive::{PostgresPrive, Reglages, dossier_de_tests};

use monde::{AGENT, CHARGE, LOT, Monde, QUI, monde};

/// What the first reads.
const PAGES: &[&str] = &[
    "/",
    "/activites",
    "/mon-compte",
    "/mon-compte/rattachements",
    "/mon-compte/abonnements",
    "/mon-compte/acces?structure=14700985600138&espace=factures_recues",
    "/mon-compte/courriels",
    "/mon-compte/desactivation",
    "/sollicitations",
    "/annuaire",
    "/annuaire?q=saint+martin",
    "/annuaire?cp=69001",
    "/mentions-legales",
];

/// What the gestionnaire principal of the loaded structure reads; `{s}` is that structure.
const CHARGEES: &[&str] = &[
    // Blocks A to D are one page; each sorts or searches apart.
    "/activites",
    "/activites?dr.par=100&dr.tri=demandeur",
    "/activites?dr.q=martin",
    "/activites?da.par=100&da.tri=demandeur",
    "/activites?da.q=martin",
    "/activites?ms.par=100&ms.q=mairie",
    "/activites?h.par=100",
    "/activites?h.q=martin",
    // Block E.
    "/activites/utilisateurs?nom=martin",
    "/structures/{s}",
    "/structures/{s}/services",
    "/structures/{s}/utilisateurs",
    "/structures/{s}/utilisateurs?u.par=100",
    "/structures/{s}/utilisateurs?u.q=martin",
    "/structures/{s}/espaces",
    "/structures/{s}/espaces/utilisateurs",
    "/structures/{s}/coordonnees-bancaires",
    "/structures/{s}/mandats",
    "/structures/{s}/techniques",
];

/// What the support reads, with as many sollicitations as structures.
const BUREAU: &[&str] = &[
    "/support",
    "/support?s.page=400",
    "/support?s.tri=date-desc",
    "/support?s.etat=nouvelle",
    "/support?s.etat=miennes",
    "/support?s.etat=resolue",
    "/support?s.categorie=anomalie",
    "/support?s.q=martin",
    "/support?s.q=fiche",
    "/support?s.q=SOL-2019-000123",
];

/// Lists as files, from the loaded structure, and the whole directory.
const FICHIERS: &[&str] = &[
    "/structures/{s}/utilisateurs.csv",
    "/structures/{s}/espaces/utilisateurs.csv",
    "/structures/{s}/services.csv",
    "/activites/historique.csv",
    "/annuaire.csv",
];

fn variable<T: std::str::FromStr>(nom: &str, defaut: T) -> T {
    std::env::var(nom)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(defaut)
}

async fn comparer(petit: &Monde, grand: &Monde, tours: usize, seules: &str) {
    for (qui, pages) in [(QUI, PAGES), (CHARGE, CHARGEES), (AGENT, BUREAU)] {
        println!("-- {qui}: p50, p95 of the small and of the large world in ms, ratio of p50");
        for page in pages.iter().filter(|p| p.contains(seules)) {
            let (p50, p95) = petit.mesurer(qui, page, tours).await;
            let (g50, g95) = grand.mesurer(qui, page, tours).await;
            println!(
                "{page:<66} {p50:>13.2} {p95:>7.2} {g50:>13.2} {g95:>7.2} {:>11.2}",
                g50 / p50
            );
        }
    }
    if !seules.is_empty() {
        return;
    }
    println!("-- {CHARGE}: files, first byte and end in ms, KiB, MiB held above");
    for fichier in FICHIERS {
        for monde in [petit, grand] {
            monde.fichier(fichier).await;
            let f = monde.fichier(fichier).await;
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
    let tailles = variable("VANTAIL_BENCH_SIZES", "1000,100000".to_owned());
    let tailles: Vec<u64> = tailles
        .split(',')
        .filter_map(|t| t.trim().parse().ok())
        .collect();
    let [petite, grande] = tailles[..] else {
        panic!("VANTAIL_BENCH_SIZES takes two sizes")
    };
    let tours = variable("VANTAIL_BENCH_TOURS", 200);
    let seules = variable("VANTAIL_BENCH_PAGES", String::new());
    let existant = std::env::var("VANTAIL_BENCH_PG").ok();
    let prive = existant.is_none().then(|| {
        PostgresPrive::demarrer(&Reglages {
            dossier: dossier_de_tests().expect("a folder"),
            durable: false,
            binaires: std::env::var_os("VANTAIL_PG_BIN").map(Into::into),
        })
        .expect("a private PostgreSQL")
    });
    let url = |base: &str| match (&existant, &prive) {
        (Some(url), _) => {
            let racine = url
                .rsplit_once('/')
                .map_or(url.as_str(), |(racine, _)| racine);
            format!("{racine}/{base}")
        }
        (None, Some(serveur)) => serveur.url(base),
        (None, None) => unreachable!("one or the other"),
    };
    let execution = tokio::runtime::Runtime::new().expect("a runtime");
    execution.block_on(async {
        let petit = monde(&url, petite).await;
        let grand = monde(&url, grande).await;
        comparer(&petit, &grand, tours, &seules).await;
    });
    if let Some(serveur) = prive {
        serveur.arreter();
    }
}
