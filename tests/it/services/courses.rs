//! Two people, then twenty, on the same service at the same time.

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::activites::Terneuil;
use crate::support::rondes;

#[tokio::test(flavor = "multi_thread")]
async fn le_meme_code_ne_se_cree_qu_une_fois() {
    for n in [2, 20] {
        for ronde in 0..rondes(2) {
            let t = Terneuil::nouveau().await;
            let barriere = Arc::new(Barrier::new(n));
            let courses = (0..n).map(|_| {
                let (mut pauline, barriere) = (t.pauline.clone(), Arc::clone(&barriere));
                let adresse = format!("/structures/{}/services/nouveau", t.structure);
                tokio::spawn(async move {
                    barriere.wait().await;
                    let champs = [
                        ("code", "NEUF"),
                        ("libelle", "Neuf"),
                        ("date_debut", "10/03/2022 15:01"),
                    ];
                    let page = pauline.poster_sans_suivre(&adresse, &champs).await;
                    page.statut.as_u16()
                })
            });
            let mut statuts = Vec::new();
            for course in courses.collect::<Vec<_>>() {
                statuts.push(course.await.expect("a race"));
            }
            statuts.sort_unstable();
            assert_eq!(statuts[0], 303, "round {ronde}: {statuts:?}");
            assert!(statuts[1..].iter().all(|s| *s == 422), "{statuts:?}");
            let crees = "select count(*) from historique where action = 'service_cree'";
            assert_eq!(t.portail.nombre(crees).await, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn desactiver_a_plusieurs_ne_fait_qu_une_ligne_d_historique() {
    for n in [2, 20] {
        for _ in 0..rondes(2) {
            let t = Terneuil::nouveau().await;
            let barriere = Arc::new(Barrier::new(n));
            let courses = (0..n).map(|_| {
                let (mut pauline, barriere) = (t.pauline.clone(), Arc::clone(&barriere));
                let adresse = format!(
                    "/structures/{}/services/{}/desactivation",
                    t.structure, t.achats
                );
                tokio::spawn(async move {
                    barriere.wait().await;
                    pauline.poster_sans_suivre(&adresse, &[]).await.statut(303);
                })
            });
            for course in courses.collect::<Vec<_>>() {
                course.await.expect("a race");
            }
            let lignes = "select count(*) from historique where action = 'service_desactive'";
            assert_eq!(t.portail.nombre(lignes).await, 1);
        }
    }
}
