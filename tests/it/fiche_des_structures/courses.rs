//! Two people, then twenty, on the same structure at the same time.

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::activites::Terneuil;
use crate::support::rondes;

#[tokio::test(flavor = "multi_thread")]
async fn desactiver_et_reactiver_a_plusieurs_alternent_sans_doublon() {
    for n in [2, 20] {
        for _ in 0..rondes(2) {
            let t = Terneuil::nouveau().await;
            let barriere = Arc::new(Barrier::new(n));
            let courses = (0..n).map(|rang| {
                let (mut pauline, barriere) = (t.pauline.clone(), Arc::clone(&barriere));
                let suite = if rang % 2 == 0 {
                    "desactivation"
                } else {
                    "reactivation"
                };
                let adresse = format!("/structures/{}/{suite}", t.structure);
                tokio::spawn(async move {
                    barriere.wait().await;
                    let page = pauline.poster_sans_suivre(&adresse, &[]).await;
                    let statut = page.statut.as_u16();
                    assert!(statut == 303 || statut == 409, "{statut}");
                })
            });
            for course in courses.collect::<Vec<_>>() {
                course.await.expect("a race");
            }
            // Each line of the historique is a change: they alternate, and the state is that of the last.
            let actions: Vec<String> =
                sqlx::query_scalar("select action from historique order by numero")
                    .fetch_all(&t.portail.db)
                    .await
                    .expect("the historique");
            for (rang, action) in actions.iter().enumerate() {
                let attendue = ["structure_desactivee", "structure_reactivee"][rang % 2];
                assert_eq!(action, attendue, "{actions:?}");
            }
            let active = "select count(*) from structures where statut = 'active'";
            let attendu = i64::from(actions.len().is_multiple_of(2));
            assert_eq!(t.portail.nombre(active).await, attendu, "{actions:?}");
            assert_eq!(t.portail.structures_sans_un_gp().await, 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deux_modifications_de_la_fiche_ne_s_ecrasent_pas() {
    for n in [2, 20] {
        for _ in 0..rondes(2) {
            let mut t = Terneuil::nouveau().await;
            let adresse = format!("/structures/{}/modification", t.structure);
            let page = t.pauline.page(&adresse).await;
            let empreinte = page
                .formulaire("Enregistrer")
                .valeur("empreinte")
                .unwrap_or_default()
                .to_owned();
            let barriere = Arc::new(Barrier::new(n));
            let courses = (0..n).map(|rang| {
                let (mut pauline, barriere) = (t.pauline.clone(), Arc::clone(&barriere));
                let (adresse, empreinte) = (adresse.clone(), empreinte.clone());
                tokio::spawn(async move {
                    barriere.wait().await;
                    let ville = format!("Ville {rang}");
                    let champs = [
                        ("empreinte", empreinte.as_str()),
                        ("ville", &ville),
                        ("code_postal", "97500"),
                        ("moa", "non"),
                    ];
                    pauline
                        .poster_sans_suivre(&adresse, &champs)
                        .await
                        .statut
                        .as_u16()
                })
            });
            let mut statuts = Vec::new();
            for course in courses.collect::<Vec<_>>() {
                statuts.push(course.await.expect("a race"));
            }
            statuts.sort_unstable();
            assert_eq!(statuts[0], 303);
            assert!(statuts[1..].iter().all(|s| *s == 422), "{statuts:?}");
            let lignes = "select count(*) from historique where action = 'structure_modifiee'";
            assert_eq!(t.portail.nombre(lignes).await, 1);
        }
    }
}
