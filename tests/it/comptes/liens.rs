use axum::http::Method;
use vantail::courrier::{Usage, jeton};

use super::{NEUF, a_activer, connecte, executer, lien, oublier, se_connecter};
use crate::support::page::PageLue;
use crate::support::{MOT_DE_PASSE, Portail};

const INES: &str = "ines.faure@example.org";
const CAMILLE: &str = "camille.durand@example.org";

#[track_caller]
fn mort(page: &PageLue) {
    page.statut(410).contient("Ce lien ne fonctionne plus");
    assert_eq!(page.entete("referrer-policy"), Some("no-referrer"));
}

#[tokio::test]
async fn un_compte_s_active_par_son_lien() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    let [courrier] = portail
        .courriers_pour(INES)
        .await
        .try_into()
        .expect("one mail");
    assert_eq!(courrier.sujet, "Vantail\u{202f}: activez votre compte");
    assert!(
        courrier.texte.contains("valable 7 jours")
            && courrier.texte.contains("Bonjour Ines Faure,")
    );
    let mut ines = portail.anonyme();
    let page = ines.page(&lien(&portail, INES).await).await;
    page.statut(200).contient("Ines Faure").contient(INES);
    assert_eq!(page.entete("referrer-policy"), Some("no-referrer"));
    assert_eq!(
        page.attributs("[name=mot_de_passe]", "autocomplete"),
        ["new-password"]
    );
    assert_eq!(page.attributs("[name=mot_de_passe]", "type"), ["password"]);
    let refus = page
        .formulaire("Activer mon compte")
        .remplir("mot_de_passe", "court")
        .envoyer(&mut ines)
        .await;
    refus.statut(422);
    assert!(
        refus
            .erreur_de("mot_de_passe")
            .is_some_and(|e| e.contains("12 caractères"))
    );
    assert_eq!(refus.entete("referrer-policy"), Some("no-referrer"));
    let page = refus
        .formulaire("Activer mon compte")
        .remplir("mot_de_passe", NEUF)
        .envoyer(&mut ines)
        .await;
    page.statut(200).contient("Votre compte est actif.");
    assert_eq!(page.h1(), "Connexion");
    assert_eq!(
        portail
            .nombre(
                "select count(*) from utilisateurs where statut = 'actif' and active_le is not null"
            )
            .await,
        1
    );
    assert_eq!(portail.nombre("select count(*) from jetons").await, 0);
    se_connecter(&mut ines, INES, NEUF).await.statut(303);
}

#[tokio::test]
async fn un_lecteur_de_courriels_n_use_pas_le_lien() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    portail.personne(CAMILLE).await;
    for lien in [lien(&portail, INES).await, oublier(&portail, CAMILLE).await] {
        let avant = portail.empreinte().await;
        for _ in 0..5 {
            portail.anonyme().lire(&lien).await.statut(200);
            portail
                .anonyme()
                .requete(Method::HEAD, &lien, None)
                .await
                .statut(200);
        }
        assert_eq!(portail.empreinte().await, avant);
        portail
            .anonyme()
            .poster(&lien, &[("mot_de_passe", NEUF)])
            .await
            .statut(200);
    }
}

#[tokio::test]
async fn un_lien_ne_sert_qu_une_fois() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    portail.personne(CAMILLE).await;
    for lien in [lien(&portail, INES).await, oublier(&portail, CAMILLE).await] {
        let mut quelqu_un = portail.anonyme();
        quelqu_un
            .poster(&lien, &[("mot_de_passe", NEUF)])
            .await
            .statut(200);
        mort(&quelqu_un.lire(&lien).await);
        let rejoue = quelqu_un
            .poster(&lien, &[("mot_de_passe", "Une-autre-phrase-88!")])
            .await;
        mort(&rejoue);
    }
    se_connecter(&mut portail.anonyme(), INES, NEUF)
        .await
        .statut(303);
    se_connecter(&mut portail.anonyme(), CAMILLE, NEUF)
        .await
        .statut(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn trente_envois_paralleles_d_un_lien_un_seul_gagne() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    let lien = lien(&portail, INES).await;
    let envois: Vec<_> = (0..30)
        .map(|rang| {
            let (mut acteur, lien) = (portail.anonyme(), lien.clone());
            tokio::spawn(async move {
                let mot = format!("Tortue-argentee-{rang}?");
                let page = acteur
                    .poster_sans_suivre(&lien, &[("mot_de_passe", &mot)])
                    .await;
                (page.statut.as_u16(), mot)
            })
        })
        .collect();
    let mut gagnants = Vec::new();
    for envoi in envois {
        match envoi.await.expect("an answer") {
            (303, mot) => gagnants.push(mot),
            (statut, _) => assert_eq!(statut, 410),
        }
    }
    assert_eq!(gagnants.len(), 1);
    se_connecter(&mut portail.anonyme(), INES, &gagnants[0])
        .await
        .statut(303);
}

#[tokio::test]
async fn un_lien_change_d_un_caractere_ne_vaut_rien() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    let lien = lien(&portail, INES).await;
    let (racine, secret) = lien.rsplit_once('/').expect("a path");
    let mut faux: Vec<String> = (0..secret.len())
        .map(|rang| {
            let mut octets = secret.as_bytes().to_vec();
            octets[rang] = if octets[rang] == b'A' { b'B' } else { b'A' };
            String::from_utf8(octets).expect("ASCII")
        })
        .collect();
    for autre in [
        "null",
        "undefined",
        "0",
        "%00",
        "%20",
        "..",
        "%2e%2e",
        "a".repeat(64).as_str(),
        &secret[1..],
    ] {
        faux.push(autre.to_owned());
    }
    faux.push(format!("{secret}A"));
    faux.push(format!("{secret}%0A"));
    for secret in faux {
        let page = portail.anonyme().lire(&format!("{racine}/{secret}")).await;
        mort(&page);
        portail
            .anonyme()
            .poster(&format!("{racine}/{secret}"), &[("mot_de_passe", NEUF)])
            .await
            .statut(410);
    }
    // A link opens the page of its purpose only.
    mort(
        &portail
            .anonyme()
            .lire(&format!("/mot-de-passe/{secret}"))
            .await,
    );
    portail.anonyme().lire(&lien).await.statut(200);
}

#[tokio::test]
async fn un_lien_expire_propose_d_en_recevoir_un_autre() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    let ancien = lien(&portail, INES).await;
    portail.avancer("6 days 23:59:30").await;
    portail.anonyme().lire(&ancien).await.statut(200);
    portail.avancer("31 seconds").await;
    let mut ines = portail.anonyme();
    let page = ines.page(&ancien).await;
    mort(&page);
    mort(&ines.poster(&ancien, &[("mot_de_passe", NEUF)]).await);
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where statut = 'en_cours_activation'")
            .await,
        1
    );
    page.formulaire("Recevoir un nouveau lien")
        .remplir("adresse", INES)
        .envoyer(&mut ines)
        .await
        .statut(200)
        .contient("Consultez votre messagerie.");
    let nouveau = lien(&portail, INES).await;
    assert_ne!(nouveau, ancien);
    ines.poster(&nouveau, &[("mot_de_passe", NEUF)])
        .await
        .statut(200)
        .contient("Votre compte est actif.");
}

#[tokio::test]
async fn un_mot_de_passe_oublie_se_choisit_dans_l_heure() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let lien = oublier(&portail, CAMILLE).await;
    portail.avancer("59 minutes 30 seconds").await;
    portail
        .anonyme()
        .lire(&lien)
        .await
        .statut(200)
        .contient("Camille Durand");
    portail.avancer("31 seconds").await;
    let page = portail.anonyme().lire(&lien).await;
    mort(&page);
    assert_eq!(
        page.formulaire("Recevoir le lien").action,
        "/mot-de-passe-oublie"
    );
}

#[tokio::test]
async fn renvoyer_une_activation_deux_fois_laisse_le_dernier_lien_valable() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    portail.avancer("6 days").await;
    portail
        .anonyme()
        .poster("/activation/renvoi", &[("adresse", INES)])
        .await
        .statut(200);
    // Between the old end and the new one (failure-modes I11).
    portail.avancer("2 days").await;
    let lien = lien(&portail, INES).await;
    portail
        .anonyme()
        .poster(&lien, &[("mot_de_passe", NEUF)])
        .await
        .contient("Votre compte est actif.");
}

#[tokio::test]
async fn le_lien_d_un_compte_desactive_ou_change_d_adresse_est_mort() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    portail.personne("autre.part@example.org").await;
    let (un, deux) = (
        oublier(&portail, CAMILLE).await,
        oublier(&portail, "autre.part@example.org").await,
    );
    executer(&portail, "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'camille%'").await;
    executer(&portail, "update utilisateurs set adresse_connexion = 'ailleurs@example.org' where adresse_connexion like 'autre%'").await;
    for lien in [un, deux] {
        mort(&portail.anonyme().lire(&lien).await);
        mort(
            &portail
                .anonyme()
                .poster(&lien, &[("mot_de_passe", NEUF)])
                .await,
        );
    }
    se_connecter(&mut portail.anonyme(), "ailleurs@example.org", MOT_DE_PASSE)
        .await
        .statut(303);
}

#[tokio::test]
async fn le_lien_d_un_autre_n_agit_que_sur_son_compte() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.connecter(CAMILLE).await;
    let lien = lien(&portail, INES).await;
    camille.page(&lien).await.contient("Ines Faure");
    camille
        .poster(&lien, &[("mot_de_passe", NEUF)])
        .await
        .statut(200);
    assert!(connecte(&mut camille).await, "Camille stays herself");
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    se_connecter(&mut portail.anonyme(), INES, NEUF)
        .await
        .statut(303);
}

#[tokio::test]
async fn une_reinitialisation_tue_sessions_et_liens_et_previent() {
    let portail = Portail::nouveau().await;
    let id = portail.personne(CAMILLE).await;
    executer(
        &portail,
        "update utilisateurs set adresse_contact = 'contact@example.org'",
    )
    .await;
    let (mut bureau, mut telephone) = (
        portail.connecter(CAMILLE).await,
        portail.connecter(CAMILLE).await,
    );
    let autre_lien = {
        let mut db = portail.db.acquire().await.expect("a connection");
        let jeton = jeton::emettre(&mut db, id.0, Usage::Adresse, "neuve@example.org")
            .await
            .expect("a token");
        jeton.id
    };
    let lien = oublier(&portail, CAMILLE).await;
    assert!(connecte(&mut bureau).await && connecte(&mut telephone).await);
    let page = bureau.page(&lien).await;
    page.formulaire("Enregistrer")
        .remplir("mot_de_passe", NEUF)
        .envoyer(&mut bureau)
        .await
        .statut(200)
        .contient("Votre mot de passe est modifié.");
    assert!(!connecte(&mut bureau).await && !connecte(&mut telephone).await);
    assert_eq!(
        jeton::vivant(&portail.db, autre_lien, Usage::Adresse)
            .await
            .expect("an answer"),
        jeton::Apercu::Inconnu
    );
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(422);
    se_connecter(&mut portail.anonyme(), CAMILLE, NEUF)
        .await
        .statut(303);
    for adresse in [CAMILLE, "contact@example.org"] {
        let courrier = portail.courriers_pour(adresse).await.pop().expect("a mail");
        assert_eq!(
            courrier.sujet,
            "Vantail\u{202f}: votre mot de passe a été modifié"
        );
        assert!(
            courrier
                .texte
                .contains("toutes vos connexions ouvertes ont été fermées")
        );
    }
}
