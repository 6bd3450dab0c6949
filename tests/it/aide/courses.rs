//! Two administrateurs at once: one line of the historique per act that changed something, no 500.

use std::sync::Arc;

use tokio::sync::Barrier;

use super::{ADMIN, actes};
use crate::support::{Portail, rondes};

const SECOND: &str = "grace.hopper@vantail.example";

/// The same act by `n` at once; answers the statuses.
async fn ensemble(portail: &Portail, adresse: &str, champs: &[(&str, &str)], n: usize) -> Vec<u16> {
    let depart = Arc::new(Barrier::new(n));
    let mut taches = Vec::new();
    for rang in 0..n {
        let mut acteur = portail
            .connecter(if rang % 2 == 0 { ADMIN } else { SECOND })
            .await;
        let (depart, adresse) = (Arc::clone(&depart), adresse.to_owned());
        let champs: Vec<(String, String)> = champs
            .iter()
            .map(|(c, v)| ((*c).to_owned(), v.replace("{rang}", &rang.to_string())))
            .collect();
        taches.push(tokio::spawn(async move {
            depart.wait().await;
            let champs: Vec<(&str, &str)> = champs
                .iter()
                .map(|(c, v)| (c.as_str(), v.as_str()))
                .collect();
            acteur
                .poster_sans_suivre(&adresse, &champs)
                .await
                .statut
                .as_u16()
        }));
    }
    let mut statuts = Vec::new();
    for tache in taches {
        statuts.push(tache.await.expect("no panic"));
    }
    statuts
}

const ARTICLE: [(&str, &str); 6] = [
    ("intitule", "Le parking"),
    ("theme", "demarrer"),
    ("audience", "visiteur"),
    ("resume", "Derrière."),
    ("corps", "Texte {rang}."),
    ("ecrans", ""),
];

#[tokio::test(flavor = "multi_thread")]
async fn un_meme_titre_ne_donne_qu_un_article() {
    let portail = super::portail().await;
    portail.agent(SECOND, "administrateur").await;
    for n in [2, 20] {
        for _ in 0..rondes(1) {
            portail.oublier_les_compteurs().await;
            let avant = actes(&portail).await;
            let statuts =
                ensemble(&portail, "/administration/aide/nouvel-article", &ARTICLE, n).await;
            assert_eq!(
                statuts.iter().filter(|s| **s == 303).count(),
                1,
                "{statuts:?}"
            );
            assert!(
                statuts.iter().all(|s| [303, 422].contains(s)),
                "{statuts:?}"
            );
            assert_eq!(actes(&portail).await, avant + 1);
            // Changed by all at once: each that changed something left its line, and one text stands.
            let avant = actes(&portail).await;
            let statuts = ensemble(&portail, "/administration/aide/le-parking", &ARTICLE, n).await;
            assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
            let faits = actes(&portail).await - avant;
            assert!(
                (1..=i64::try_from(n).expect("few")).contains(&faits),
                "{faits}"
            );
            // Published, then deleted by all: once.
            let avant = actes(&portail).await;
            let statuts = ensemble(
                &portail,
                "/administration/aide/le-parking/publication",
                &[],
                n,
            )
            .await;
            assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
            assert_eq!(actes(&portail).await, avant + 1);
            let statuts = ensemble(
                &portail,
                "/administration/aide/le-parking/suppression",
                &[],
                n,
            )
            .await;
            assert_eq!(
                statuts.iter().filter(|s| **s == 303).count(),
                1,
                "{statuts:?}"
            );
            assert!(
                statuts.iter().all(|s| [303, 404].contains(s)),
                "{statuts:?}"
            );
            assert_eq!(actes(&portail).await, avant + 2);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn une_actualite_ne_se_publie_et_ne_se_supprime_qu_une_fois() {
    let portail = super::portail().await;
    portail.agent(SECOND, "administrateur").await;
    for n in [2, 20] {
        for _ in 0..rondes(1) {
            portail.oublier_les_compteurs().await;
            let id = portail.actualite("Annonce", "connecte").await;
            let avant = actes(&portail).await;
            for (acte, change) in [("depublication", 1), ("publication", 2)] {
                let adresse = format!("/administration/actualites/{id}/{acte}");
                let statuts = ensemble(&portail, &adresse, &[], n).await;
                assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
                assert_eq!(actes(&portail).await, avant + change);
            }
            let adresse = format!("/administration/actualites/{id}/suppression");
            let statuts = ensemble(&portail, &adresse, &[], n).await;
            assert_eq!(
                statuts.iter().filter(|s| **s == 303).count(),
                1,
                "{statuts:?}"
            );
            assert_eq!(actes(&portail).await, avant + 3);
        }
    }
}
