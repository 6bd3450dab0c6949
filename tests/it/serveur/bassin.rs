//! The pools: no write lost, dead connections replaced, limits set.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use sqlx::{Connection, PgConnection};
use tokio::task::yield_now;
use uuid::Uuid;
use vantail::db::bassin::{Usage, ouvrir};

use super::outils::url_de_test;

/// Drops `futur` after `pas` polls, or when it is done.
async fn abandonner(futur: impl Future, pas: usize) {
    let mut futur = pin!(futur);
    for _ in 0..pas {
        if poll_fn(|cx| Poll::Ready(futur.as_mut().poll(cx).is_ready())).await {
            return;
        }
        yield_now().await;
    }
}

/// transact-rs/sqlx#4393: a cancelled `begin()` leaves its transaction open in the pool; the next plain write lands in
/// it, is acknowledged, and disappears. Fails without the `before_acquire` of `ouvrir`.
#[tokio::test]
async fn quatre_cents_begin_annules_ne_perdent_aucune_ecriture() {
    let url = url_de_test().await;
    let bassin = ouvrir(&url, Usage::Pages).await.expect("a database");
    sqlx::raw_sql("create table if not exists essai_begin (lot uuid not null, rang int not null)")
        .execute(&bassin)
        .await
        .expect("created");
    let lot = Uuid::now_v7();
    for rang in 0..400_i32 {
        if rang % 2 == 0 {
            // The first poll sends BEGIN and waits for its answer.
            let mut connexion = bassin.acquire().await.expect("a connection");
            abandonner(connexion.begin(), 1).await;
        } else {
            abandonner(
                bassin.begin(),
                usize::try_from(rang).expect("positive") % 40,
            )
            .await;
        }
        sqlx::query("insert into essai_begin (lot, rang) values ($1, $2)")
            .bind(lot)
            .bind(rang)
            .execute(&bassin)
            .await
            .expect("acknowledged");
    }
    let mut temoin = PgConnection::connect(&url).await.expect("a database");
    let presents: i64 = sqlx::query_scalar("select count(*) from essai_begin where lot = $1")
        .bind(lot)
        .fetch_one(&mut temoin)
        .await
        .expect("counted");
    assert_eq!(presents, 400);
}

#[tokio::test]
async fn des_connexions_tuees_sont_remplacees_sans_erreur() {
    let url = url_de_test().await;
    let bassin = ouvrir(&url, Usage::Pages).await.expect("a database");
    let mut prises = Vec::new();
    let mut pids: Vec<i32> = Vec::new();
    for _ in 0..10 {
        let mut connexion = bassin.acquire().await.expect("a connection");
        pids.push(
            sqlx::query_scalar("select pg_backend_pid()")
                .fetch_one(&mut *connexion)
                .await
                .expect("a pid"),
        );
        prises.push(connexion);
    }
    drop(prises);
    let mut temoin = PgConnection::connect(&url).await.expect("a database");
    let tuees: i64 = sqlx::query_scalar(
        "select count(*) from unnest($1::int[]) as pid where pg_terminate_backend(pid, 10000)",
    )
    .bind(&pids)
    .fetch_one(&mut temoin)
    .await
    .expect("killed");
    assert_eq!(tuees, 10);
    for _ in 0..30 {
        let pid: i32 = sqlx::query_scalar("select pg_backend_pid()")
            .fetch_one(&bassin)
            .await
            .expect("replaced");
        assert!(!pids.contains(&pid));
    }
}

#[tokio::test]
async fn chaque_usage_a_ses_limites() {
    let cas = [
        (Usage::Pages, "vantail", "5s", "2s", "10s"),
        (Usage::Imports, "vantail imports", "0", "30s", "1min"),
        (Usage::Exports, "vantail exports", "1min", "2s", "1min"),
    ];
    for (usage, application, instruction, verrou, inactivite) in cas {
        let bassin = ouvrir(&url_de_test().await, usage)
            .await
            .expect("a database");
        let attendus = [
            ("application_name", application),
            ("statement_timeout", instruction),
            ("lock_timeout", verrou),
            ("idle_in_transaction_session_timeout", inactivite),
            ("client_connection_check_interval", "5s"),
            ("plan_cache_mode", "auto"),
            ("jit", "off"),
            ("timezone", "UTC"),
        ];
        for (reglage, attendu) in attendus {
            let valeur: String = sqlx::query_scalar("select current_setting($1)")
                .bind(reglage)
                .fetch_one(&bassin)
                .await
                .expect("a setting");
            assert_eq!(valeur, attendu, "{usage:?} {reglage}");
        }
    }
}
