//! Sending when all goes well, and sharing the work.

use std::collections::HashSet;
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vantail::courrier::{self, Bilan};

use super::banc::{Banc, Mot, PUBLIQUE, a, avancer, deposer, expedition};

#[tokio::test]
async fn un_courriel_part_une_seule_fois() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["julie.bon@terneuil.example"]).await;
    assert_eq!(
        banc.passer().await,
        Bilan {
            envoyes: 1,
            ..Bilan::default()
        }
    );
    avancer(&banc.db, 86_400).await;
    assert_eq!(banc.passer().await, Bilan::default());

    let recus = banc.puits.recus();
    assert_eq!(recus.len(), 1);
    assert_eq!(recus[0].expediteur, "ne-pas-repondre@portail.example");
    assert_eq!(recus[0].destinataires, ["julie.bon@terneuil.example"]);
    let (id,): (Uuid,) = sqlx::query_as("select id from courriers")
        .fetch_one(&banc.db)
        .await
        .expect("one");
    assert_eq!(
        recus[0].entete("Message-ID"),
        format!("<{id}@portail.example>")
    );
    assert_eq!(
        recus[0].partie("text/plain").trim_end(),
        format!("bonjour : {PUBLIQUE}/activites")
    );
    assert!(
        recus[0]
            .partie("text/html")
            .contains(&format!("<a href=\"{PUBLIQUE}/activites\">"))
    );
    assert_eq!(banc.seul().await, ("envoye".into(), None));
}

#[tokio::test]
async fn le_meme_evenement_n_ecrit_pas_deux_fois() {
    let banc = Banc::nouveau().await;
    let evenement = Uuid::now_v7();
    let mut tx = banc.db.begin().await.expect("begun");
    for _ in 0..2 {
        courrier::deposer(&mut tx, evenement, &a("a@x.example"), &Mot("un".into()))
            .await
            .expect("deposited");
    }
    let doubles = [
        (a("a@x.example"), Mot("deux".into())),
        (a("b@x.example"), Mot("deux".into())),
    ];
    courrier::deposer_plusieurs(&mut tx, evenement, &doubles)
        .await
        .expect("deposited");
    tx.commit().await.expect("committed");
    assert_eq!(banc.passer().await.envoyes, 2);
}

#[tokio::test]
async fn une_transaction_annulee_ne_laisse_aucun_courriel() {
    let banc = Banc::nouveau().await;
    let mut tx = banc.db.begin().await.expect("begun");
    courrier::deposer(
        &mut tx,
        Uuid::now_v7(),
        &a("a@x.example"),
        &Mot("un".into()),
    )
    .await
    .expect("deposited");
    tx.rollback().await.expect("rolled back");
    assert_eq!(banc.passer().await, Bilan::default());
    assert!(banc.etats().await.is_empty());
    assert!(banc.puits.recus().is_empty());
}

#[tokio::test]
async fn cinq_cents_courriels_sont_deposes_ensemble() {
    let banc = Banc::nouveau().await;
    let lot: Vec<_> = (0..500)
        .map(|n| (a(&format!("u{n}@x.example")), Mot(n.to_string())))
        .collect();
    let mut tx = banc.db.begin().await.expect("begun");
    courrier::deposer_plusieurs(&mut tx, Uuid::now_v7(), &lot)
        .await
        .expect("deposited");
    courrier::deposer_plusieurs::<Mot>(&mut tx, Uuid::now_v7(), &[])
        .await
        .expect("nothing is fine");
    tx.commit().await.expect("committed");
    assert_eq!(
        courrier::etat(&banc.db).await.expect("read").en_attente,
        500
    );
}

#[tokio::test]
async fn deux_bureaux_n_envoient_jamais_deux_fois() {
    let banc = Banc::nouveau().await;
    let lot: Vec<_> = (0..60)
        .map(|n| (a(&format!("u{n}@x.example")), Mot(n.to_string())))
        .collect();
    let mut tx = banc.db.begin().await.expect("begun");
    courrier::deposer_plusieurs(&mut tx, Uuid::now_v7(), &lot)
        .await
        .expect("deposited");
    tx.commit().await.expect("committed");

    let (un, deux, trois) = tokio::join!(banc.passer(), banc.passer(), banc.passer());
    assert_eq!(un.envoyes + deux.envoyes + trois.envoyes, 60);
    let recus = banc.puits.recus();
    let distincts: HashSet<_> = recus.iter().map(|r| r.entete("Message-ID")).collect();
    assert_eq!((recus.len(), distincts.len()), (60, 60));
    assert!(
        banc.puits.connexions() <= 12,
        "connections are kept: {}",
        banc.puits.connexions()
    );
}

#[tokio::test]
async fn un_bureau_mort_rend_son_courriel_a_la_fin_du_bail() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["a@x.example"]).await;
    sqlx::query("update courriers set bail_jusqu_au = maintenant() + interval '60 seconds'")
        .execute(&banc.db)
        .await
        .expect("claimed by a worker that died");
    assert_eq!(banc.passer().await, Bilan::default());
    avancer(&banc.db, 61).await;
    assert_eq!(banc.passer().await.envoyes, 1);
}

#[tokio::test]
async fn un_courriel_qu_un_autre_prend_est_laisse_sans_attendre() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["a@x.example", "b@x.example"]).await;
    let mut autre = banc.db.begin().await.expect("begun");
    sqlx::query("select from courriers where destinataire = 'a@x.example' for update")
        .execute(&mut *autre)
        .await
        .expect("locked");
    let bilan = tokio::time::timeout(Duration::from_secs(10), banc.passer())
        .await
        .expect("no waiting for a lock");
    assert_eq!(bilan.envoyes, 1);
    assert_eq!(banc.puits.recus()[0].destinataires, ["b@x.example"]);
    autre.rollback().await.expect("released");
    assert_eq!(banc.passer().await.envoyes, 1);
}

#[tokio::test]
async fn un_depot_valide_previent_les_bureaux() {
    let banc = Banc::nouveau().await;
    let mut ecoute = PgListener::connect_with(&banc.db).await.expect("connected");
    ecoute.listen("courriers").await.expect("listening");
    deposer(&banc.db, &["a@x.example"]).await;
    let nouvelle = tokio::time::timeout(Duration::from_secs(10), ecoute.recv()).await;
    assert!(nouvelle.is_ok_and(|n| n.is_ok()));
}

#[tokio::test]
async fn le_bureau_se_reveille_au_depot_et_s_arrete_sur_demande() {
    let banc = Banc::nouveau().await;
    let arret = CancellationToken::new();
    let bureaux: Vec<_> = (0..2)
        .map(|_| {
            tokio::spawn(courrier::lancer(
                banc.db.clone(),
                banc.expedition.clone(),
                banc.cles.clone(),
                arret.clone(),
            ))
        })
        .collect();
    // One at a time, each once the previous one is marked: the workers are then asleep, for longer than `attendre`.
    for nombre in 1..=5 {
        deposer(&banc.db, &[format!("u{nombre}@x.example").as_str()]).await;
        banc.puits.attendre(nombre).await;
        while courrier::etat(&banc.db).await.expect("read").en_attente > 0 {
            tokio::task::yield_now().await;
        }
    }
    arret.cancel();
    for bureau in bureaux {
        bureau.await.expect("a worker ends quietly");
    }
    assert_eq!(banc.puits.recus().len(), 5);
    let etats = banc.etats().await;
    assert!(
        etats
            .iter()
            .all(|(_, statut, essais)| statut == "envoye" && *essais == 1),
        "{etats:?}"
    );
}

#[tokio::test]
async fn sans_serveur_les_courriels_sont_gardes_pour_la_demonstration() {
    let mut banc = Banc::nouveau().await;
    banc.expedition = expedition(None);
    assert!(!banc.expedition.envoie());
    deposer(&banc.db, &["a@x.example"]).await;
    assert_eq!(banc.passer().await.envoyes, 1);
    let lus = courrier::recents(&banc.db, &banc.expedition, &banc.cles, 10)
        .await
        .expect("read");
    assert_eq!(lus.len(), 1);
    assert_eq!(lus[0].statut, "envoye");
    assert_eq!(lus[0].texte, format!("bonjour : {PUBLIQUE}/activites"));
    assert!(banc.puits.recus().is_empty());
}

#[tokio::test]
async fn les_corps_sont_effaces_apres_trente_jours() {
    let banc = Banc::nouveau().await;
    deposer(&banc.db, &["a@x.example"]).await;
    banc.passer().await;
    avancer(&banc.db, 30 * 86_400 - 60).await;
    deposer(&banc.db, &["b@x.example"]).await;
    assert_eq!(courrier::purger(&banc.db).await.expect("purged"), 0);
    avancer(&banc.db, 120).await;
    assert_eq!(courrier::purger(&banc.db).await.expect("purged"), 1);
    let corps: Vec<(String, String, String)> = sqlx::query_as(
        "select destinataire, texte || html, sujet from courriers order by destinataire",
    )
    .fetch_all(&banc.db)
    .await
    .expect("read");
    assert_eq!(
        corps[0],
        (
            "a@x.example".into(),
            String::new(),
            "À propos de bonjour".into()
        )
    );
    assert!(
        corps[1].1.contains("bonjour"),
        "a waiting mail keeps its body"
    );
}
