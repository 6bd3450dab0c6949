use std::time::Instant;

use vantail::acces::mot_de_passe;
use vantail::config::CoutArgon2;
use vantail::web::MotDePasse;

use super::{a_activer, connecte, executer, lien, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail, config};

const CAMILLE: &str = "camille.durand@example.org";

#[tokio::test]
async fn on_se_connecte_par_le_formulaire_et_on_revient_ou_l_on_allait() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.anonyme();
    let page = camille.page("/mon-compte/sessions").await;
    page.statut(200);
    assert_eq!(page.h1(), "Connexion");
    let page = page
        .formulaire("Se connecter")
        .remplir("adresse", " Camille.Durand@Example.ORG ")
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(&mut camille)
        .await;
    page.statut(200).contient("Camille Durand");
    assert_eq!(page.h1(), "Mes sessions");
    let deja = camille.lire("/connexion?retour=/mon-compte/sessions").await;
    deja.statut(303);
    assert_eq!(deja.entete("location"), Some("/mon-compte/sessions"));
}

#[tokio::test]
async fn la_connexion_precedente_est_gardee() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    assert_eq!(
        portail.nombre("select count(*) from utilisateurs where derniere_connexion is not null and connexion_precedente is null").await,
        1
    );
    portail.avancer("1 day").await;
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    assert_eq!(
        portail.nombre("select count(*) from utilisateurs where derniere_connexion - connexion_precedente > '23 hours'").await,
        1
    );
}

#[tokio::test]
async fn les_champs_vides_ou_mal_formes_ont_leur_message() {
    let portail = Portail::nouveau().await;
    let mut quelqu_un = portail.anonyme();
    let page = se_connecter(&mut quelqu_un, "", "").await;
    page.statut(422);
    assert!(page.titre().starts_with("Erreur : Connexion"));
    assert!(
        page.erreur_de("adresse")
            .is_some_and(|e| e.contains("Saisissez une adresse"))
    );
    assert!(
        page.erreur_de("mot_de_passe")
            .is_some_and(|e| e.contains("Saisissez votre mot de passe"))
    );
    let page = se_connecter(&mut quelqu_un, "pas une adresse", "Secret-tape-ici-1").await;
    page.statut(422);
    assert!(
        page.erreur_de("adresse")
            .is_some_and(|e| e.contains("nom@domaine.fr"))
    );
    assert_eq!(
        page.attributs("[name=adresse]", "value"),
        ["pas une adresse"]
    );
    assert!(
        !page.corps.contains("Secret-tape-ici-1"),
        "a password is never sent back"
    );
}

#[tokio::test]
async fn un_champ_inconnu_ou_repete_est_refuse() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut quelqu_un = portail.anonyme();
    let bon = [("adresse", CAMILLE), ("mot_de_passe", MOT_DE_PASSE)];
    for intrus in [
        ("adresse", "autre@example.org"),
        ("statut", "actif"),
        ("adresse[]", CAMILLE),
    ] {
        let champs = [bon[0], bon[1], intrus];
        quelqu_un
            .poster_sans_suivre("/connexion", &champs)
            .await
            .statut(422);
    }
    assert!(!connecte(&mut quelqu_un).await);
}

#[tokio::test]
async fn inconnu_faux_pas_active_et_desactive_recoivent_la_meme_reponse() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    portail.personne("partie.loin@example.org").await;
    executer(&portail, "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'partie%'").await;
    a_activer(&portail, "pas.encore@example.org").await;
    let mut reponses = Vec::new();
    for (adresse, mot) in [
        (CAMILLE, "Mauvais-mot-de-passe-1"),
        ("jamais.vu@example.org", MOT_DE_PASSE),
        ("partie.loin@example.org", "Mauvais-mot-de-passe-1"),
        ("pas.encore@example.org", MOT_DE_PASSE),
    ] {
        let page = se_connecter(&mut portail.anonyme(), adresse, mot).await;
        page.statut(422)
            .contient("Adresse ou mot de passe incorrect.");
        let mut entetes: Vec<String> = page
            .entetes
            .iter()
            .filter(|(nom, _)| !matches!(nom.as_str(), "x-request-id" | "content-length"))
            .map(|(nom, valeur)| format!("{nom}: {valeur:?}"))
            .collect();
        entetes.sort();
        reponses.push((entetes, page.corps.replace(adresse, "…")));
    }
    for autre in &reponses[1..] {
        assert_eq!(*autre, reponses[0], "same headers, same body");
    }
}

#[tokio::test]
async fn une_adresse_inconnue_coute_un_hachage_comme_les_autres() {
    let mut config = config();
    // About 100 ms here: far above everything else a sign-in does.
    config.argon2 = CoutArgon2 {
        memoire_kio: 32 * 1024,
        passes: 3,
    };
    let portail = Portail::avec(config).await;
    portail.personne(CAMILLE).await;
    let mut plus_court = [f64::MAX; 2];
    for _ in 0..4 {
        for (rang, adresse) in [CAMILLE, "jamais.vu@example.org"].into_iter().enumerate() {
            let debut = Instant::now();
            se_connecter(&mut portail.anonyme(), adresse, "Mauvais-mot-de-passe-1")
                .await
                .statut(422);
            plus_court[rang] = plus_court[rang].min(debut.elapsed().as_secs_f64());
        }
    }
    let [connue, inconnue] = plus_court;
    assert!(
        inconnue > connue / 2.0 && connue > inconnue / 2.0,
        "known {connue:.3} s, unknown {inconnue:.3} s"
    );
}

#[tokio::test]
async fn un_hachage_d_anciens_parametres_est_refait() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let ancien = mot_de_passe::hacher_maintenant(
        CoutArgon2 {
            memoire_kio: 16,
            passes: 2,
        },
        &MotDePasse::new(MOT_DE_PASSE),
    )
    .expect("a hash");
    sqlx::query("update utilisateurs set mot_de_passe = $1")
        .bind(&ancien)
        .execute(&portail.db)
        .await
        .expect("an old hash");
    for _ in 0..2 {
        se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
            .await
            .statut(303);
        assert_eq!(
            portail.nombre("select count(*) from utilisateurs where mot_de_passe like '$argon2id$v=19$m=8,t=1,p=1$%'").await,
            1
        );
    }
}

#[tokio::test]
async fn un_compte_d_equipe_se_connecte_comme_les_autres() {
    let portail = Portail::nouveau().await;
    let adresse = "ines.faure@example.org";
    a_activer(&portail, adresse).await;
    let mut ines = portail.anonyme();
    let lien = lien(&portail, adresse).await;
    ines.poster(&lien, &[("mot_de_passe", MOT_DE_PASSE)])
        .await
        .statut(200);
    assert!(!connecte(&mut ines).await, "an activation signs nobody in");
    se_connecter(&mut ines, adresse, MOT_DE_PASSE)
        .await
        .statut(303);
    assert!(connecte(&mut ines).await);
}

#[tokio::test]
async fn le_retour_ne_quitte_jamais_le_portail() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let ici = url::Url::parse("https://vantail.test/connexion").expect("a URL");
    for charge in [
        "https://evil.example",
        "http://evil.example/",
        "//evil.example",
        "///evil.example",
        "////evil.example/x",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "\t//evil.example",
        " //evil.example",
        "\u{0}//evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "mailto:a@evil.example",
        "evil.example",
        "@evil.example",
        "https:evil.example",
        "https:/evil.example",
        "http:\\\\evil.example",
        "//evil.example\\@vantail.test",
        "/\u{7f}/evil.example",
        "/\u{85}evil",
        "//vantail.test@evil.example",
        "?x=//evil.example",
    ] {
        let mut acteur = portail.anonyme();
        let reponse = acteur
            .poster_sans_suivre(
                "/connexion",
                &[
                    ("adresse", CAMILLE),
                    ("mot_de_passe", MOT_DE_PASSE),
                    ("retour", charge),
                ],
            )
            .await;
        reponse.statut(303);
        assert_eq!(reponse.entete("location"), Some("/"), "{charge:?}");
        let question = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("retour", charge)
            .finish();
        let page = portail
            .anonyme()
            .lire(&format!("/connexion?{question}"))
            .await;
        assert_eq!(page.attributs("[name=retour]", "value"), [""], "{charge:?}");
    }
    for (demande, attendu) in [
        ("/mon-compte/sessions", "/mon-compte/sessions"),
        ("/annuaire?q=a%20b&page=2#x", "/annuaire?q=a%20b&page=2#x"),
        ("/%2F/evil.example", "/%2F/evil.example"),
        ("/.//evil.example", "/.//evil.example"),
    ] {
        let reponse = portail
            .anonyme()
            .poster_sans_suivre(
                "/connexion",
                &[
                    ("adresse", CAMILLE),
                    ("mot_de_passe", MOT_DE_PASSE),
                    ("retour", demande),
                ],
            )
            .await;
        let vers = reponse.entete("location").expect("a destination");
        assert_eq!(vers, attendu);
        assert_eq!(
            ici.join(vers).expect("a URL").host_str(),
            Some("vantail.test")
        );
    }
}
