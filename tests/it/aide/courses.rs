//! Two administrateurs at once: one line of the historique per act that changed something, no 500.

use super::{ADMIN, SECOND, actes};
use crate::support::courses::{envoi, poster_ensemble};
use crate::support::{Acteur, Portail, rondes};

/// The two, signed in.
async fn administrateurs(portail: &Portail) -> [Acteur; 2] {
    portail.agent(SECOND, "administrateur").await;
    [
        portail.connecter(ADMIN).await,
        portail.connecter(SECOND).await,
    ]
}

/// The same act by `n` at once, each administrateur in turn; the statuses, sorted.
async fn tous(acteurs: &[Acteur; 2], adresse: &str, champs: &[(&str, &str)], n: usize) -> Vec<u16> {
    let envois = (0..n).zip(acteurs.iter().cycle()).map(|(rang, acteur)| {
        let champs = champs
            .iter()
            .map(|(c, v)| (*c, v.replace("{rang}", &rang.to_string())))
            .collect();
        envoi(acteur, adresse.to_owned(), champs)
    });
    poster_ensemble(envois.collect()).await
}

/// How many did it; all the others were answered `sinon`.
fn reussites(statuts: &[u16], sinon: u16) -> usize {
    assert!(
        statuts.iter().all(|s| [303, sinon].contains(s)),
        "{statuts:?}"
    );
    statuts.iter().filter(|s| **s == 303).count()
}

const ARTICLE: [(&str, &str); 7] = [
    ("intitule", "Le parking"),
    ("theme", "demarrer"),
    ("audience", "visiteur"),
    ("resume", "Derrière."),
    ("corps", "Texte {rang}."),
    ("ecrans", ""),
    ("version", "1"),
];

#[tokio::test(flavor = "multi_thread")]
async fn un_meme_titre_ne_donne_qu_un_article() {
    let portail = super::portail().await;
    let acteurs = administrateurs(&portail).await;
    let adresse = "/administration/aide/le-parking";
    for n in [2, 20] {
        for _ in 0..rondes(1) {
            portail.oublier_les_compteurs().await;
            let avant = actes(&portail).await;
            let statuts = tous(&acteurs, "/administration/aide/nouvel-article", &ARTICLE, n).await;
            assert_eq!(reussites(&statuts, 422), 1, "{statuts:?}");
            assert_eq!(actes(&portail).await, avant + 1);
            // Changed by all at once, from the same version: one wins, and no other overwrites it. The one whose text is
            // stored already changes nothing, and is refused only after the winner.
            let statuts = tous(&acteurs, adresse, &ARTICLE, n).await;
            assert!(reussites(&statuts, 409) <= 2, "{statuts:?}");
            assert_eq!(actes(&portail).await, avant + 2);
            // Published, then deleted by all: once.
            let statuts = tous(&acteurs, &format!("{adresse}/publication"), &[], n).await;
            assert_eq!(reussites(&statuts, 303), n, "{statuts:?}");
            assert_eq!(actes(&portail).await, avant + 3);
            let statuts = tous(&acteurs, &format!("{adresse}/suppression"), &[], n).await;
            assert_eq!(reussites(&statuts, 404), 1, "{statuts:?}");
            assert_eq!(actes(&portail).await, avant + 4);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn une_actualite_ne_se_publie_et_ne_se_supprime_qu_une_fois() {
    let portail = super::portail().await;
    let acteurs = administrateurs(&portail).await;
    for n in [2, 20] {
        for _ in 0..rondes(1) {
            portail.oublier_les_compteurs().await;
            let id = portail.actualite("Annonce", "connecte").await;
            let adresse = format!("/administration/actualites/{id}");
            let avant = actes(&portail).await;
            for (acte, change) in [("depublication", 1), ("publication", 2)] {
                let statuts = tous(&acteurs, &format!("{adresse}/{acte}"), &[], n).await;
                assert_eq!(reussites(&statuts, 303), n, "{statuts:?}");
                assert_eq!(actes(&portail).await, avant + change);
            }
            // Written by all at once, from the same version: one wins.
            let texte = [
                ("intitule", "Annonce"),
                ("corps", "Texte {rang}."),
                ("audience", "connecte"),
                ("importance", "normale"),
                ("version", "1"),
            ];
            let statuts = tous(&acteurs, &adresse, &texte, n).await;
            assert_eq!(reussites(&statuts, 409), 1, "{statuts:?}");
            assert_eq!(actes(&portail).await, avant + 3);
            let statuts = tous(&acteurs, &format!("{adresse}/suppression"), &[], n).await;
            assert_eq!(reussites(&statuts, 404), 1, "{statuts:?}");
            assert_eq!(actes(&portail).await, avant + 4);
        }
    }
}
