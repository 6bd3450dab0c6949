//! Memory of the server: at rest, under two hundred clients, while a long file leaves.

use std::time::{Duration, Instant};

use crate::client::{BRUT, NAVIGATEUR};
use crate::commun::pages::{CHARGE, FICHIERS};
use crate::guet::Guet;
use crate::instance::{Instance, Lecteur};
use crate::objectifs::Objectifs;

const CLIENTS: usize = 200;
/// Requests of each of them.
const CHACUN: usize = 5;
/// Under load, in MiB.
const MAXIMUM: f64 = 200.0;
/// What a file may add, however long, in MiB.
const FICHIER: f64 = 8.0;
/// The line of a file at which its memory is noted: from there on it must not grow.
const LIGNES: usize = 100_000;

const PAGES: [&str; 4] = [
    "/activites",
    "/annuaire",
    "/structures/{s}",
    "/structures/{s}/utilisateurs",
];

/// Two hundred clients, each on a connection that stays open.
pub async fn foule(instance: &Instance, objectifs: &mut Objectifs) {
    let lecteur = instance.lecteur(CHARGE).await;
    let pages = PAGES.map(|p| lecteur.adresse(p));
    let portail = &instance.portail;
    let guet = Guet::nouveau(portail.pid());
    let bilan = lecteur
        .charge(NAVIGATEUR, CLIENTS)
        .tirer(&pages, CLIENTS * CHACUN)
        .await;
    let haut = guet.haut();
    drop(guet);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let taille = instance.monde.taille;
    println!(
        "{taille} structures: {:.0} MiB at rest, {haut:.0} under {CLIENTS} clients, {:.0} after; {:.1} req/s, p50 {:.0} ms, p95 \
         {:.0} ms, {} refused",
        instance.repos,
        portail.memoire(),
        bilan.debit,
        bilan.p50,
        bilan.p95,
        bilan.refus
    );
    objectifs.noter(
        &format!("≤ {MAXIMUM} MiB under {CLIENTS} clients, nobody refused"),
        format!("{haut:.0} MiB, {} refused, at {taille}", bilan.refus),
        haut <= MAXIMUM && bilan.refus == 0,
    );
}

/// A file as it arrives.
struct Fichier {
    premier_octet: f64,
    total: f64,
    octets: usize,
    lignes: usize,
    /// Above what was held before, in MiB: at most up to line [`LIGNES`], at most in all.
    au_repere: f64,
    memoire: f64,
}

pub async fn fichiers(instance: &Instance, objectifs: &mut Objectifs) {
    let lecteur = instance.lecteur(CHARGE).await;
    let taille = instance.monde.taille;
    for fichier in FICHIERS {
        telecharger(&lecteur, fichier, BRUT).await;
        for encodage in [BRUT, "br"] {
            let f = telecharger(&lecteur, fichier, encodage).await;
            println!(
                "{fichier:<44} {taille:>9} {encodage:<9} {:>9.1} {:>9.0} {:>8} {:>9} {:>9.1} {:>9.1}",
                f.premier_octet,
                f.total,
                f.lignes,
                f.octets / 1024,
                f.au_repere,
                f.memoire
            );
            if encodage == BRUT && f.lignes >= LIGNES {
                objectifs.noter(
                    &format!("a file of ≥ {LIGNES} lines adds ≤ {FICHIER} MiB"),
                    format!(
                        "{:.1} MiB ({:.1} at line {LIGNES}), first byte {:.0} ms: {} lines of {fichier}",
                        f.memoire, f.au_repere, f.premier_octet, f.lignes
                    ),
                    f.memoire <= FICHIER,
                );
            }
        }
    }
}

async fn telecharger(lecteur: &Lecteur<'_>, fichier: &str, encodage: &str) -> Fichier {
    let portail = &lecteur.instance.portail;
    let client = lecteur.client();
    let avant = portail.memoire();
    let guet = Guet::nouveau(portail.pid());
    let debut = Instant::now();
    let mut reponse = client.ouvrir(&lecteur.adresse(fichier), encodage).await;
    assert_eq!(reponse.status().as_u16(), 200, "{fichier}");
    let mut premier = None;
    let (mut octets, mut lignes, mut au_repere) = (0, 0, None);
    while let Some(morceau) = reponse.chunk().await.expect("a chunk") {
        premier.get_or_insert_with(|| debut.elapsed());
        octets += morceau.len();
        lignes += morceau.iter().filter(|o| **o == b'\n').count();
        if lignes >= LIGNES {
            au_repere.get_or_insert_with(|| guet.haut());
        }
    }
    let total = debut.elapsed();
    let haut = guet.haut().max(portail.memoire());
    Fichier {
        premier_octet: premier.unwrap_or_default().as_secs_f64() * 1000.0,
        total: total.as_secs_f64() * 1000.0,
        octets,
        // Compressed bytes have no lines.
        lignes: if encodage == BRUT { lignes } else { 0 },
        au_repere: au_repere.unwrap_or(haut) - avant,
        memoire: haut - avant,
    }
}
