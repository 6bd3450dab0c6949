//! Between the server's yes and its mark in the outbox: the only time when a death costs a copy.

use std::time::Duration;

use sqlx::{Connection, PgConnection, PgPool};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vantail::courrier::{self, Bilan, Usage, jeton};

use super::banc::{Banc, Mot, a, deposer};

/// What a scenario holds back, by a lock that belongs to the scenario.
const VERROU: i64 = 42;

/// Less than the limit of a statement of the worker: past it, something waited for what it should not.
const PATIENCE: Duration = Duration::from_secs(8);

/// A pass in a task of its own.
fn lancer(banc: &Banc) -> tokio::task::JoinHandle<sqlx::Result<Bilan>> {
    let (db, expedition, cles) = (banc.db.clone(), banc.expedition.clone(), banc.cles.clone());
    tokio::spawn(async move {
        courrier::passer(&db, &expedition, &cles, &CancellationToken::new()).await
    })
}

/// Until so many mails are marked as sent.
async fn attendre_les_marques(db: &PgPool, nombre: i64) {
    let marques = async {
        while sqlx::query_scalar::<_, i64>("select count(*) from courriers where statut = 'envoye'")
            .fetch_one(db)
            .await
            .expect("read")
            < nombre
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, marques)
        .await
        .unwrap_or_else(|_| panic!("{nombre} marks"));
}

async fn executer(db: &PgPool, ordres: &'static str) {
    sqlx::raw_sql(ordres).execute(db).await.expect("executed");
}

#[tokio::test]
async fn un_courriel_accepte_est_marque_pendant_que_le_bureau_en_prend_un_autre() {
    let banc = Banc::nouveau().await;
    executer(
        &banc.db,
        "create function prise_lente() returns trigger language plpgsql as $$
         begin
           if new.essais > old.essais and new.destinataire = 'lent@x.example' then
             perform pg_advisory_xact_lock(42);
           end if;
           return new;
         end $$;
         create trigger prise_lente before update on courriers for each row execute function prise_lente()",
    )
    .await;
    let mut verrou = PgConnection::connect_with(&banc.db.connect_options())
        .await
        .expect("connected");
    sqlx::query("select pg_advisory_lock($1)")
        .bind(VERROU)
        .execute(&mut verrou)
        .await
        .expect("held");
    // Four places: the fifth is claimed when one of them is free, while the three others are with the server.
    deposer(
        &banc.db,
        &["a@x.example", "b@x.example", "c@x.example", "d@x.example"],
    )
    .await;
    deposer(&banc.db, &["lent@x.example"]).await;
    let passe = lancer(&banc);
    attendre_les_marques(&banc.db, 4).await;
    verrou.close().await.expect("released");
    assert_eq!(passe.await.expect("ended").expect("database").envoyes, 5);
}

#[tokio::test]
async fn un_lien_qu_un_autre_tient_n_arrete_pas_les_autres_courriels() {
    let banc = Banc::nouveau().await;
    let mut tx = banc.db.begin().await.expect("begun");
    let jeton = jeton::emettre(&mut tx, Uuid::now_v7(), Usage::Activation, "a@x.example")
        .await
        .expect("issued");
    let evenement = Uuid::now_v7();
    courrier::deposer_avec_jeton(
        &mut tx,
        evenement,
        &a("a@x.example"),
        &jeton,
        &Mot("lien".into()),
    )
    .await
    .expect("deposited");
    tx.commit().await.expect("committed");
    deposer(
        &banc.db,
        &[
            "b@x.example",
            "c@x.example",
            "d@x.example",
            "e@x.example",
            "f@x.example",
        ],
    )
    .await;
    let mut autre = banc.db.begin().await.expect("begun");
    sqlx::query("select from jetons where id = $1 for update")
        .bind(jeton.id)
        .execute(&mut *autre)
        .await
        .expect("locked");
    let passe = lancer(&banc);
    attendre_les_marques(&banc.db, 5).await;
    autre.rollback().await.expect("released");
    assert_eq!(passe.await.expect("ended").expect("database").envoyes, 6);
}

#[tokio::test]
async fn une_marque_refusee_est_redite_jusqu_a_ce_que_la_base_la_prenne() {
    let banc = Banc::nouveau().await;
    // What a sequence counts survives the failure.
    executer(
        &banc.db,
        "create sequence marques_refusees;
         create function marque_refusee() returns trigger language plpgsql as $$
         begin
           perform nextval('marques_refusees');
           raise exception 'the database is ill';
         end $$;
         create trigger marque_refusee before update on courriers for each row
           when (new.statut = 'envoye') execute function marque_refusee()",
    )
    .await;
    deposer(&banc.db, &["a@x.example"]).await;
    let passe = lancer(&banc);
    let refus = async {
        while sqlx::query_scalar::<_, i64>("select last_value from marques_refusees")
            .fetch_one(&banc.db)
            .await
            .expect("read")
            < 6
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, refus)
        .await
        .expect("asked again");
    executer(&banc.db, "drop trigger marque_refusee on courriers").await;
    assert_eq!(passe.await.expect("ended").expect("database").envoyes, 1);
    assert_eq!(banc.seul().await, ("envoye".into(), None));
    assert_eq!(banc.puits.recus().len(), 1, "accepted once, sent once");
}

#[tokio::test]
async fn une_base_disparue_ne_fait_pas_oublier_ce_qui_est_parti() {
    let banc = Banc::nouveau().await;
    // The session that marks is cut, as when the server stops, as long as the table says so.
    executer(
        &banc.db,
        "create table coupures (reste int);
         insert into coupures values (1);
         create sequence marques_coupees;
         create function marque_coupee() returns trigger language plpgsql as $$
         begin
           if exists (select from coupures) then
             perform nextval('marques_coupees');
             perform pg_terminate_backend(pg_backend_pid());
           end if;
           return new;
         end $$;
         create trigger marque_coupee before update on courriers for each row
           when (new.statut = 'envoye') execute function marque_coupee()",
    )
    .await;
    deposer(&banc.db, &["a@x.example", "b@x.example"]).await;
    let passe = lancer(&banc);
    let coupures = async {
        while sqlx::query_scalar::<_, i64>("select last_value from marques_coupees")
            .fetch_one(&banc.db)
            .await
            .expect("read")
            < 12
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, coupures)
        .await
        .expect("asked again");
    executer(&banc.db, "delete from coupures").await;
    assert_eq!(passe.await.expect("ended").expect("database").envoyes, 2);
    assert_eq!(banc.puits.recus().len(), 2, "accepted once, sent once");
}
