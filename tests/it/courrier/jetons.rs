//! Single-use links (ML1-ML3, ML6).

use sqlx::PgPool;
use uuid::Uuid;
use vantail::courrier::jeton::{self, Apercu, JetonConsomme};
use vantail::courrier::{self, Jeton, Usage};
use vantail::secrets::Cles;

use super::banc::{Banc, Mot, PUBLIQUE, a, avancer, base_de_test, cles};

async fn emettre(db: &PgPool, utilisateur: Uuid, usage: Usage) -> Jeton {
    let mut tx = db.begin().await.expect("begun");
    let jeton = jeton::emettre(&mut tx, utilisateur, usage, "julie@x.example")
        .await
        .expect("issued");
    tx.commit().await.expect("committed");
    jeton
}

async fn consommer(db: &PgPool, id: Uuid, usage: Usage) -> Option<JetonConsomme> {
    let mut tx = db.begin().await.expect("begun");
    let consomme = jeton::consommer(&mut tx, id, usage).await.expect("asked");
    tx.commit().await.expect("committed");
    consomme
}

#[test]
fn un_lien_modifie_d_un_octet_est_refuse() {
    let (cles, id) = (cles(), Uuid::new_v4());
    for usage in Usage::TOUS {
        let secret = jeton::secret(&cles, id, usage);
        assert_eq!(jeton::lire(&cles, &secret, usage), Some(id));
        for autre in Usage::TOUS.into_iter().filter(|u| *u != usage) {
            assert_eq!(
                jeton::lire(&cles, &secret, autre),
                None,
                "a link serves one purpose"
            );
        }
        for place in 0..secret.len() {
            for remplacant in [b'A', b'B', b'_', b'=', b'%', b' ', 0] {
                let mut faux = secret.clone().into_bytes();
                if faux[place] != remplacant {
                    faux[place] = remplacant;
                    let faux = String::from_utf8(faux).expect("ASCII");
                    assert_eq!(jeton::lire(&cles, &faux, usage), None, "{faux}");
                }
            }
            assert_eq!(jeton::lire(&cles, &secret[..place], usage), None);
        }
    }
}

#[test]
fn n_importe_quoi_n_est_pas_un_lien() {
    let cles = cles();
    let longs = [
        "x".repeat(10_000),
        "é".repeat(32),
        "A".repeat(64),
        "=".repeat(64),
        "\u{1F600}".repeat(16),
    ];
    for faux in ["", " ", "null", "[]", "../../etc", "%00", "\0"]
        .into_iter()
        .chain(longs.iter().map(String::as_str))
    {
        assert_eq!(
            jeton::lire(&cles, faux, Usage::Activation),
            None,
            "{faux:?}"
        );
    }
    let autres = Cles::lire("v1:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").expect("valid");
    let secret = jeton::secret(&autres, Uuid::new_v4(), Usage::Activation);
    assert_eq!(
        jeton::lire(&cles, &secret, Usage::Activation),
        None,
        "signed elsewhere"
    );
}

#[test]
fn une_rotation_des_cles_garde_les_liens_vivants() {
    let ancienne = "v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let nouvelle = format!("v2:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,{ancienne}");
    let (avant, apres) = (
        Cles::lire(ancienne).expect("valid"),
        Cles::lire(&nouvelle).expect("valid"),
    );
    let id = Uuid::new_v4();
    let secret = jeton::secret(&avant, id, Usage::MotDePasse);
    assert_eq!(jeton::lire(&apres, &secret, Usage::MotDePasse), Some(id));
    assert_ne!(jeton::secret(&apres, id, Usage::MotDePasse), secret);
}

#[tokio::test]
async fn un_nouveau_lien_tue_l_ancien_du_meme_usage_seulement() {
    let db = base_de_test().await;
    let julie = Uuid::now_v7();
    let ancien = emettre(&db, julie, Usage::Activation).await;
    let passe = emettre(&db, julie, Usage::MotDePasse).await;
    let nouveau = emettre(&db, julie, Usage::Activation).await;
    assert_eq!(
        jeton::vivant(&db, ancien.id, Usage::Activation)
            .await
            .expect("read"),
        Apercu::Inconnu
    );
    assert_eq!(consommer(&db, ancien.id, Usage::Activation).await, None);
    assert_eq!(
        consommer(&db, nouveau.id, Usage::MotDePasse).await,
        None,
        "wrong purpose"
    );
    let attendu = JetonConsomme {
        utilisateur: julie,
        adresse: "julie@x.example".into(),
    };
    assert_eq!(
        consommer(&db, nouveau.id, Usage::Activation).await,
        Some(attendu)
    );
    assert!(consommer(&db, passe.id, Usage::MotDePasse).await.is_some());
}

#[tokio::test]
async fn un_lien_expire_a_la_seconde() {
    let db = base_de_test().await;
    for (usage, duree) in [
        (Usage::Activation, 604_800),
        (Usage::MotDePasse, 3_600),
        (Usage::Adresse, 86_400),
    ] {
        let jeton = emettre(&db, Uuid::now_v7(), usage).await;
        // Reading never consumes (ML3), however often.
        avancer(&db, duree - 60).await;
        for _ in 0..5 {
            let apercu = jeton::vivant(&db, jeton.id, usage).await.expect("read");
            assert!(
                matches!(apercu, Apercu::Vivant(ref j) if j.adresse == "julie@x.example"),
                "{apercu:?}"
            );
        }
        avancer(&db, 61).await;
        assert!(matches!(
            jeton::vivant(&db, jeton.id, usage).await.expect("read"),
            Apercu::Expire(_)
        ));
        assert_eq!(consommer(&db, jeton.id, usage).await, None);
    }
}

#[tokio::test]
async fn trente_clics_ensemble_un_seul_passe() {
    let db = base_de_test().await;
    let jeton = emettre(&db, Uuid::now_v7(), Usage::MotDePasse).await;
    let clics: Vec<_> = (0..30)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { consommer(&db, jeton.id, Usage::MotDePasse).await.is_some() })
        })
        .collect();
    let mut passes = 0;
    for clic in clics {
        passes += u32::from(clic.await.expect("no panic"));
    }
    assert_eq!(passes, 1);
}

#[tokio::test]
async fn tous_les_liens_d_une_personne_meurent_ensemble() {
    let db = base_de_test().await;
    let (julie, paul) = (Uuid::now_v7(), Uuid::now_v7());
    let siens = [
        emettre(&db, julie, Usage::Activation).await,
        emettre(&db, julie, Usage::Adresse).await,
    ];
    let autre = emettre(&db, paul, Usage::Activation).await;
    let mut tx = db.begin().await.expect("begun");
    jeton::revoquer_tous(&mut tx, julie).await.expect("revoked");
    tx.commit().await.expect("committed");
    for jeton in siens {
        assert_eq!(consommer(&db, jeton.id, jeton.usage).await, None);
    }
    assert!(consommer(&db, autre.id, autre.usage).await.is_some());
}

async fn envoyer_lien(banc: &Banc, usage: Usage) -> Jeton {
    let jeton = emettre(&banc.db, Uuid::now_v7(), usage).await;
    let mut tx = banc.db.begin().await.expect("begun");
    courrier::deposer_avec_jeton(
        &mut tx,
        Uuid::now_v7(),
        &a("julie@x.example"),
        &jeton,
        &Mot("lien".into()),
    )
    .await
    .expect("deposited");
    tx.commit().await.expect("committed");
    jeton
}

#[tokio::test]
async fn le_lien_vient_de_l_origine_publique_et_n_est_dans_aucune_table() {
    let banc = Banc::nouveau().await;
    for (usage, chemin) in [
        (Usage::Activation, "activation"),
        (Usage::MotDePasse, "mot-de-passe"),
        (Usage::Adresse, "adresse"),
    ] {
        let jeton = envoyer_lien(&banc, usage).await;
        assert_eq!(banc.passer().await.envoyes, 1);
        let recu = banc.puits.recus().pop().expect("sent");
        let secret = jeton::secret(&banc.cles, jeton.id, usage);
        let lien = format!("{PUBLIQUE}/{chemin}/{secret}");
        assert_eq!(
            recu.partie("text/plain").trim_end(),
            format!("lien : {lien}")
        );
        assert!(
            recu.partie("text/html")
                .contains(&format!("href=\"{lien}\""))
        );
        let (tout,): (String,) =
            sqlx::query_as("select coalesce(string_agg(c::text, ' '), '') || (select string_agg(j::text, ' ') from jetons j) from courriers c")
                .fetch_one(&banc.db)
                .await
                .expect("read");
        assert!(tout.contains(&jeton.id.to_string()));
        assert!(
            !tout.contains(&secret) && !tout.contains(&secret[24..]),
            "no usable secret in the tables"
        );
    }
}

#[tokio::test]
async fn un_lien_ne_part_qu_a_l_adresse_pour_laquelle_il_est_emis() {
    let db = base_de_test().await;
    let jeton = emettre(&db, Uuid::now_v7(), Usage::MotDePasse).await;
    let mut tx = db.begin().await.expect("begun");
    let depot = courrier::deposer_avec_jeton(
        &mut tx,
        Uuid::now_v7(),
        &a("pirate@x.example"),
        &jeton,
        &Mot("x".into()),
    )
    .await;
    assert!(depot.is_err());
}

#[tokio::test]
async fn un_lien_mort_avant_le_depart_n_est_pas_envoye() {
    let banc = Banc::nouveau().await;
    let jeton = envoyer_lien(&banc, Usage::Activation).await;
    emettre(&banc.db, jeton.utilisateur, Usage::Activation).await;
    let bilan = banc.passer().await;
    assert_eq!((bilan.envoyes, bilan.abandonnes), (0, 1));
    assert!(banc.puits.recus().is_empty());
}

#[tokio::test]
async fn un_lien_retarde_par_une_panne_arrive_vivant() {
    let banc = Banc::nouveau().await;
    let jeton = envoyer_lien(&banc, Usage::MotDePasse).await;
    avancer(&banc.db, 2 * 3600).await;
    assert_eq!(banc.passer().await.envoyes, 1);
    avancer(&banc.db, 3_590).await;
    assert!(
        consommer(&banc.db, jeton.id, Usage::MotDePasse)
            .await
            .is_some()
    );
}
