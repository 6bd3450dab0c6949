//! The staff: the desk of the support exists for it alone, and a staff account holds nothing on any structure by itself.

use vantail::acces::Permission;

use super::monde::Monde;
use super::{Verdict, essayer, sur_une_structure, table};

/// Every route of this permission stands below `racine`, and answers 404 to those accounts, which have no menu entry to it.
async fn n_existe_que_pour(
    permission: Permission,
    (racine, menu): (&str, &str),
    autres_agents: [&str; 2],
) {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    let bureau: Vec<_> = table(&monde.portail)
        .into_iter()
        .filter(|r| r.permission == permission)
        .collect();
    assert!(bureau.len() >= 6, "{bureau:?}");
    assert!(bureau.iter().all(|r| r.chemin.starts_with(racine)));
    let membres = [
        "gp@a.example",
        "gs@a.example",
        "us@a.example",
        "demandeur@a.example",
    ];
    for adresse in membres.into_iter().chain(autres_agents) {
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
        assert!(accueil.lien_eventuel(menu).is_none(), "{adresse}");
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn le_bureau_du_support_n_existe_que_pour_lui() {
    n_existe_que_pour(
        Permission::Support,
        ("/support", "Support"),
        ["referent@vantail.example", "administrateur@vantail.example"],
    )
    .await;
}

#[tokio::test]
async fn les_ecrans_du_referent_n_existent_que_pour_lui() {
    n_existe_que_pour(
        Permission::Referent,
        ("/referent", "Référent"),
        ["support@vantail.example", "administrateur@vantail.example"],
    )
    .await;
}

#[tokio::test]
async fn l_administration_n_existe_que_pour_les_administrateurs() {
    n_existe_que_pour(
        Permission::Administration,
        ("/administration", "Administration"),
        ["referent@vantail.example", "support@vantail.example"],
    )
    .await;
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
