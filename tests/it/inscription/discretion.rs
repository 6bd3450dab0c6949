//! Nobody learns from these pages who has an account (security.md AU1, failure-modes T6, I16).

use super::{LUCIE, creer_un_compte, executer, passer, se_presenter, valider};
use crate::support::Portail;
use crate::support::page::plat;

const CAMILLE: &str = "camille.durand@example.org";

#[tokio::test]
async fn une_adresse_connue_recoit_la_meme_page_et_un_courriel_qui_le_dit() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    portail.personne("partie.loin@example.org").await;
    vantail::utilisateurs::creer_equipe(
        &portail.app,
        &vantail::acces::Systeme::processus(),
        "ines.faure@example.org",
        "Ines",
        "Faure",
        "support",
    )
    .await
    .expect("a staff account");
    executer(&portail, "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'partie%'; delete from courriers").await;
    let mut reponses = Vec::new();
    for adresse in [
        "jamais.vue@example.org",
        CAMILLE,
        "CAMILLE.Durand@Example.org",
        "partie.loin@example.org",
        "ines.faure@example.org",
    ] {
        let mut acteur = portail.anonyme();
        let page = se_presenter(&mut acteur, adresse).await;
        let page = passer(&page, &mut acteur).await;
        page.statut(200);
        let debut = std::time::Instant::now();
        let page = valider(&page, &mut acteur).await;
        assert!(debut.elapsed().as_millis() >= 150, "the same time for all");
        page.statut(200);
        reponses.push(page.texte().replace(&adresse.to_lowercase(), "X"));
    }
    assert!(reponses.iter().all(|r| *r == reponses[0]), "{reponses:#?}");
    let recus: Vec<_> = portail
        .courriers()
        .await
        .into_iter()
        .map(|c| (c.destinataire, c.gabarit))
        .collect();
    let attendus = [
        ("jamais.vue@example.org", "activation"),
        (CAMILLE, "adresse_deja_connue"),
        (CAMILLE, "adresse_deja_connue"),
        ("partie.loin@example.org", "adresse_deja_connue"),
        ("ines.faure@example.org", "activation"),
    ]
    .map(|(a, g)| (a.to_owned(), g.to_owned()));
    assert_eq!(recus, attendus);
    let courrier = &portail.courriers_pour(CAMILLE).await[0];
    assert_eq!(courrier.sujet, "Vantail\u{202f}: vous avez déjà un compte");
    assert!(courrier.texte.contains("Rien n’a été changé."));
    // A stranger writes nothing over an account that is not his.
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where nom = 'Moreau'")
            .await,
        1,
        "the new one only"
    );
    assert_eq!(portail.nombre("select count(*) from inscriptions").await, 1);
}

#[tokio::test]
async fn cinq_courriels_par_quart_d_heure_et_le_message_dit_jusqu_a_quand() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    for adresse in [CAMILLE, LUCIE] {
        for envoi in 0..6 {
            let page = if envoi % 2 == 0 {
                creer_un_compte(&portail, adresse).await
            } else {
                portail
                    .anonyme()
                    .poster("/activation/renvoi", &[("adresse", adresse)])
                    .await
            };
            if envoi < 5 {
                page.statut(200);
            }
        }
        // One bucket with the other mails anybody may ask for, whatever the spelling.
        let page = creer_un_compte(&portail, &adresse.to_uppercase()).await;
        page.statut(429)
            .contient("Trop de demandes")
            .contient("Réessayez")
            .contient("15 minutes");
        assert!(page.entete("retry-after").is_some());
        assert_eq!(
            page.h1(),
            "Vérifiez et validez",
            "the answers are still there"
        );
    }
    assert!(portail.courriers_pour(CAMILLE).await.len() <= 5);
    portail.avancer("15 minutes").await;
    creer_un_compte(&portail, LUCIE).await.statut(200);
}

#[tokio::test]
async fn chercher_des_identifiants_a_la_chaine_s_arrete() {
    let portail = Portail::nouveau().await;
    let mut acteur = portail.anonyme();
    se_presenter(&mut acteur, LUCIE).await;
    let mut arretee = None;
    for rang in 0..125 {
        let siret = crate::support::monde::siret(rang);
        let champs = [("type_identifiant", "SIRET"), ("identifiant", &*siret)];
        let page = acteur
            .poster_sans_suivre("/inscription/structure", &champs)
            .await;
        if page.statut.as_u16() == 429 {
            page.contient("Réessayez");
            arretee = Some(rang);
            break;
        }
        page.statut(303);
    }
    assert_eq!(arretee, Some(119), "120 answers, the first page included");
}

#[tokio::test]
async fn un_nom_hostile_reste_un_nom_dans_le_courriel() {
    let portail = Portail::nouveau().await;
    let mut acteur = portail.anonyme();
    let page = acteur.page("/inscription").await;
    let page = page
        .formulaire("Continuer")
        .remplir("adresse_connexion", LUCIE)
        .remplir("prenom", "<a href=http://mal.example>{{7*7}}</a>")
        .remplir("nom", "https://mal.example/gagnez")
        .envoyer(&mut acteur)
        .await;
    let page = passer(&page, &mut acteur).await;
    assert!(page.corps.contains("&#60;a href") || page.corps.contains("&lt;a href"));
    valider(&page, &mut acteur).await.statut(200);
    let courrier = portail.courriers_pour(LUCIE).await.pop().expect("a mail");
    assert!(!courrier.html.contains("<a href=http"), "{}", courrier.html);
    assert!(!courrier.texte.contains("https://mal.example"));
    assert!(courrier.texte.contains("{{7*7}}"));
    assert!(!courrier.sujet.contains("mal.example"));
}

#[tokio::test]
async fn les_reponses_ne_sont_ni_dans_l_adresse_ni_dans_le_navigateur() {
    let portail = Portail::nouveau().await;
    let mut acteur = portail.anonyme();
    let page = se_presenter(&mut acteur, LUCIE).await;
    assert_eq!(page.adresse, "/inscription/structure");
    let cookie = acteur.cookie("__Host-sid").expect("a session").to_owned();
    assert!(!cookie.contains("lucie") && cookie.len() < 64);
    // Another browser has nothing of it.
    portail
        .anonyme()
        .page("/inscription/structure")
        .await
        .contient("Reprenez ici");
    assert!(!plat(&page.corps).contains("Moreau"));
}
