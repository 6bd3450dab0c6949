use super::rotation::{V1, V2};
use super::{CAMILLE, Facteur, ICI, activer, code, commencer, donner, faux};
use crate::comptes::{connecte, se_connecter};
use crate::support::{Acteur, MOT_DE_PASSE, Portail, config_avec};

#[tokio::test]
async fn on_relie_l_application_puis_un_code_est_demande() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ailleurs = portail.connecter(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    ici.page("/mon-compte")
        .await
        .contient("Double authentification");
    let (page, totp) = commencer(&mut ici).await;
    assert_eq!(page.h1(), "Reliez votre application");
    assert_eq!(page.attributs("svg.code-qr", "role"), ["img"]);
    assert!(
        page.attributs("svg.code-qr path", "d")[0].len() > 500,
        "a drawing"
    );
    assert!(!page.corps.contains(" style="), "CSP");
    // The key to type by hand is the one of the drawing.
    let cle = page.tous("dd .reference")[0].clone();
    assert!(cle.split(' ').all(|groupe| groupe.len() == 4) && cle.split(' ').count() == 8);
    assert_eq!(
        totp.secret().to_base32(),
        cle.replace(' ', ""),
        "eight groups of four"
    );
    // Nothing counts before the first code.
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where facteur_le is not null")
            .await,
        0
    );
    let page = page
        .formulaire("Activer")
        .remplir("code", &code(&portail, &totp, 0).await)
        .envoyer(&mut ici)
        .await;
    page.statut(200)
        .contient("Vos autres connexions ont été fermées.");
    let mut secours = page.tous("li.reference");
    secours.sort();
    secours.dedup();
    assert_eq!(secours.len(), 10);
    assert!(connecte(&mut ici).await, "this one goes on");
    assert!(!connecte(&mut ailleurs).await, "opened without a code");
    let courriers = portail.courriers_pour(CAMILLE).await;
    let [.., dernier] = &courriers[..] else {
        panic!("no mail")
    };
    assert_eq!(dernier.gabarit, "facteur_active");
    assert!(
        dernier
            .texte
            .contains("un code vous sera demandé après votre mot de passe")
    );
    ici.page(ICI)
        .await
        .statut(200)
        .contient("Activée")
        .contient("10 sur 10");
    // Asking to set it up again leads back here.
    let page = ici.page(&format!("{ICI}/activation")).await;
    assert_eq!(page.h1(), "Double authentification");
    ici.poster(
        &format!("{ICI}/activation"),
        &[("mot_de_passe", MOT_DE_PASSE)],
    )
    .await
    .statut(409);
}

#[tokio::test]
async fn aucune_table_ne_garde_le_secret_ni_les_codes() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.connecter(CAMILLE).await;
    let (_, totp) = commencer(&mut camille).await;
    let pendant = totp.secret().as_bytes().to_vec();
    camille
        .poster(&format!("{ICI}/abandon"), &[])
        .await
        .statut(200);
    let Facteur { totp, secours } = activer(&portail, &mut camille).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select query_to_xml('select * from ' || quote_ident(tablename), true, false, '')::text
         from pg_tables where schemaname = 'public'",
    )
    .fetch_all(&portail.db)
    .await
    .expect("the tables");
    let tout = tables.join("\n").to_lowercase();
    assert!(
        tout.contains("facteur_sel") && tout.contains("codes_secours") || tout.contains("hache")
    );
    let base64 = |octets: &[u8]| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD
            .encode(octets)
            .trim_end_matches('=')
            .to_lowercase()
    };
    for secret in [&pendant, &totp.secret().as_bytes().to_vec()] {
        let hexa: String = secret.iter().map(|o| format!("{o:02x}")).collect();
        assert!(!tout.contains(&hexa) && !tout.contains(&base64(secret)));
    }
    for code in secours {
        assert!(!tout.contains(&code) && !tout.contains(&code.replace('-', "")));
    }
}

#[tokio::test]
async fn le_mot_de_passe_est_demande_et_le_premier_code_doit_etre_juste() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.connecter(CAMILLE).await;
    let avant = portail.empreinte().await;
    for (mot, phrase) in [
        ("", "Saisissez votre mot de passe."),
        (
            "Mauvais-mot-de-passe-1",
            "Ce n’est pas votre mot de passe actuel.",
        ),
    ] {
        let page = camille
            .poster(&format!("{ICI}/activation"), &[("mot_de_passe", mot)])
            .await;
        page.statut(422);
        assert!(page.titre().starts_with("Erreur"));
        assert!(
            page.erreur_de("mot_de_passe")
                .is_some_and(|e| e.contains(phrase))
        );
        assert!(page.attributs("svg.code-qr", "role").is_empty());
    }
    // Without the first step there is nothing to confirm.
    let page = camille
        .poster(&format!("{ICI}/confirmation"), &[("code", "123456")])
        .await;
    assert_eq!(page.h1(), "Double authentification");
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
    let (_, totp) = commencer(&mut camille).await;
    let avant = portail.empreinte().await;
    let mauvais = faux(&portail, &totp).await;
    for (saisi, phrase) in [
        ("", "Saisissez le code."),
        ("12345", "Saisissez les six chiffres"),
        ("abcd-efgh-jkmn-pqrs", "Saisissez les six chiffres"),
        (mauvais.as_str(), "Ce code n’est pas valable."),
    ] {
        let page = camille
            .poster(&format!("{ICI}/confirmation"), &[("code", saisi)])
            .await;
        page.statut(422);
        assert!(
            page.erreur_de("code").is_some_and(|e| e.contains(phrase)),
            "{saisi}"
        );
        assert!(
            !page.attributs("svg.code-qr", "role").is_empty(),
            "the drawing is still there"
        );
    }
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
    camille
        .poster(&format!("{ICI}/abandon"), &[("code", "")])
        .await
        .statut(200);
    assert_eq!(
        portail.nombre("select count(*) from enrolements").await,
        0,
        "given up"
    );
}

#[tokio::test]
async fn le_secret_ne_se_montre_qu_a_la_session_qui_l_a_demande_et_un_quart_d_heure() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    let mut ailleurs = portail.connecter(CAMILLE).await;
    let (_, totp) = commencer(&mut ici).await;
    let chemin = format!("{ICI}/activation");
    ici.page(&chemin)
        .await
        .contient("Ouvrir l’application sur cet appareil");
    for page in [
        ailleurs.page(&chemin).await,
        ailleurs
            .poster(
                &format!("{ICI}/confirmation"),
                &[("code", &code(&portail, &totp, 0).await)],
            )
            .await,
    ] {
        assert!(page.attributs("svg.code-qr", "role").is_empty());
        page.ne_contient_pas("Ouvrir l’application sur cet appareil");
    }
    portail.avancer("15 minutes").await;
    ici.page(&chemin)
        .await
        .statut(200)
        .contient("Confirmez que c’est vous");
    ici.poster(
        &format!("{ICI}/confirmation"),
        &[("code", &code(&portail, &totp, 0).await)],
    )
    .await
    .statut(200);
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where facteur_le is not null")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deux_confirmations_paralleles_n_en_font_qu_une() {
    for nombre in [2, 20] {
        let portail = Portail::nouveau().await;
        portail.personne(CAMILLE).await;
        let mut camille = portail.connecter(CAMILLE).await;
        let (_, totp) = commencer(&mut camille).await;
        portail.oublier_les_compteurs().await;
        let juste = code(&portail, &totp, 0).await;
        let barriere = std::sync::Arc::new(tokio::sync::Barrier::new(nombre));
        let envois: Vec<_> = (0..nombre)
            .map(|_| {
                let (mut acteur, juste, barriere) =
                    (camille.clone(), juste.clone(), barriere.clone());
                tokio::spawn(async move {
                    barriere.wait().await;
                    acteur
                        .poster_sans_suivre(&format!("{ICI}/confirmation"), &[("code", &juste)])
                        .await
                })
            })
            .collect();
        let mut montres = 0;
        for envoi in envois {
            let page = envoi.await.expect("an answer");
            assert!(page.statut.as_u16() < 500, "{}", page.texte());
            montres += usize::from(page.statut.as_u16() == 200);
        }
        assert_eq!(montres, 1, "the codes are shown once");
        assert_eq!(
            portail.nombre("select count(*) from codes_secours").await,
            10
        );
        assert_eq!(
            portail
                .nombre("select count(*) from courriers where gabarit = 'facteur_active'")
                .await,
            1
        );
    }
}

/// The same database behind another process, with other keys.
fn avec_les_cles(portail: &Portail, cles: &str) -> Acteur {
    portail
        .voisin(config_avec(&[("SECRET_KEY", cles)]))
        .anonyme()
}

#[tokio::test]
async fn une_cle_remplacee_sert_encore_et_une_cle_perdue_laisse_les_codes_de_secours() {
    let (portail, facteur) = super::camille().await;
    let essai = async |mut acteur: Acteur, saisi: &str| {
        se_connecter(&mut acteur, CAMILLE, MOT_DE_PASSE)
            .await
            .statut(303);
        donner(&mut acteur, saisi).await.statut.as_u16()
    };
    let les_deux = format!("{V2},{V1}");
    let juste = facteur.code(&portail, 0).await;
    assert_eq!(essai(avec_les_cles(&portail, &les_deux), &juste).await, 303);
    portail.avancer("30 seconds").await;
    let juste = facteur.code(&portail, 0).await;
    assert_eq!(essai(avec_les_cles(&portail, V2), &juste).await, 422);
    assert_eq!(
        essai(avec_les_cles(&portail, V2), &facteur.secours[0]).await,
        303
    );
    assert_eq!(essai(portail.anonyme(), &juste).await, 303, "v1 is back");
}
