//! What fails: the server, one recipient, the network after the last dot, the certificate.

use tokio_util::sync::CancellationToken;
use url::Url;
use vantail::courrier::{self, Bilan, Expedition};

use super::banc::{Banc, PUBLIQUE, avancer, deposer, expedition};
use crate::support::smtp::Puits;

#[tokio::test]
async fn serveur_en_panne_rien_ne_se_perd() {
    let banc = Banc::nouveau().await;
    let adresses: Vec<String> = (0..20).map(|n| format!("u{n:02}@x.example")).collect();
    deposer(
        &banc.db,
        &adresses.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .await;
    banc.puits.regler(|h| h.en_panne = true);
    for _ in 0..3 {
        let bilan = banc.passer().await;
        assert!(bilan.panne);
        assert_eq!((bilan.envoyes, bilan.abandonnes), (0, 0));
    }
    assert!(
        banc.puits.connexions() <= 12,
        "a dead server is not asked once per mail"
    );
    let etat = courrier::etat(&banc.db).await.expect("read");
    assert_eq!((etat.en_attente, etat.abandonnes), (20, 0));

    banc.puits.regler(|h| h.en_panne = false);
    avancer(&banc.db, 300).await;
    assert_eq!(banc.passer().await.envoyes, 20);
    assert_eq!(banc.puits.recus().len(), 20);
}

#[tokio::test]
async fn un_refus_temporaire_est_reessaye_plus_tard() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["a@x.example"]).await;
    banc.puits.regler(|h| h.differer = true);
    assert_eq!(
        banc.passer().await,
        Bilan {
            remis: 1,
            ..Bilan::default()
        }
    );
    avancer(&banc.db, 28).await;
    assert_eq!(banc.passer().await, Bilan::default(), "not before 30 s");
    avancer(&banc.db, 3).await;
    assert_eq!(banc.passer().await.remis, 1);
    let (statut, erreur) = banc.seul().await;
    assert_eq!(statut, "a_envoyer");
    assert!(erreur.expect("said").contains("450"));
    banc.puits.regler(|h| h.differer = false);
    avancer(&banc.db, 58).await;
    assert_eq!(
        banc.passer().await,
        Bilan::default(),
        "then not before 60 s"
    );
    avancer(&banc.db, 3).await;
    assert_eq!(banc.passer().await.envoyes, 1);
}

#[tokio::test]
async fn apres_trois_jours_un_refus_temporaire_est_un_abandon() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["a@x.example"]).await;
    banc.puits.regler(|h| h.differer = true);
    for _ in 0..12 {
        assert_eq!(banc.passer().await.remis, 1);
        avancer(&banc.db, 300).await;
    }
    avancer(&banc.db, 71 * 3600 - 12 * 300).await;
    assert_eq!(banc.passer().await.remis, 1);
    avancer(&banc.db, 3600 + 300).await;
    assert_eq!(banc.passer().await.abandonnes, 1);
    assert_eq!(courrier::etat(&banc.db).await.expect("read").abandonnes, 1);
}

#[tokio::test]
async fn un_destinataire_refuse_n_arrete_pas_les_autres() {
    let banc = Banc::nouveau().await;
    deposer(
        &banc.db,
        &[
            "a@x.example",
            "poison@x.example",
            "z@x.example",
            "pas une adresse\r\nRCPT TO:<p@x>",
        ],
    )
    .await;
    banc.puits.regler(|h| {
        h.refuser.insert("poison@x.example".into());
    });
    assert_eq!(
        banc.passer().await,
        Bilan {
            envoyes: 2,
            abandonnes: 2,
            ..Bilan::default()
        }
    );
    avancer(&banc.db, 86_400).await;
    assert_eq!(
        banc.passer().await,
        Bilan::default(),
        "a dead letter stays dead"
    );

    let (id,): (uuid::Uuid,) =
        sqlx::query_as("select id from courriers where destinataire = 'poison@x.example' and derniere_erreur like '%550%'")
            .fetch_one(&banc.db)
            .await
            .expect("the reason is kept");
    banc.puits.regler(|h| h.refuser.clear());
    let mut tx = banc.db.begin().await.expect("begun");
    assert!(
        courrier::remettre_en_file(&mut tx, id)
            .await
            .expect("asked")
    );
    assert!(
        !courrier::remettre_en_file(&mut tx, id)
            .await
            .expect("asked"),
        "once"
    );
    tx.commit().await.expect("committed");
    assert_eq!(banc.passer().await.envoyes, 1);
}

#[tokio::test]
async fn un_expediteur_refuse_n_abandonne_pas_les_courriels() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["a@x.example"]).await;
    banc.puits.regler(|h| h.refuser_expediteur = true);
    assert_eq!(banc.passer().await.remis, 1);
}

#[tokio::test]
async fn un_courriel_inenvoyable_est_abandonne_au_dixieme_essai() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["é@x.example", "a@x.example"]).await;
    assert_eq!(
        banc.passer().await,
        Bilan {
            envoyes: 1,
            remis: 1,
            ..Bilan::default()
        }
    );
    for _ in 2..10 {
        avancer(&banc.db, 300).await;
        assert_eq!(banc.passer().await.remis, 1);
    }
    avancer(&banc.db, 300).await;
    assert_eq!(banc.passer().await.abandonnes, 1);
}

#[tokio::test]
async fn coupure_apres_le_message_le_second_envoi_porte_le_meme_numero() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["a@x.example"]).await;
    banc.puits.regler(|h| h.couper_apres_data = 1);
    assert_eq!(banc.passer().await.remis, 1);
    avancer(&banc.db, 31).await;
    assert_eq!(banc.passer().await.envoyes, 1);
    let recus = banc.puits.recus();
    assert_eq!(recus.len(), 2);
    for nom in ["Message-ID", "Date", "Subject"] {
        assert_eq!(recus[0].entete(nom), recus[1].entete(nom));
    }
}

#[tokio::test]
async fn un_certificat_inconnu_est_refuse_et_un_certificat_connu_chiffre() {
    let mut banc = Banc::nouveau().await;
    banc.puits = Puits::demarrer_starttls().await;
    deposer(&banc.db, &["a@x.example"]).await;

    banc.expedition = expedition(Some(&format!("{}?tls=required", banc.puits.url())));
    assert!(banc.passer().await.panne);
    assert!(banc.puits.recus().is_empty());
    let erreur = banc.seul().await.1.expect("said");
    assert!(erreur.contains("certificate"), "{erreur}");

    banc.expedition = confiante(&banc.puits, &format!("{}?tls=required", banc.puits.url()));
    avancer(&banc.db, 31).await;
    assert_eq!(banc.passer().await.envoyes, 1);
    assert!(banc.puits.recus()[0].chiffre);
}

#[tokio::test]
async fn un_serveur_sans_starttls_ne_recoit_rien_en_clair() {
    let mut banc = Banc::nouveau().await;
    banc.expedition = expedition(Some(&format!("{}?tls=required", banc.puits.url())));
    deposer(&banc.db, &["a@x.example"]).await;
    assert!(banc.passer().await.panne);
    assert!(banc.puits.recus().is_empty());
}

#[tokio::test]
async fn un_arret_demande_ne_prend_plus_de_courriel() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["a@x.example"]).await;
    let arret = CancellationToken::new();
    arret.cancel();
    let bilan = courrier::passer(&banc.db, &banc.expedition, &banc.cles, &arret)
        .await
        .expect("database");
    assert_eq!(bilan, Bilan::default());
    assert_eq!(
        banc.etats().await,
        [("a@x.example".into(), "a_envoyer".into(), 0)]
    );
}

/// Settings towards `puits`, trusting its certificate.
fn confiante(puits: &Puits, url: &str) -> Expedition {
    let publique = Url::parse(PUBLIQUE).expect("valid");
    let autorite = puits.certificat().as_bytes();
    Expedition::avec_autorite(
        Some(url),
        "V <v@portail.example>",
        &publique,
        "Vantail",
        Some(autorite),
    )
    .expect("valid")
}

#[tokio::test]
async fn un_mauvais_mot_de_passe_n_abandonne_aucun_courriel() {
    let mut banc = Banc::nouveau().await;
    banc.puits = Puits::demarrer_starttls().await;
    banc.puits
        .regler(|h| h.identifiants = Some(("portail".into(), "p+é".into())));
    deposer(&banc.db, &["a@x.example"]).await;
    let hote = banc.puits.url().replace("smtp://", "");
    banc.expedition = confiante(&banc.puits, &format!("smtp+starttls://portail:faux@{hote}"));
    let bilan = banc.passer().await;
    assert!(bilan.panne && bilan.abandonnes == 0, "{bilan:?}");
    avancer(&banc.db, 31).await;
    banc.expedition = confiante(
        &banc.puits,
        &format!("smtp+starttls://portail:p+%C3%A9@{hote}"),
    );
    assert_eq!(banc.passer().await.envoyes, 1);
}

#[tokio::test]
async fn smtps_chiffre_des_le_premier_octet() {
    let mut banc = Banc::nouveau().await;
    banc.puits = Puits::demarrer_tls().await;
    let url = banc.puits.url().replace("smtp://", "smtps://");
    deposer(&banc.db, &["a@x.example"]).await;
    banc.expedition = expedition(Some(&url));
    assert!(banc.passer().await.panne, "unknown certificate");
    banc.expedition = confiante(&banc.puits, &url);
    avancer(&banc.db, 31).await;
    assert_eq!(banc.passer().await.envoyes, 1);
    assert!(banc.puits.recus()[0].chiffre);
}
