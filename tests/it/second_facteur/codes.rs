//! The code at sign-in: once, in its time, a few tries (security.md AU8).

use super::{CAMILLE, activer, camille, donner, entrouvrir, faux};
use crate::comptes::{connecte, executer, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail, rondes};

#[tokio::test]
async fn le_mot_de_passe_entrouvre_et_le_code_ouvre_la_ou_l_on_allait() {
    let (portail, facteur) = camille().await;
    let mut ici = portail.anonyme();
    let page = ici.page("/mon-compte/mot-de-passe").await;
    let page = page
        .formulaire("Se connecter")
        .remplir("adresse", CAMILLE)
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(&mut ici)
        .await;
    page.statut(200);
    assert_eq!(page.h1(), "Saisissez votre code");
    assert_eq!(
        page.attributs("[name=code]", "autocomplete"),
        ["one-time-code"]
    );
    page.ne_contient_pas("Camille Durand");
    let entrouverte = ici.cookie("__Host-sid").expect("a cookie").to_owned();
    assert!(!connecte(&mut ici).await, "nobody is signed in");
    let mauvais = faux(&portail, &facteur.totp).await;
    let page = page
        .formulaire("Se connecter")
        .remplir("code", &mauvais)
        .envoyer(&mut ici)
        .await;
    page.statut(422);
    assert!(page.titre().starts_with("Erreur"));
    assert!(
        page.erreur_de("code")
            .is_some_and(|e| e.contains("Ce code n’est pas valable."))
    );
    assert_eq!(
        page.attributs("[name=code]", "value"),
        [""],
        "a code is never sent back"
    );
    let juste = facteur.code(&portail, 0).await;
    let page = page
        .formulaire("Se connecter")
        .remplir("code", &format!(" {} {} ", &juste[..3], &juste[3..]))
        .envoyer(&mut ici)
        .await;
    page.statut(200).contient("Camille Durand");
    assert_eq!(page.h1(), "Modifier mon mot de passe");
    assert_ne!(
        ici.cookie("__Host-sid"),
        Some(entrouverte.as_str()),
        "SE2: a new id"
    );
    let mut rejoue = portail.anonyme();
    rejoue.poser_cookie("__Host-sid", &entrouverte);
    rejoue.lire("/connexion/code").await.statut(410);
    assert!(!connecte(&mut rejoue).await);
    // Signed in, the page of the code has nothing to ask.
    ici.lire("/connexion/code").await.statut(303);
}

#[tokio::test]
async fn un_code_ne_sert_qu_une_fois_meme_avec_des_espaces() {
    let (portail, facteur) = camille().await;
    let juste = facteur.code(&portail, 0).await;
    let avant = facteur.code(&portail, -1).await;
    donner(&mut entrouvrir(&portail).await, &juste)
        .await
        .statut(303);
    for rejoue in [
        juste.clone(),
        format!("{} {}", &juste[..3], &juste[3..]),
        format!(" {juste}"),
        avant,
    ] {
        let mut acteur = entrouvrir(&portail).await;
        donner(&mut acteur, &rejoue).await.statut(422);
        assert!(!connecte(&mut acteur).await);
    }
    let suivant = facteur.code(&portail, 1).await;
    donner(&mut entrouvrir(&portail).await, &suivant)
        .await
        .statut(303);
}

#[tokio::test]
async fn le_code_de_l_activation_ne_connecte_pas() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    let facteur = activer(&portail, &mut ici).await;
    let rejoue = facteur.code(&portail, 0).await;
    donner(&mut entrouvrir(&portail).await, &rejoue)
        .await
        .statut(422);
}

#[tokio::test]
async fn un_code_vaut_trente_secondes_de_part_et_d_autre() {
    let (portail, facteur) = camille().await;
    portail.avancer("5 minutes").await;
    for (pas, statut) in [(-2, 422), (2, 422), (-1, 303), (0, 303), (1, 303)] {
        let code = facteur.code(&portail, pas).await;
        donner(&mut entrouvrir(&portail).await, &code)
            .await
            .statut(statut);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn un_code_envoye_par_vingt_en_meme_temps_n_ouvre_qu_une_session() {
    let (portail, facteur) = camille().await;
    for ronde in 0..rondes(3) {
        for nombre in [2, 20] {
            let secours = ronde % 2 == 1;
            let code = if secours {
                facteur.secours[ronde % 10].clone()
            } else {
                portail.avancer("1 minute").await;
                facteur.code(&portail, 0).await
            };
            if secours {
                executer(&portail, "update codes_secours set utilise_le = null").await;
            }
            let mut entrouvertes = Vec::new();
            for _ in 0..nombre {
                // Neither the tries of a password nor those of a code are what is measured here.
                portail.oublier_les_compteurs().await;
                entrouvertes.push(entrouvrir(&portail).await);
            }
            executer(
                &portail,
                "insert into compteurs (cle, compte, fin_le)
                 select 'code:' || id, -1000, maintenant() + interval '1 hour' from utilisateurs",
            )
            .await;
            let barriere = std::sync::Arc::new(tokio::sync::Barrier::new(nombre));
            let envois: Vec<_> = entrouvertes
                .into_iter()
                .map(|mut acteur| {
                    let (code, barriere) = (code.clone(), barriere.clone());
                    tokio::spawn(async move {
                        barriere.wait().await;
                        donner(&mut acteur, &code).await.statut.as_u16()
                    })
                })
                .collect();
            let mut ouvertes = 0;
            for envoi in envois {
                match envoi.await.expect("an answer") {
                    303 => ouvertes += 1,
                    // The one that opens forgets the tries: those counted after it may reach the limit, and wait.
                    statut => assert!(matches!(statut, 422 | 429), "{statut}"),
                }
            }
            assert_eq!(ouvertes, 1, "{nombre} at once, recovery code: {secours}");
        }
    }
}

#[tokio::test]
async fn cinq_essais_par_quart_d_heure_puis_l_attente_se_dit() {
    let (portail, facteur) = camille().await;
    let mauvais = faux(&portail, &facteur.totp).await;
    for _ in 0..5 {
        donner(&mut entrouvrir(&portail).await, &mauvais)
            .await
            .statut(422);
    }
    // From any browser, and with a right one too: it is not looked at.
    let mut ici = entrouvrir(&portail).await;
    let juste = facteur.code(&portail, 0).await;
    let page = donner(&mut ici, &juste).await;
    page.statut(429)
        .contient("Trop d’essais")
        .contient("(dans 15 minutes)");
    assert!(page.entete("retry-after").is_some());
    donner(&mut ici, &facteur.secours[0]).await.statut(429);
    portail.avancer("15 minutes").await;
    let juste = facteur.code(&portail, 0).await;
    donner(&mut entrouvrir(&portail).await, &juste)
        .await
        .statut(303);
}

#[tokio::test]
async fn cinquante_codes_faux_en_un_jour_ferment_la_porte() {
    let (portail, facteur) = camille().await;
    let mauvais = faux(&portail, &facteur.totp).await;
    let mut ici = entrouvrir(&portail).await;
    for essai in 0..51 {
        executer(
            &portail,
            "delete from compteurs where cle not like 'code:echecs:%'",
        )
        .await;
        donner(&mut ici, &mauvais)
            .await
            .statut(if essai < 50 { 422 } else { 429 });
    }
}

#[tokio::test]
async fn le_code_attend_dix_minutes() {
    let (portail, facteur) = camille().await;
    let mut ici = entrouvrir(&portail).await;
    portail.avancer("9 minutes 50 seconds").await;
    let page = ici.page("/connexion/code?retour=/annuaire").await;
    page.statut(200);
    portail.avancer("11 seconds").await;
    let page = ici.page("/connexion/code?retour=/annuaire").await;
    page.statut(410);
    assert_eq!(page.h1(), "Reprenez la connexion");
    assert_eq!(
        page.lien("Se connecter"),
        "/connexion?retour=%2Fannuaire",
        "where one was going is kept"
    );
    let juste = facteur.code(&portail, 0).await;
    donner(&mut ici, &juste).await.statut(410);
    assert!(!connecte(&mut ici).await);
    portail.anonyme().lire("/connexion/code").await.statut(410);
}

#[tokio::test]
async fn un_code_de_secours_ouvre_une_fois_et_se_dit() {
    let (portail, facteur) = camille().await;
    let ici = &mut entrouvrir(&portail).await;
    let page = ici.page("/connexion/code").await;
    let page = ici.page(&page.lien("Utiliser un code de secours")).await;
    page.statut(200)
        .contient("Je n’ai ni mon application ni mes codes de secours");
    assert_eq!(page.h1(), "Saisissez un code de secours");
    page.formulaire("Se connecter")
        .remplir("code", &facteur.secours[3].to_uppercase().replace('-', " "))
        .envoyer(ici)
        .await
        .statut(200);
    assert!(connecte(ici).await);
    let dernier = portail.courriers_pour(CAMILLE).await;
    let mail = dernier
        .iter()
        .find(|c| c.gabarit == "code_secours_utilise")
        .expect("a mail");
    assert!(mail.texte.contains("Il vous en reste 9."), "{}", mail.texte);
    ici.page(super::ICI).await.contient("9 sur 10");
    donner(&mut entrouvrir(&portail).await, &facteur.secours[3])
        .await
        .statut(422);
    donner(&mut entrouvrir(&portail).await, &facteur.secours[4])
        .await
        .statut(303);
}

#[tokio::test]
async fn le_code_d_un_autre_n_ouvre_rien() {
    let (portail, _) = camille().await;
    portail.personne("zoe.autre@example.org").await;
    let mut zoe = portail.connecter("zoe.autre@example.org").await;
    let autre = activer(&portail, &mut zoe).await;
    portail.avancer("1 minute").await;
    let mut ici = entrouvrir(&portail).await;
    let code = autre.code(&portail, 0).await;
    donner(&mut ici, &code).await.statut(422);
    donner(&mut ici, &autre.secours[0]).await.statut(422);
    assert!(!connecte(&mut ici).await);
}

#[tokio::test]
async fn un_mauvais_mot_de_passe_ne_dit_pas_qu_un_code_existe() {
    let (portail, _) = camille().await;
    portail.personne("zoe.autre@example.org").await;
    let mut reponses = Vec::new();
    for adresse in [CAMILLE, "zoe.autre@example.org", "jamais.vu@example.org"] {
        let page = se_connecter(&mut portail.anonyme(), adresse, "Mauvais-mot-de-passe-1").await;
        page.statut(422);
        reponses.push(page.corps.replace(adresse, "…"));
    }
    assert!(reponses.iter().all(|r| *r == reponses[0]));
}
