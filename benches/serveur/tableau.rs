//! Every list, search and request page: times, throughput, statements, bytes.

use std::collections::BTreeSet;

use crate::client::{BRUT, NAVIGATEUR};
use crate::commun::centiles;
use crate::commun::pages::LECTEURS;
use crate::instance::{Instance, Lecteur};
use crate::objectifs::Objectifs;
use crate::plans;
use crate::reglages::Reglages;
use crate::releve::textes;

/// Requests before a page is measured: every connection of the pool has run each statement often enough to keep its plan.
const ECHAUFFEMENT: usize = 100;

struct Mesure {
    p50: f64,
    p95: f64,
    /// Requests per second; zero where it is not measured.
    debit: f64,
    /// Their texts.
    instructions: Vec<String>,
    octets: usize,
    gzip: usize,
    br: usize,
}

pub async fn dresser(instances: &[Instance], reglages: &Reglages, objectifs: &mut Objectifs) {
    println!(
        "\nPages. ms and bytes as a browser gets them (brotli); bytes whole and with gzip; statements; requests per second of {} \
         clients; ratio of p50 to the smallest world.",
        reglages.clients
    );
    let mut differentes = BTreeSet::new();
    for (qui, pages) in LECTEURS {
        println!(
            "-- {qui:<69} {:>9} {:>8} {:>8} {:>6} {:>8} {:>4} {:>8} {:>7} {:>7}",
            "size", "p50", "p95", "ratio", "req/s", "sql", "bytes", "gzip", "br"
        );
        let mut lecteurs = Vec::new();
        for instance in instances {
            lecteurs.push(instance.lecteur(qui).await);
        }
        for page in pages.iter().filter(|p| p.contains(&reglages.seules)) {
            let mut reference = None;
            let durees = chronometrer(&lecteurs, page, reglages).await;
            for (lecteur, durees) in lecteurs.iter().zip(durees) {
                let m = mesurer(lecteur, page, durees, reglages).await;
                let ratio = m.p50 / *reference.get_or_insert(m.p50);
                let taille = lecteur.instance.monde.taille;
                println!(
                    "{page:<72} {taille:>9} {:>8.2} {:>8.2} {ratio:>6.2} {:>8.1} {:>4} {:>8} {:>7} {:>7}",
                    m.p50,
                    m.p95,
                    m.debit,
                    m.instructions.len(),
                    m.octets,
                    m.gzip,
                    m.br
                );
                let nombre = m.instructions.len();
                objectifs.page(&format!("{page} at {taille}"), m.p95, ratio, nombre);
                differentes.extend(m.instructions);
                if reglages.plans {
                    plans::expliquer(lecteur, &lecteur.adresse(page)).await;
                }
            }
        }
    }
    println!("{} different statements in all", differentes.len());
}

/// The times of each world, in ms. In turns, one request to each: what slows the machine for a moment slows them all.
async fn chronometrer(lecteurs: &[Lecteur<'_>], page: &str, reglages: &Reglages) -> Vec<Vec<f64>> {
    let tours = reglages.tours;
    let mut clients = Vec::new();
    for lecteur in lecteurs {
        let (client, adresse) = (lecteur.client(), lecteur.adresse(page));
        let charge = lecteur.charge(NAVIGATEUR, reglages.clients);
        charge
            .tirer(std::slice::from_ref(&adresse), ECHAUFFEMENT)
            .await;
        clients.push((client, adresse));
    }
    let mut durees = vec![Vec::with_capacity(tours); lecteurs.len()];
    for _ in 0..tours {
        for ((client, adresse), durees) in clients.iter().zip(&mut durees) {
            let reponse = client.lire(adresse, NAVIGATEUR).await;
            assert_eq!(reponse.statut, 200, "{adresse}");
            durees.push(reponse.ms);
        }
    }
    durees
}

async fn mesurer(
    lecteur: &Lecteur<'_>,
    page: &str,
    durees: Vec<f64>,
    reglages: &Reglages,
) -> Mesure {
    let adresse = lecteur.adresse(page);
    let client = lecteur.client();
    let taille = async |encodage: &'static str| {
        let reponse = client.lire(&adresse, encodage).await;
        assert_eq!(reponse.statut, 200, "{adresse}");
        reponse.octets
    };
    let (octets, gzip, br) = (taille(BRUT).await, taille("gzip").await, taille("br").await);
    let (p50, p95) = centiles(durees);
    let mut debit = 0.0;
    if reglages.requetes > 0 {
        let charge = lecteur.charge(NAVIGATEUR, reglages.clients);
        let adresses = [adresse.clone()];
        let bilan = charge.tirer(&adresses, reglages.requetes).await;
        assert_eq!(bilan.refus, 0, "{adresse}");
        debit = bilan.debit;
    }
    let emprunts = lecteur
        .instance
        .releve
        .page(&lecteur.cookie, &adresse)
        .await;
    Mesure {
        p50,
        p95,
        debit,
        instructions: textes(&emprunts),
        octets,
        gzip,
        br,
    }
}
