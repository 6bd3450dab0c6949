//! Browsers that signed in before (security.md AU3), and the notice of the others (spec §13).

use super::{NEUF, connecte, depuis, executer, oublier, se_connecter};
use crate::support::page::PageLue;
use crate::support::{Acteur, MOT_DE_PASSE, Portail, config};

const CAMILLE: &str = "camille.durand@example.org";
const ZOE: &str = "zoe.autre@example.org";
const COOKIE: &str = "__Host-appareil";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// As many wrong passwords as the cap takes, from many neighbourhoods.
async fn echecs(portail: &Portail, nombre: usize) {
    for essai in 0..nombre {
        let mut pirate = depuis(portail, &format!("10.{}.{}.1", essai / 100, essai / 10));
        let page = se_connecter(&mut pirate, CAMILLE, "Mauvais-mot-de-passe-1").await;
        page.statut(if essai < 100 { 422 } else { 429 });
    }
}

fn pose(page: &PageLue) -> String {
    page.entetes
        .get_all("set-cookie")
        .iter()
        .map(|v| v.to_str().expect("ASCII").to_owned())
        .find(|v| v.contains("appareil="))
        .expect("the cookie of the browser")
}

#[tokio::test]
async fn deux_cents_echecs_d_ailleurs_ne_ferment_pas_un_navigateur_connu() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut connu = depuis(&portail, "198.51.100.7");
    se_connecter(&mut connu, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    connu.poster("/deconnexion", &[]).await.statut(200);
    echecs(&portail, 200).await;
    let mut inconnu = depuis(&portail, "198.51.100.8");
    se_connecter(&mut inconnu, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(429);
    // Wrong passwords of the known browser are counted, apart.
    se_connecter(&mut connu, CAMILLE, "Mauvais-mot-de-passe-1")
        .await
        .statut(422);
    se_connecter(&mut connu, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    assert!(connecte(&mut connu).await);
    for essai in 0..11 {
        se_connecter(&mut connu, CAMILLE, "Mauvais-mot-de-passe-1")
            .await
            .statut(if essai < 10 { 422 } else { 429 });
    }
    // The others still wait; a reset by mail lets everybody in.
    se_connecter(&mut inconnu, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(429);
    let lien = oublier(&portail, CAMILLE).await;
    inconnu
        .poster(&lien, &[("mot_de_passe", NEUF)])
        .await
        .statut(200);
    se_connecter(&mut inconnu, CAMILLE, NEUF).await.statut(303);
}

#[tokio::test]
async fn le_cookie_est_ferme_signe_et_propre_a_un_compte() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    portail.personne(ZOE).await;
    let mut zoe = depuis(&portail, "198.51.100.7");
    let page = se_connecter(&mut zoe, ZOE, MOT_DE_PASSE).await;
    let cookie = pose(&page);
    assert!(cookie.starts_with("__Host-appareil="), "{cookie}");
    for attribut in [
        "HttpOnly",
        "Secure",
        "SameSite=Strict",
        "Path=/",
        "Max-Age=15552000",
    ] {
        assert!(
            cookie.split("; ").any(|a| a == attribut),
            "{attribut}: {cookie}"
        );
    }
    assert!(!cookie.contains("Domain"));
    let valeur = zoe.cookie(COOKIE).expect("a cookie").to_owned();
    let tables: Vec<String> = sqlx::query_scalar("select a::text from appareils a")
        .fetch_all(&portail.db)
        .await
        .expect("the table");
    assert!(tables.len() == 1 && !tables[0].contains(&valeur));
    echecs(&portail, 101).await;
    // Zoé's browser is not Camille's, a forged cookie is nobody's.
    let mut forge = valeur.clone().into_bytes();
    forge[3] = if forge[3] == b'A' { b'B' } else { b'A' };
    let forge = String::from_utf8(forge).expect("ASCII");
    for essai in [valeur.as_str(), &forge, "", "x", &"A".repeat(4_000)] {
        let mut acteur = depuis(&portail, "198.51.100.7");
        acteur.poser_cookie(COOKIE, essai);
        se_connecter(&mut acteur, CAMILLE, MOT_DE_PASSE)
            .await
            .statut(429);
    }

    let mut config = config();
    config.public_url = "http://vantail.test".parse().expect("a URL");
    let portail = Portail::avec(config).await;
    portail.personne(CAMILLE).await;
    let page = se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE).await;
    let cookie = pose(&page);
    assert!(
        cookie.starts_with("appareil=") && !cookie.contains("Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn un_nouveau_mot_de_passe_retire_le_privilege_des_autres_navigateurs() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = depuis(&portail, "198.51.100.7");
    let mut ailleurs = depuis(&portail, "198.51.100.8");
    for acteur in [&mut ici, &mut ailleurs] {
        se_connecter(acteur, CAMILLE, MOT_DE_PASSE)
            .await
            .statut(303);
    }
    ici.poster(
        "/mon-compte/mot-de-passe",
        &[("actuel", MOT_DE_PASSE), ("mot_de_passe", NEUF)],
    )
    .await
    .statut(200);
    echecs(&portail, 101).await;
    se_connecter(&mut ailleurs, CAMILLE, NEUF).await.statut(429);
    se_connecter(&mut ici, CAMILLE, NEUF).await.statut(303);
}

async fn notices(portail: &Portail, adresse: &str) -> Vec<String> {
    portail
        .courriers_pour(adresse)
        .await
        .into_iter()
        .filter(|c| c.gabarit == "nouvelle_connexion")
        .map(|c| c.texte)
        .collect()
}

#[tokio::test]
async fn un_navigateur_inconnu_se_signale_une_fois() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    executer(
        &portail,
        "update utilisateurs set adresse_contact = 'accueil@mairie.example'",
    )
    .await;
    let mut premier = portail.anonyme();
    se_connecter(&mut premier, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    assert!(
        notices(&portail, CAMILLE).await.is_empty(),
        "the first sign-in of all surprises nobody"
    );
    let mut neuf: Acteur = portail.anonyme();
    neuf.entetes
        .push(("User-Agent".to_owned(), FIREFOX.to_owned()));
    for _ in 0..2 {
        se_connecter(&mut neuf, CAMILLE, MOT_DE_PASSE)
            .await
            .statut(303);
        se_connecter(&mut premier, CAMILLE, MOT_DE_PASSE)
            .await
            .statut(303);
    }
    let recus = notices(&portail, CAMILLE).await;
    let [notice] = &recus[..] else {
        panic!("{recus:?}")
    };
    assert!(
        notice.contains("Navigateur\u{202F}: Firefox sur Linux"),
        "{notice}"
    );
    let jour: String = sqlx::query_scalar(
        "select to_char(maintenant() at time zone 'Europe/Paris', 'DD/MM/YYYY')",
    )
    .fetch_one(&portail.db)
    .await
    .expect("a day");
    assert!(
        notice.replace('\u{2060}', "").contains(&jour)
            && notice.contains("changez de mot de passe"),
        "{notice}"
    );
    assert!(
        notices(&portail, "accueil@mairie.example").await.is_empty(),
        "connection notices go to the login address"
    );
    // A wrong password is no connection.
    se_connecter(&mut portail.anonyme(), CAMILLE, "Mauvais-mot-de-passe-1")
        .await
        .statut(422);
    assert_eq!(notices(&portail, CAMILLE).await.len(), 1);
    // After a new password the browsers stay known to the notices.
    let lien = oublier(&portail, CAMILLE).await;
    neuf.poster(&lien, &[("mot_de_passe", NEUF)])
        .await
        .statut(200);
    se_connecter(&mut neuf, CAMILLE, NEUF).await.statut(303);
    assert_eq!(notices(&portail, CAMILLE).await.len(), 1);
}

#[tokio::test]
async fn un_navigateur_oublie_apres_cent_quatre_vingts_jours() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = depuis(&portail, "198.51.100.7");
    se_connecter(&mut ici, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    portail.avancer("180 days").await;
    echecs(&portail, 101).await;
    se_connecter(&mut ici, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(429);
    vantail::jobs::lancer_une_fois(&portail.app, &vantail::acces::Systeme::processus())
        .await
        .expect("the jobs");
    assert_eq!(portail.nombre("select count(*) from appareils").await, 0);
}
