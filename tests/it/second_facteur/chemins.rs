//! Every other way in: none goes round the code, and what ends sessions ends a half-open one.

use super::{CAMILLE, camille, donner, entrouvrir};
use crate::comptes::{NEUF, connecte, executer, oublier, se_connecter};
use crate::support::MOT_DE_PASSE;

#[tokio::test]
async fn un_mot_de_passe_oublie_ne_dispense_pas_du_code() {
    let (portail, facteur) = camille().await;
    let lien = oublier(&portail, CAMILLE).await;
    let mut ici = portail.anonyme();
    ici.poster(&lien, &[("mot_de_passe", NEUF)])
        .await
        .statut(200)
        .contient("Votre mot de passe est modifié.");
    assert!(!connecte(&mut ici).await);
    let page = se_connecter(&mut ici, CAMILLE, NEUF).await;
    assert_eq!(page.entete("location"), Some("/connexion/code"));
    assert!(!connecte(&mut ici).await);
    let juste = facteur.code(&portail, 0).await;
    donner(&mut ici, &juste).await.statut(303);
    assert!(connecte(&mut ici).await);
}

#[tokio::test]
async fn une_reinitialisation_tue_la_connexion_entrouverte() {
    let (portail, facteur) = camille().await;
    let mut pirate = entrouvrir(&portail).await;
    let lien = oublier(&portail, CAMILLE).await;
    portail
        .anonyme()
        .poster(&lien, &[("mot_de_passe", NEUF)])
        .await
        .statut(200);
    let juste = facteur.code(&portail, 0).await;
    donner(&mut pirate, &juste).await.statut(410);
    assert!(!connecte(&mut pirate).await);
    // The code was not looked at: it still serves.
    let mut ici = portail.anonyme();
    se_connecter(&mut ici, CAMILLE, NEUF).await.statut(303);
    donner(&mut ici, &juste).await.statut(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn une_reinitialisation_en_meme_temps_que_le_code_gagne_toujours() {
    let (portail, facteur) = camille().await;
    for ronde in 0..crate::support::rondes(4) {
        portail.oublier_les_compteurs().await;
        let (ancien, nouveau) = if ronde % 2 == 0 {
            (MOT_DE_PASSE, NEUF)
        } else {
            (NEUF, MOT_DE_PASSE)
        };
        let mut ici = portail.anonyme();
        se_connecter(&mut ici, CAMILLE, ancien).await.statut(303);
        let lien = oublier(&portail, CAMILLE).await;
        portail.avancer("1 minute").await;
        let juste = facteur.code(&portail, 0).await;
        let mut autre = portail.anonyme();
        let (ouverte, change) = tokio::join!(
            tokio::spawn(async move {
                donner(&mut ici, &juste).await;
                ici
            }),
            tokio::spawn(async move {
                autre
                    .poster_sans_suivre(&lien, &[("mot_de_passe", nouveau)])
                    .await
                    .statut(303);
            })
        );
        change.expect("a new password");
        assert!(
            !connecte(&mut ouverte.expect("an answer")).await,
            "round {ronde}: the old password opened it"
        );
    }
}

#[tokio::test]
async fn un_compte_desactive_entre_temps_n_entre_pas() {
    let (portail, facteur) = camille().await;
    let mut ici = entrouvrir(&portail).await;
    executer(
        &portail,
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant()",
    )
    .await;
    let juste = facteur.code(&portail, 0).await;
    donner(&mut ici, &juste).await.statut(410);
    assert!(!connecte(&mut ici).await);
}

#[tokio::test]
async fn une_session_entrouverte_n_est_pas_une_session() {
    let (portail, facteur) = camille().await;
    let mut entrouverte = entrouvrir(&portail).await;
    let mut ici = entrouvrir(&portail).await;
    let juste = facteur.code(&portail, 0).await;
    donner(&mut ici, &juste).await.statut(303);
    let page = ici.page("/mon-compte/sessions").await;
    assert!(
        page.tous("tbody tr").iter().all(|l| !l.is_empty()),
        "{:?}",
        page.tous("tbody tr")
    );
    assert_eq!(
        portail
            .nombre("select count(*) from sessions where code_attendu_jusqu_au is not null and revoquee_le is null")
            .await,
        1
    );
    assert_eq!(
        page.tous("tbody tr").len(),
        2,
        "the one that set it up, and this one"
    );
    // Every page that asks to be signed in refuses it.
    for route in vantail::routes(&portail.app)
        .table()
        .iter()
        .filter(|r| r.methode == "GET" && !r.chemin.contains('{'))
        .filter(|r| r.permission != vantail::acces::Permission::Visiteur)
    {
        let reponse = entrouverte.lire(route.chemin).await;
        if route.permission == vantail::acces::Permission::Technique {
            reponse.statut(401);
            continue;
        }
        reponse.statut(303);
        assert!(
            reponse
                .entete("location")
                .is_some_and(|l| l.starts_with("/connexion")),
            "{}",
            route.chemin
        );
    }
    entrouverte
        .page("/")
        .await
        .ne_contient_pas("Camille Durand");
}
