//! « Activités du gestionnaire » beside a bare handler that runs the same statements (`nu.rs`).

use std::path::Path;

use crate::charge::Charge;
use crate::client::{BRUT, NAVIGATEUR};
use crate::commun::pages::CHARGE;
use crate::instance::Instance;
use crate::objectifs::Objectifs;
use crate::processus::Processus;
use crate::reglages::Reglages;
use crate::releve::textes;

const PAGE: &str = "/activites";
const ALTERNANCES: usize = 4;
/// At least, in each turn.
const REQUETES: usize = 200;
/// What the portal keeps of the bare handler's throughput.
const PART: f64 = 0.7;

/// Requests per second, and processor of that process for one of them, in ms.
struct Tir {
    debit: f64,
    processeur: f64,
}

pub async fn comparer(
    instance: &Instance,
    dossier: &Path,
    reglages: &Reglages,
    objectifs: &mut Objectifs,
) {
    let taille = instance.monde.taille;
    let lecteur = instance.lecteur(CHARGE).await;
    let emprunts = instance.releve.page(&lecteur.cookie, PAGE).await;
    let capture = dossier.join(format!("activites-{taille}.json"));
    let texte = serde_json::to_vec(&emprunts).expect("JSON");
    std::fs::write(&capture, texte).expect("a file");
    let nu = Processus::nu(&instance.base, &capture);
    let vers_le_nu = Charge {
        adresse: nu.adresse,
        ..lecteur.charge(BRUT, reglages.clients)
    };
    let brut = lecteur.charge(BRUT, reglages.clients);
    let navigateur = lecteur.charge(NAVIGATEUR, reglages.clients);
    println!(
        "{taille} structures: {} statements on {} loans of a connection",
        textes(&emprunts).len(),
        emprunts.len()
    );
    for charge in [&brut, &vers_le_nu] {
        charge.tirer(&[PAGE.to_owned()], 200).await;
    }
    let (mut portails, mut nus, mut comprimes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ALTERNANCES {
        portails.push(tirer(&brut, &instance.portail, reglages).await);
        nus.push(tirer(&vers_le_nu, &nu, reglages).await);
        comprimes.push(tirer(&navigateur, &instance.portail, reglages).await);
    }
    for (qui, tirs) in [
        ("portal", &portails),
        ("bare handler", &nus),
        ("portal, compressed for a browser", &comprimes),
    ] {
        let debits: Vec<_> = tirs.iter().map(|t| format!("{:.1}", t.debit)).collect();
        println!(
            "  {qui:<34} {:>8.1} req/s ({}), {:.2} ms of its processor per request",
            moyenne(tirs, |t| t.debit),
            debits.join(", "),
            moyenne(tirs, |t| t.processeur)
        );
    }
    let ratio = moyenne(&portails, |t| t.debit) / moyenne(&nus, |t| t.debit);
    println!("  ratio {ratio:.2}");
    objectifs.noter(
        &format!("« Activités » ≥ {PART} × a bare handler"),
        format!("{ratio:.2} at {taille}"),
        ratio >= PART,
    );
}

async fn tirer(charge: &Charge<'_>, processus: &Processus, reglages: &Reglages) -> Tir {
    let requetes = reglages.requetes.max(REQUETES);
    let avant = processus.processeur();
    let bilan = charge.tirer(&[PAGE.to_owned()], requetes).await;
    assert_eq!(bilan.refus, 0, "{PAGE}");
    Tir {
        debit: bilan.debit,
        processeur: (processus.processeur() - avant) * 1000.0 / requetes as f64,
    }
}

fn moyenne(tirs: &[Tir], valeur: impl Fn(&Tir) -> f64) -> f64 {
    tirs.iter().map(valeur).sum::<f64>() / tirs.len() as f64
}
