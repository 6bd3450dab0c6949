//! Staff accounts are held to a second factor outside `demo` (decisions 22).

use vantail::acces::Permission;
use vantail::config::Config;

use super::{CAMILLE, ICI, activer};
use crate::comptes::{executer, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail, config_avec};

async fn portail() -> Portail {
    let portail = Portail::avec(config_avec(&[("SECOND_FACTOR_REQUIRED", "staff")])).await;
    portail.personne(CAMILLE).await;
    portail
}

#[test]
fn elle_s_impose_hors_de_la_demonstration() {
    let sans = |_: &str| None;
    let cles = || vantail::demo::secret::nouveau().expect("keys");
    assert!(!Config::demo(&sans, cles()).expect("valid").facteur_exige);
    let defaut = |nom: &str| match nom {
        "SECOND_FACTOR_REQUIRED" => None,
        "SECRET_KEY" => Some("v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
        "PUBLIC_URL" => Some("https://vantail.test".to_owned()),
        "SMTP_URL" => Some("smtp://127.0.0.1:1".to_owned()),
        _ => None,
    };
    assert!(Config::lire(&defaut).expect("valid").facteur_exige);
}

#[tokio::test]
async fn l_equipe_sans_facteur_n_atteint_que_son_activation_et_la_sortie() {
    let portail = portail().await;
    executer(&portail, "update utilisateurs set equipe = 'support'").await;
    let mut ici = portail.anonyme();
    se_connecter(&mut ici, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    let page = ici.page("/").await;
    assert_eq!(page.h1(), "Double authentification");
    page.contient("Votre compte la demande")
        .contient("Camille Durand")
        .ne_contient_pas("Rechercher structure publique");
    let avant = portail.empreinte().await;
    for route in vantail::routes(&portail.app).table() {
        // Nobody is inside a support session before he is in.
        let a_part = matches!(route.permission, Permission::Identifie | Permission::Regard);
        if a_part || route.chemin == "/deconnexion" {
            continue;
        }
        let adresse = route
            .chemin
            .split('/')
            .map(|m| {
                if m.starts_with('{') {
                    uuid::Uuid::nil().to_string()
                } else {
                    m.to_owned()
                }
            })
            .collect::<Vec<_>>()
            .join("/");
        let reponse = if route.methode == "GET" {
            ici.lire(&adresse).await
        } else {
            ici.poster_sans_suivre(&adresse, &[]).await
        };
        if route.chemin.starts_with("/api/v1/") {
            // For programs, which have no page to be sent to.
            reponse.statut(401);
            continue;
        }
        reponse.statut(303);
        assert_eq!(
            reponse.entete("location"),
            Some(ICI),
            "{} {}",
            route.methode,
            route.chemin
        );
    }
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
    // Every page of Identifie is about the factor.
    for route in vantail::routes(&portail.app).table() {
        if route.permission == Permission::Identifie {
            assert!(route.chemin.starts_with(ICI), "{}", route.chemin);
        }
    }
    activer(&portail, &mut ici).await;
    ici.page("/").await.statut(200).contient("Bonjour Camille");
    ici.poster("/deconnexion", &[])
        .await
        .statut(200)
        .contient("Vous êtes déconnecté.");
}

#[tokio::test]
async fn l_equipe_sans_facteur_peut_sortir() {
    let portail = portail().await;
    executer(&portail, "update utilisateurs set equipe = 'referent'").await;
    let mut ici = portail.connecter(CAMILLE).await;
    let page = ici.page("/").await;
    page.formulaire("Déconnexion")
        .envoyer(&mut ici)
        .await
        .statut(200)
        .contient("Vous êtes déconnecté.");
}

#[tokio::test]
async fn les_autres_comptes_n_y_sont_pas_tenus() {
    let portail = portail().await;
    let mut ici = portail.connecter(CAMILLE).await;
    ici.page("/").await.statut(200).contient("Bonjour Camille");
}
