//! A new login address (R-COMPTE-CONNEXION, security.md AU5, ML2, ML3, failure-modes I20).

use super::{connecte, depuis, executer, lien, liens, oublier, se_connecter};
use crate::support::page::PageLue;
use crate::support::{Acteur, MOT_DE_PASSE, Portail, rondes};

const CAMILLE: &str = "camille.durand@example.org";
const NEUVE: &str = "c.durand@mairie.example";
const ZOE: &str = "zoe.autre@example.org";
const ICI: &str = "/mon-compte/adresse";

async fn demander(acteur: &mut Acteur, adresse: &str) -> PageLue {
    let page = acteur.page(ICI).await;
    page.formulaire("Recevoir le lien")
        .remplir("adresse", adresse)
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(acteur)
        .await
}

/// The newest link of this kind mailed there.
async fn confirmation(portail: &Portail, adresse: &str) -> String {
    let tous = liens(portail, adresse).await;
    tous.into_iter()
        .find(|l| l.starts_with("/adresse/"))
        .expect("a link")
}

#[tokio::test]
async fn l_adresse_change_quand_la_nouvelle_est_confirmee() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    let mut ailleurs = portail.connecter(CAMILLE).await;
    let page = ici.page("/mon-compte").await;
    let page = ici.page(&page.lien("Modifier mon adresse")).await;
    page.statut(200).contient(CAMILLE);
    let page = demander(&mut ici, " C.Durand@Mairie.Example ").await;
    page.statut(200)
        .contient("Consultez la messagerie de votre nouvelle adresse.")
        .contient("Changement en attente de confirmation")
        .contient(NEUVE);
    let ancien_mail = &portail.courriers_pour(CAMILLE).await[0];
    assert_eq!(ancien_mail.gabarit, "adresse_demandee");
    // The address is named, and no mail program makes a link of it.
    assert!(ancien_mail.texte.replace('\u{2060}', "").contains(NEUVE));
    let oubli = oublier(&portail, CAMILLE).await;
    let lien = confirmation(&portail, NEUVE).await;
    // Scanners open links: nothing moves before the button.
    for _ in 0..5 {
        portail.anonyme().lire(&lien).await.statut(200);
    }
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    let page = ici.page(&lien).await;
    page.contient("Camille Durand")
        .contient(CAMILLE)
        .contient(NEUVE);
    assert_eq!(page.entete("referrer-policy"), Some("no-referrer"));
    let page = page
        .formulaire("Confirmer cette adresse")
        .envoyer(&mut ici)
        .await;
    page.statut(200)
        .contient("Votre adresse de connexion est modifiée.")
        .ne_contient_pas("en attente de confirmation");
    assert!(connecte(&mut ici).await, "the one that asked goes on");
    assert!(!connecte(&mut ailleurs).await);
    portail.anonyme().lire(&oubli).await.statut(410);
    portail.anonyme().lire(&lien).await.statut(410);
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(422);
    se_connecter(&mut portail.anonyme(), NEUVE, MOT_DE_PASSE)
        .await
        .statut(303);
    let mail = portail.courriers_pour(CAMILLE).await.pop().expect("a mail");
    assert_eq!(mail.gabarit, "adresse_modifiee");
    // The contact address was the same one: it follows.
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where adresse_contact = 'c.durand@mairie.example'")
            .await,
        1
    );
}

#[tokio::test]
async fn connexion_et_contact_sont_prevenus_et_un_autre_contact_reste() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    executer(
        &portail,
        "update utilisateurs set adresse_contact = 'accueil@mairie.example'",
    )
    .await;
    let mut ici = portail.connecter(CAMILLE).await;
    demander(&mut ici, NEUVE).await.statut(200);
    // From another browser, without a session: the link is enough, the password was given.
    let lien = confirmation(&portail, NEUVE).await;
    let mut autre = portail.anonyme();
    let page = autre.page(&lien).await;
    let page = page
        .formulaire("Confirmer cette adresse")
        .envoyer(&mut autre)
        .await;
    assert_eq!(page.h1(), "Connexion");
    assert!(!connecte(&mut ici).await && !connecte(&mut autre).await);
    for adresse in [CAMILLE, "accueil@mairie.example"] {
        let recus: Vec<_> = portail
            .courriers_pour(adresse)
            .await
            .into_iter()
            .map(|c| c.gabarit)
            .collect();
        assert_eq!(recus, ["adresse_demandee", "adresse_modifiee"], "{adresse}");
    }
    assert_eq!(
        portail
            .nombre(
                "select count(*) from utilisateurs where adresse_contact = 'accueil@mairie.example'"
            )
            .await,
        1
    );
}

#[tokio::test]
async fn une_adresse_deja_prise_repond_pareil_et_previent_son_titulaire() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    portail.personne(ZOE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    let mut reponses = Vec::new();
    for adresse in [NEUVE, ZOE] {
        let debut = std::time::Instant::now();
        let page = demander(&mut ici, adresse).await;
        assert!(debut.elapsed().as_millis() >= 150, "the same time for all");
        page.statut(200);
        reponses.push(page.texte().replace(adresse, "…"));
    }
    // The hour of the request may differ by a minute.
    let sans_heures = |t: &str| {
        t.chars()
            .filter(|c| !c.is_ascii_digit())
            .collect::<String>()
    };
    assert_eq!(sans_heures(&reponses[0]), sans_heures(&reponses[1]));
    let recus: Vec<_> = portail
        .courriers_pour(ZOE)
        .await
        .into_iter()
        .map(|c| c.gabarit)
        .collect();
    assert_eq!(recus, ["adresse_deja_prise"]);
    assert!(
        liens(&portail, ZOE)
            .await
            .iter()
            .all(|l| !l.starts_with("/adresse/"))
    );
    // The second request replaced the first: its link is dead.
    let ancien = liens(&portail, NEUVE).await;
    for lien in ancien {
        portail.anonyme().lire(&lien).await.statut(410);
    }
}

#[tokio::test]
async fn une_adresse_prise_entre_temps_ne_change_rien() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    demander(&mut ici, NEUVE).await.statut(200);
    let lien = confirmation(&portail, NEUVE).await;
    portail.personne(NEUVE).await;
    let avant = portail.empreinte().await;
    let page = ici.poster(&lien, &[]).await;
    page.statut(409)
        .contient("Cette adresse est devenue celle d’un autre compte");
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
    assert!(connecte(&mut ici).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deux_personnes_confirment_la_meme_adresse_une_seule_l_obtient() {
    for _ in 0..rondes(3) {
        let portail = Portail::nouveau().await;
        let mut envois = Vec::new();
        let barriere = std::sync::Arc::new(tokio::sync::Barrier::new(20));
        for rang in 0..20 {
            let adresse = format!("agent.n{rang}@example.org");
            portail.personne(&adresse).await;
            let mut acteur = portail.connecter(&adresse).await;
            portail.oublier_les_compteurs().await;
            demander(&mut acteur, NEUVE).await.statut(200);
            let lien = confirmation(&portail, NEUVE).await;
            envois.push((acteur, lien));
        }
        let envois: Vec<_> = envois
            .into_iter()
            .map(|(mut acteur, lien)| {
                let barriere = barriere.clone();
                tokio::spawn(async move {
                    barriere.wait().await;
                    acteur.poster_sans_suivre(&lien, &[]).await
                })
            })
            .collect();
        let mut gagnants = 0;
        for envoi in envois {
            let page = envoi.await.expect("an answer");
            match page.statut.as_u16() {
                303 => gagnants += 1,
                409 => {}
                statut => panic!("{statut} {}", page.texte()),
            }
        }
        assert_eq!(gagnants, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn vingt_envois_d_un_lien_un_seul_sert() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    demander(&mut ici, NEUVE).await.statut(200);
    let lien = confirmation(&portail, NEUVE).await;
    let envois: Vec<_> = (0..20)
        .map(|_| {
            let (mut acteur, lien) = (portail.anonyme(), lien.clone());
            tokio::spawn(async move { acteur.poster_sans_suivre(&lien, &[]).await })
        })
        .collect();
    let mut servis = 0;
    for envoi in envois {
        let page = envoi.await.expect("an answer");
        match page.statut.as_u16() {
            303 => servis += 1,
            statut => assert_eq!(statut, 410, "{}", page.texte()),
        }
    }
    assert_eq!(servis, 1);
    assert_eq!(
        portail
            .nombre("select count(*) from courriers where gabarit = 'adresse_modifiee'")
            .await,
        1
    );
}

#[tokio::test]
async fn une_mauvaise_saisie_garde_l_adresse_et_ne_change_rien() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    let avant = portail.empreinte().await;
    for (adresse, mot, champ) in [
        ("", MOT_DE_PASSE, "adresse"),
        ("pas une adresse", MOT_DE_PASSE, "adresse"),
        ("m\u{131}ke@example.org", MOT_DE_PASSE, "adresse"),
        ("a@b.fr\r\nBcc: c@d.fr", MOT_DE_PASSE, "adresse"),
        ("Camille.Durand@example.org", MOT_DE_PASSE, "adresse"),
        (NEUVE, "", "mot_de_passe"),
        (NEUVE, "Mauvais-mot-de-passe-1", "mot_de_passe"),
    ] {
        let page = ici
            .poster(ICI, &[("adresse", adresse), ("mot_de_passe", mot)])
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{adresse:?} {champ}");
        if champ == "mot_de_passe" {
            assert_eq!(page.attributs("[name=adresse]", "value"), [NEUVE]);
        }
    }
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn un_compte_pigp_passe_par_son_referent() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    executer(&portail, "update utilisateurs set pigp = true").await;
    let mut ici = portail.connecter(CAMILLE).await;
    let page = ici.page(ICI).await;
    page.statut(200)
        .contient("Adresse de connexion (login PIGP)")
        .contient("seul votre référent peut faire modifier cette adresse");
    assert!(page.formulaire_eventuel("Recevoir le lien").is_none());
    let avant = portail.empreinte().await;
    ici.poster(ICI, &[("adresse", NEUVE), ("mot_de_passe", MOT_DE_PASSE)])
        .await
        .statut(403)
        .contient("référent");
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn la_demande_s_annule_expire_et_se_compte() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    demander(&mut ici, NEUVE).await.statut(200);
    let lien = confirmation(&portail, NEUVE).await;
    let page = ici.page(ICI).await;
    page.formulaire("Annuler la demande")
        .envoyer(&mut ici)
        .await
        .statut(200)
        .contient("La demande est annulée.");
    portail.anonyme().lire(&lien).await.statut(410);
    ici.poster(&lien, &[]).await.statut(410);
    demander(&mut ici, NEUVE).await.statut(200);
    let lien = confirmation(&portail, NEUVE).await;
    portail.avancer("23:59:30").await;
    portail.anonyme().lire(&lien).await.statut(200);
    portail.avancer("31 seconds").await;
    portail.anonyme().poster(&lien, &[]).await.statut(410);
    let mut ici = portail.connecter(CAMILLE).await;
    for essai in 0..6 {
        let page = demander(&mut ici, &format!("c.durand{essai}@mairie.example")).await;
        page.statut(if essai < 5 { 200 } else { 429 });
    }
    // The mailbox of one person is not filled by many.
    portail.oublier_les_compteurs().await;
    for essai in 0..6 {
        let adresse = format!("agent.n{essai}@example.org");
        portail.personne(&adresse).await;
        let mut agent = portail.connecter(&adresse).await;
        demander(&mut agent, NEUVE)
            .await
            .statut(if essai < 5 { 200 } else { 429 });
    }
}

#[tokio::test]
async fn le_mot_de_passe_ne_se_devine_pas_par_cette_page() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    for essai in 0..12 {
        ici.poster(
            ICI,
            &[
                ("adresse", NEUVE),
                ("mot_de_passe", "Mauvais-mot-de-passe-1"),
            ],
        )
        .await
        .statut(if essai < 10 { 422 } else { 429 });
    }
}

#[tokio::test]
async fn un_lien_d_un_autre_usage_ou_change_ne_confirme_rien() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = depuis(&portail, "192.0.2.10");
    let oubli = oublier(&portail, CAMILLE).await;
    let secret = oubli.rsplit('/').next().expect("a secret");
    ici.lire(&format!("/adresse/{secret}")).await.statut(410);
    let mut camille = portail.connecter(CAMILLE).await;
    demander(&mut camille, NEUVE).await.statut(200);
    let lien = lien(&portail, NEUVE).await;
    let secret = lien.rsplit('/').next().expect("a secret");
    ici.lire(&format!("/mot-de-passe/{secret}"))
        .await
        .statut(410);
    // Another last letter, whichever it was.
    let autre = if lien.ends_with('A') { 'B' } else { 'A' };
    ici.poster(&format!("{}{autre}", &lien[..lien.len() - 1]), &[])
        .await
        .statut(410);
}
