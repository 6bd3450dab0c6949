use super::{a_activer, connecte, executer, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail, config, rondes};

const CAMILLE: &str = "camille.durand@example.org";

fn pose(page: &crate::support::page::PageLue) -> Vec<String> {
    page.entetes
        .get_all("set-cookie")
        .iter()
        .map(|v| v.to_str().expect("ASCII").to_owned())
        // That of the browser has its own scenarios (appareils).
        .filter(|v| !v.contains("appareil="))
        .collect()
}

#[tokio::test]
async fn le_cookie_est_ferme_en_https_et_nu_en_http() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let page = se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE).await;
    let [cookie] = pose(&page).try_into().expect("one cookie");
    assert!(cookie.starts_with("__Host-sid="), "{cookie}");
    for attribut in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(
            cookie.split("; ").any(|a| a == attribut),
            "{attribut}: {cookie}"
        );
    }
    assert!(
        !cookie.contains("Domain") && !cookie.contains("Max-Age") && !cookie.contains("Expires"),
        "{cookie}"
    );

    let mut config = config();
    config.public_url = "http://vantail.test".parse().expect("a URL");
    let portail = Portail::avec(config).await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.anonyme();
    let page = se_connecter(&mut camille, CAMILLE, MOT_DE_PASSE).await;
    let [cookie] = pose(&page).try_into().expect("one cookie");
    assert!(cookie.starts_with("sid="), "{cookie}");
    for attribut in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(
            cookie.split("; ").any(|a| a == attribut),
            "{attribut}: {cookie}"
        );
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    assert!(connecte(&mut camille).await);
}

#[tokio::test]
async fn un_visiteur_n_a_pas_de_cookie() {
    let portail = Portail::nouveau().await;
    for adresse in ["/connexion", "/mot-de-passe-oublie", "/activation/renvoi"] {
        let page = portail.anonyme().lire(adresse).await;
        assert!(pose(page.statut(200)).is_empty(), "{adresse}");
    }
    let page = se_connecter(&mut portail.anonyme(), CAMILLE, "faux").await;
    assert!(pose(&page).is_empty());
}

#[tokio::test]
async fn l_ancien_identifiant_de_session_est_mort_apres_la_connexion() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    portail.personne("pirate.noir@example.org").await;
    let pirate = portail.connecter("pirate.noir@example.org").await;
    let cookie_du_pirate = pirate.cookie("__Host-sid").expect("a cookie").to_owned();
    for pose in [
        cookie_du_pirate.as_str(),
        "AAAAAAAAAAAAAAAAAAAAAA",
        "n'importe quoi",
        "",
    ] {
        let mut camille = portail.anonyme();
        camille.poser_cookie("__Host-sid", pose);
        se_connecter(&mut camille, CAMILLE, MOT_DE_PASSE)
            .await
            .statut(303);
        assert!(connecte(&mut camille).await, "{pose:?}");
        assert_ne!(camille.cookie("__Host-sid"), Some(pose));
        let mut rejoue = portail.anonyme();
        rejoue.poser_cookie("__Host-sid", pose);
        assert!(!connecte(&mut rejoue).await, "{pose:?}");
        // Signing in again over a session of one's own renews it too.
        let avant = camille.cookie("__Host-sid").expect("a cookie").to_owned();
        se_connecter(&mut camille, CAMILLE, MOT_DE_PASSE)
            .await
            .statut(303);
        let mut rejoue = portail.anonyme();
        rejoue.poser_cookie("__Host-sid", &avant);
        assert!(!connecte(&mut rejoue).await && connecte(&mut camille).await);
    }
}

#[tokio::test]
async fn aucune_table_ne_garde_l_identifiant_de_session() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.anonyme();
    se_connecter(&mut camille, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    let lignes: Vec<String> = sqlx::query_scalar("select s::text from sessions s")
        .fetch_all(&portail.db)
        .await
        .expect("the sessions");
    let cookie = camille.cookie("__Host-sid").expect("a cookie");
    assert!(!lignes.is_empty() && lignes.iter().all(|l| !l.contains(cookie)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn se_deconnecter_parmi_vingt_lectures_ne_se_defait_pas() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    for _ in 0..rondes(10) {
        let mut camille = portail.connecter(CAMILLE).await;
        // Old enough for each reading to touch the session.
        executer(
            &portail,
            "update sessions set vue_le = vue_le - interval '5 minutes'",
        )
        .await;
        let lectures: Vec<_> = (0..20)
            .map(|_| {
                let mut acteur = camille.clone();
                tokio::spawn(async move { acteur.lire("/mon-compte/sessions").await })
            })
            .collect();
        let mut rejoue = camille.clone();
        let page = camille.poster_sans_suivre("/deconnexion", &[]).await;
        page.statut(303);
        assert_eq!(page.entete("clear-site-data"), Some("\"cache\""));
        for lecture in lectures {
            lecture.await.expect("an answer");
        }
        assert!(!connecte(&mut rejoue).await, "revived");
        assert_eq!(camille.cookie("__Host-sid"), None, "the browser forgets it");
    }
}

#[tokio::test]
async fn la_deconnexion_se_fait_par_le_bouton_et_se_dit() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.connecter(CAMILLE).await;
    let page = camille.page("/mon-compte/sessions").await;
    let page = page.formulaire("Déconnexion").envoyer(&mut camille).await;
    page.statut(200).contient("Vous êtes déconnecté.");
    assert_eq!(page.h1(), "Connexion");
    camille.lire("/deconnexion").await.statut(405);
    // Without a session it is harmless.
    portail
        .anonyme()
        .poster("/deconnexion", &[])
        .await
        .statut(200);
}

#[tokio::test]
async fn une_session_finit_apres_trente_minutes_sans_rien_et_douze_heures_en_tout() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.connecter(CAMILLE).await;
    for _ in 0..3 {
        portail.avancer("29 minutes 30 seconds").await;
        assert!(connecte(&mut camille).await);
    }
    portail.avancer("30 minutes").await;
    assert!(!connecte(&mut camille).await);

    let mut camille = portail.connecter(CAMILLE).await;
    for _ in 0..28 {
        portail.avancer("25 minutes").await;
        assert!(connecte(&mut camille).await);
    }
    portail.avancer("19 minutes 30 seconds").await;
    assert!(connecte(&mut camille).await, "11 h 59");
    portail.avancer("31 seconds").await;
    assert!(!connecte(&mut camille).await, "12 h");
}

#[tokio::test]
async fn un_compte_desactive_est_anonyme_des_la_requete_suivante() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut sessions = [
        portail.connecter(CAMILLE).await,
        portail.connecter(CAMILLE).await,
    ];
    executer(
        &portail,
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant()",
    )
    .await;
    for session in &mut sessions {
        assert!(!connecte(session).await);
        let page = session.page("/mon-compte/mot-de-passe").await;
        assert_eq!(page.h1(), "Connexion");
        page.ne_contient_pas("Camille Durand");
    }
}

#[tokio::test]
async fn on_voit_ses_sessions_et_on_les_ferme() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    portail.personne("zoe.autre@example.org").await;
    let mut camille = portail.anonyme();
    camille.entetes.push((
        "User-Agent".to_owned(),
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
    ));
    se_connecter(&mut camille, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    let (mut deux, mut trois) = (
        portail.connecter(CAMILLE).await,
        portail.connecter(CAMILLE).await,
    );
    let mut zoe = portail.connecter("zoe.autre@example.org").await;
    let page = camille.page("/mon-compte/sessions").await;
    let lignes = page.tous("tbody tr");
    assert_eq!(lignes.len(), 3, "{lignes:?}");
    assert!(
        lignes[0].contains("Firefox sur Linux") && lignes[0].contains("Celle-ci"),
        "{lignes:?}"
    );

    let fin = page.formulaire("Fermer la session");
    zoe.poster(&fin.action, &[]).await.statut(404);
    assert!(connecte(&mut deux).await && connecte(&mut trois).await);
    fin.envoyer(&mut camille)
        .await
        .statut(200)
        .contient("La session est fermée.");
    let vivantes = usize::from(connecte(&mut deux).await) + usize::from(connecte(&mut trois).await);
    assert_eq!(vivantes, 1);
    camille.poster(&fin.action, &[]).await.statut(404);

    let page = camille.page("/mon-compte/sessions").await;
    let page = page
        .formulaire("Fermer toutes les autres sessions")
        .envoyer(&mut camille)
        .await;
    page.statut(200)
        .contient("Vos autres sessions sont fermées.");
    assert_eq!(page.tous("tbody tr").len(), 1);
    assert!(page.formulaire_eventuel("Fermer toutes").is_none());
    assert!(!connecte(&mut deux).await && !connecte(&mut trois).await);
    assert!(connecte(&mut zoe).await, "nobody else's");
}

#[tokio::test]
async fn un_envoi_venu_d_ailleurs_est_refuse_sans_effet() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    a_activer(&portail, "ines.faure@example.org").await;
    let lien = super::lien(&portail, "ines.faure@example.org").await;
    let camille = portail.connecter(CAMILLE).await;
    let avant = portail.empreinte().await;
    for route in vantail::routes(&portail.app)
        .table()
        .iter()
        .filter(|r| r.change_l_etat)
    {
        let adresse = if route.chemin == "/activation/{secret}" {
            lien.as_str()
        } else {
            route.chemin
        };
        for (nom, valeur) in [
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "null"),
            ("Origin", "https://evil.example"),
            ("Origin", "http://vantail.test"),
        ] {
            let mut acteur = camille.clone();
            if nom == "Origin" {
                // What an old browser sends: no Sec-Fetch-Site worth the name.
                acteur
                    .entetes
                    .push(("Sec-Fetch-Site".to_owned(), "cross-site".to_owned()));
            }
            acteur.entetes.push((nom.to_owned(), valeur.to_owned()));
            let page = acteur
                .poster_sans_suivre(
                    adresse,
                    &[("adresse", CAMILLE), ("mot_de_passe", super::NEUF)],
                )
                .await;
            assert_eq!(page.statut.as_u16(), 403, "{adresse} {nom}: {valeur}");
        }
    }
    assert_eq!(portail.empreinte().await, avant);
    assert!(connecte(&mut camille.clone()).await);
}
