//! The staff: the desk of the support exists for it alone, and a staff account holds nothing on any structure by itself.

use vantail::acces::Permission;

use super::monde::Monde;
use super::{Verdict, essayer, sur_une_structure, table};

#[tokio::test]
async fn le_bureau_du_support_n_existe_que_pour_lui() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    let bureau: Vec<_> = table(&monde.portail)
        .into_iter()
        .filter(|r| r.permission == Permission::Support)
        .collect();
    assert!(bureau.len() >= 6, "{bureau:?}");
    assert!(bureau.iter().all(|r| r.chemin.starts_with("/support")));
    for adresse in [
        "gp@a.example",
        "gs@a.example",
        "us@a.example",
        "demandeur@a.example",
        "referent@vantail.example",
        "administrateur@vantail.example",
    ] {
        let mut acteur = monde.acteur(adresse).await;
        for route in &bureau {
            assert_eq!(
                essayer(&mut acteur, route, &monde.a.adresse(route)).await,
                Verdict::Introuvable,
                "{adresse} {} {}",
                route.methode,
                route.chemin
            );
        }
        let accueil = acteur.page("/").await;
        assert!(accueil.lien_eventuel("Support").is_none(), "{adresse}");
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn l_administration_n_existe_que_pour_elle() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    let pages: Vec<_> = table(&monde.portail)
        .into_iter()
        .filter(|r| r.permission == Permission::Administration)
        .collect();
    assert!(pages.len() >= 6, "{pages:?}");
    assert!(
        pages
            .iter()
            .all(|r| r.chemin.starts_with("/administration"))
    );
    for adresse in [
        "gp@a.example",
        "support@vantail.example",
        "referent@vantail.example",
    ] {
        let mut acteur = monde.acteur(adresse).await;
        for route in &pages {
            let verdict = essayer(&mut acteur, route, &monde.a.adresse(route)).await;
            assert_eq!(verdict, Verdict::Introuvable, "{adresse} {}", route.chemin);
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn un_compte_de_l_equipe_ne_tient_rien_des_structures() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    for adresse in [
        "support@vantail.example",
        "referent@vantail.example",
        "administrateur@vantail.example",
    ] {
        let mut acteur = monde.acteur(adresse).await;
        for route in table(&monde.portail) {
            let attendu = match route.permission {
                p if sur_une_structure(p) => Verdict::Introuvable,
                Permission::Portee(_) => Verdict::Interdit,
                _ => continue,
            };
            assert_eq!(
                essayer(&mut acteur, &route, &monde.a.adresse(&route)).await,
                attendu,
                "{adresse} {} {}",
                route.methode,
                route.chemin
            );
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

/// An agent whose account is taken back reads 404 at the very next page.
#[tokio::test]
async fn un_agent_qui_quitte_l_equipe_ne_voit_plus_le_bureau() {
    let monde = Monde::nouveau().await;
    let mut agent = monde.acteur("support@vantail.example").await;
    agent.page("/support").await.statut(200);
    sqlx::query(
        "update utilisateurs set equipe = null where adresse_connexion = 'support@vantail.example'",
    )
    .execute(&monde.portail.db)
    .await
    .expect("an update");
    agent.page("/support").await.statut(404);
}
