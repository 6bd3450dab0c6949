//! Drawn files: what the dry run says is what the application does, and a second run finds nothing to do.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{appliquer, intacte, resultats, verifier};
use crate::activites::Terneuil;

const ADRESSES: [&str; 9] = [
    "jules.martin@example.org",
    "guy.simple@example.org",
    "ulla.rattachee@example.org",
    "arrete.naguere@example.org",
    "zoe.demande@example.org",
    "neuve.a@example.org",
    "neuve.b@example.org",
    "pauline.dufour@terneuil.example",
    "pas une adresse",
];
const ROLES: [&str; 4] = ["us", "Gestionnaire secondaire", "UTILISATEUR_SIMPLE", "gp"];
const SERVICES: [&str; 6] = ["ACH", "JUR", "ACH|JUR", "Toute la structure", "NUL", ""];

fn tirage() -> impl Strategy<Value = String> {
    let ligne = (0..ADRESSES.len(), 0..ROLES.len(), 0..SERVICES.len());
    proptest::collection::vec(ligne, 1..10).prop_map(|lignes| {
        let mut fichier = "Adresse;Role;Services;Nom;Prenom\n".to_owned();
        for (a, r, s) in lignes {
            fichier.push_str(&format!(
                "{};{};{};Tirage;Ligne\n",
                ADRESSES[a], ROLES[r], SERVICES[s]
            ));
        }
        fichier
    })
}

async fn monde() -> Terneuil {
    let t = Terneuil::nouveau().await;
    t.portail.personne(ADRESSES[0]).await;
    for (rang, services) in [(1, vec![t.achats]), (2, vec![])] {
        let id = t.portail.personne(ADRESSES[rang]).await;
        t.portail.rattacher(t.structure, id, "us", &services).await;
    }
    let arrete = t.portail.personne(ADRESSES[3]).await;
    let r = t.portail.rattacher(t.structure, arrete, "gs", &[]).await;
    sqlx::query(
        "update rattachements set statut = 'desactivee', cause = 'gestionnaire' where id = $1",
    )
    .bind(r)
    .execute(&t.portail.db)
    .await
    .expect("a stopped rattachement");
    t.demande(ADRESSES[4], &[t.achats]).await;
    t
}

#[test]
fn l_essai_dit_exactement_ce_que_l_application_fait() {
    let execution = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let cas = u32::try_from(crate::support::rondes(6))
        .expect("rounds")
        .min(40);
    let config = Config {
        cases: cas,
        failure_persistence: None,
        max_shrink_iters: 8,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&tirage(), |fichier| {
            execution.block_on(eprouver(&fichier));
            Ok(())
        })
        .expect("the property");
}

async fn eprouver(fichier: &str) {
    let t = monde().await;
    let mut pauline = t.pauline.clone();
    let page = verifier(&t, &mut pauline, fichier).await;
    page.statut(200);
    let annonces = resultats(&page);
    let agissent = |mot: &str| annonces.iter().filter(|r| *r == mot).count();
    let (rattaches, crees, modifies) = (
        agissent("Sera rattaché"),
        agissent("Compte à créer"),
        agissent("Sera modifié"),
    );
    if rattaches + crees + modifies == 0 {
        page.contient("Il n’y a rien à appliquer.");
        return;
    }
    let fait = appliquer(&mut pauline, &page).await;
    fait.statut(200).contient("L’import est appliqué.");
    let lignes = |action: &'static str| {
        let db = t.portail.db.clone();
        async move {
            let n: i64 = sqlx::query_scalar("select count(*) from historique where action = $1")
                .bind(action)
                .fetch_one(&db)
                .await
                .expect("a count");
            usize::try_from(n).expect("a count")
        }
    };
    assert_eq!(
        lignes("rattachement_cree").await + lignes("rattachement_reactive").await,
        rattaches,
        "{fichier}"
    );
    assert_eq!(lignes("compte_cree").await, crees, "{fichier}");
    assert_eq!(lignes("rattachement_modifie").await, modifies, "{fichier}");
    // Line by line, what was announced: again, everything that acted is there, the rest is refused for the same reason.
    let encore = verifier(&t, &mut pauline, fichier).await;
    encore.contient("Il n’y a rien à appliquer.");
    let attendus: Vec<&str> = annonces
        .iter()
        .map(|r| {
            if r == "Rejeté" {
                "Rejeté"
            } else {
                "Déjà rattaché"
            }
        })
        .collect();
    assert_eq!(resultats(&encore), attendus, "{fichier}");
    intacte(&t.portail).await;
}
