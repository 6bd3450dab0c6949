//! « At any committed instant a structure with validated users has exactly one GP » (spec §8.3, decisions 3, failure-modes
//! O1–O6, R8), whatever is done at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Barrier;
use tokio::task::JoinSet;
use vantail::historique;

use super::de::De;
use super::invariants;
use super::monde::{Acte, Issue, Monde};
use super::operations::OPERATIONS;
use crate::support::{Portail, rondes};

/// Rounds that a world lives.
const VIE: usize = 20;

/// Operation → answer → how many times; 303 is « done ».
type Comptes = BTreeMap<&'static str, BTreeMap<u16, u64>>;

const FAITE: u16 = 303;

/// 2 to 8 operations, on things that exist.
async fn tirer(monde: &Monde, de: &mut De) -> Vec<(&'static str, Acte)> {
    let etat = monde.etat().await;
    let voulus = 2 + de.sous(7);
    let mut actes = Vec::with_capacity(voulus);
    while actes.len() < voulus {
        let (nom, operation) = OPERATIONS[de.sous(OPERATIONS.len())];
        if let Some(acte) = operation(monde, &etat, de) {
            actes.push((nom, acte));
        }
    }
    actes
}

/// All start together; somebody else reads the committed state until they are over. Answers each with its issue, and
/// whether that reader ever saw a structure without its GP.
async fn jouer(
    portail: &Portail,
    actes: Vec<(&'static str, Acte)>,
) -> (Vec<(&'static str, String, Issue)>, bool) {
    let barriere = Arc::new(Barrier::new(actes.len() + 1));
    let fini = Arc::new(AtomicBool::new(false));
    let mut courses = JoinSet::new();
    for (nom, acte) in actes {
        let barriere = barriere.clone();
        courses.spawn(async move {
            barriere.wait().await;
            (nom, acte.texte, acte.suite.await)
        });
    }
    let temoin = tokio::spawn({
        let (portail, fini) = (portail.clone(), fini.clone());
        async move {
            barriere.wait().await;
            let mut vrai = true;
            while !fini.load(Ordering::Relaxed) {
                vrai &= invariants::un_seul_gp(&portail).await;
            }
            vrai
        }
    });
    let issues = courses.join_all().await;
    fini.store(true, Ordering::Relaxed);
    (issues, temoin.await.expect("a reader"))
}

/// What is wrong after the round, if something is.
async fn juger(
    monde: &Monde,
    issues: &[(&'static str, String, Issue)],
    toujours: bool,
    comptes: &mut Comptes,
) -> Vec<String> {
    let mut fautes: Vec<String> = invariants::violes(&monde.portail)
        .await
        .into_iter()
        .map(str::to_owned)
        .collect();
    if !toujours {
        fautes.push("a reader saw a structure without exactly one GP".to_owned());
    }
    for (nom, texte, issue) in issues {
        let reponse = match issue {
            Issue::Faite => FAITE,
            Issue::Refusee(statut) => *statut,
            Issue::Fautive(cause) => {
                fautes.push(format!("{nom}: {texte}: {cause}"));
                continue;
            }
        };
        *comptes.entry(*nom).or_default().entry(reponse).or_default() += 1;
    }
    fautes
}

async fn chaines(portail: &Portail) -> Vec<String> {
    let (_, defauts) = historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a reading");
    defauts
        .iter()
        .map(|d| format!("historique: {d:?}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn aucun_chemin_ne_laisse_une_structure_sans_son_gestionnaire_principal() {
    let graine: u64 = std::env::var("VANTAIL_GRAINE")
        .ok()
        .and_then(|g| g.parse().ok())
        .unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0 >> 16);
    let total = rondes(40);
    eprintln!("VANTAIL_GRAINE={graine} VANTAIL_RONDES={total}");
    let mut comptes = Comptes::new();
    let mut actes_joues = 0;
    for (rang, debut) in (0..total).step_by(VIE).enumerate() {
        let mut monde = Monde::nouveau().await;
        let mut de = De::new(graine.wrapping_add(rang as u64));
        for ronde in debut..total.min(debut + VIE) {
            monde.sans_frein().await;
            monde.connecter().await;
            let actes = tirer(&monde, &mut de).await;
            actes_joues += actes.len();
            let (issues, toujours) = jouer(&monde.portail, actes).await;
            let mut fautes = juger(&monde, &issues, toujours, &mut comptes).await;
            if ronde % 5 == 4 {
                fautes.extend(chaines(&monde.portail).await);
            }
            assert!(
                fautes.is_empty(),
                "VANTAIL_GRAINE={graine} VANTAIL_RONDES={total}, round {ronde}:\n{fautes:#?}\n{issues:#?}"
            );
            // What is dated falls due: the end of rattachements, the day of handovers, their warnings.
            if de.une_fois_sur(3) {
                let jours = format!("{} days", 1 + de.sous(2));
                monde.portail.avancer(&jours).await;
            }
        }
        let fautes = chaines(&monde.portail).await;
        assert!(fautes.is_empty(), "VANTAIL_GRAINE={graine}: {fautes:#?}");
    }
    eprintln!("{total} rounds, {actes_joues} operations, by answer: {comptes:?}");
    // A property that tries nothing holds: with enough rounds, everything has been done and refused.
    if total >= 400 {
        for (nom, _) in OPERATIONS {
            let faite = comptes.get(nom).is_some_and(|c| c.contains_key(&FAITE));
            assert!(faite, "« {nom} » was never done");
        }
    }
}
