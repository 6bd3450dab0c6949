//! The pools: no write lost, dead connections replaced, limits set.

use std::fs;
use std::future::poll_fn;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::pin::pin;
use std::task::Poll;

use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use tokio::sync::watch;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::timeout;
use uuid::Uuid;
use vantail::db::bassin::{Usage, ouvrir};
use vantail::postgres_prive::{MEMOIRE_MODESTE, PostgresPrive, Reglages};
use vantail::serveur::sante;

use super::outils::{PATIENCE, url_de_test};
use super::sante::statut;
use crate::support::relais::Relais;

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
        (Usage::Migrations, "vantail migrate", "0", "2s", "1min"),
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
            ("max_parallel_workers_per_gather", "0"),
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

/// All the places of a pool of the pages at once.
async fn toutes(bassin: &PgPool) -> Vec<PoolConnection<Postgres>> {
    let prendre = async {
        let mut prises = Vec::new();
        while prises.len() < 10 {
            // What waits for a place gives up after 3 s; a place that comes back later is as good.
            if let Ok(prise) = bassin.acquire().await {
                prises.push(prise);
            }
        }
        prises
    };
    timeout(PATIENCE, prendre)
        .await
        .expect("every place is free")
}

/// The packets of ten statements vanish and their readers leave: sqlx asks each server where they are, without a limit of
/// its own, so that the pool stayed empty for ever.
#[tokio::test]
async fn une_connexion_qui_se_tait_rend_sa_place() {
    let url = url_de_test().await;
    let relais = Relais::devant(&url).await;
    let bassin = ouvrir(&relais.url(&url), Usage::Pages)
        .await
        .expect("a database");
    relais.taire_a(&["select 'perdu'"]);
    let lecteurs: Vec<_> = (0..10)
        .map(|_| {
            let bassin = bassin.clone();
            tokio::spawn(async move { sqlx::query("select 'perdu'").execute(&bassin).await })
        })
        .collect();
    relais.muettes(10).await;
    for lecteur in &lecteurs {
        lecteur.abort();
    }
    for mut prise in toutes(&bassin).await {
        let un: i32 = sqlx::query_scalar("select 1")
            .fetch_one(&mut *prise)
            .await
            .expect("an answer");
        assert_eq!(un, 1);
    }
}

fn prive(dossier: &Path) -> PostgresPrive {
    PostgresPrive::demarrer(&Reglages {
        dossier: dossier.to_owned(),
        // What a replica reads is not written otherwise.
        durable: true,
        memoire_mio: MEMOIRE_MODESTE,
        binaires: std::env::var_os("VANTAIL_PG_BIN").map(Into::into),
    })
    .expect("a private PostgreSQL")
}

/// A server that replays what a primary wrote, here nothing more: it reads and takes no write.
fn replique(dossier: &Path) -> PostgresPrive {
    let dit = prive(dossier).dossier().to_owned();
    let donnees = fs::read_dir(dit)
        .expect("a folder")
        .flatten()
        .map(|e| e.path().join("donnees"))
        .find(|d| d.exists())
        .expect("the data");
    let signal = donnees.join("standby.signal");
    fs::write(&signal, "").expect("a file");
    fs::set_permissions(&signal, fs::Permissions::from_mode(0o666)).expect("a mode");
    prive(dossier)
}

/// After a failover the address leads elsewhere. A connection to what is not the primary any more answers, and reads: only
/// the `READ WRITE` of `ouvrir` tells it from the others.
#[tokio::test]
async fn une_connexion_a_une_replique_quitte_le_bassin() {
    let (dossier, primaire, replique) = spawn_blocking(|| {
        let dossier = tempfile::tempdir().expect("a folder");
        fs::set_permissions(dossier.path(), fs::Permissions::from_mode(0o711)).expect("a mode");
        let primaire = prive(&dossier.path().join("a"));
        let replique = replique(&dossier.path().join("b"));
        (dossier, primaire, replique)
    })
    .await
    .expect("two servers");
    let relais = Relais::devant(&replique.url("postgres")).await;
    let bassin = ouvrir(&relais.url(&primaire.url("postgres")), Usage::Pages)
        .await
        .expect("a database");
    let (_dire, pret) = watch::channel(true);
    let router = sante(bassin.clone(), pret);
    let lire = async |prise: &mut PoolConnection<Postgres>| -> bool {
        sqlx::query_scalar("select pg_is_in_recovery()")
            .fetch_one(&mut **prise)
            .await
            .expect("an answer")
    };
    let mut prises = toutes(&bassin).await;
    for prise in &mut prises {
        assert!(lire(prise).await, "connected to the replica");
    }
    drop(prises);
    let rendues = async {
        while bassin.num_idle() < 10 {
            yield_now().await;
        }
    };
    timeout(PATIENCE, rendues).await.expect("all in the pool");
    assert_eq!(statut(&router, "/ready").await, 503);

    relais.vers(&primaire.url("postgres"));
    for mut prise in toutes(&bassin).await {
        assert!(!lire(&mut prise).await, "handed out by a replica");
    }
    assert_eq!(statut(&router, "/ready").await, 200);
    spawn_blocking(move || drop((primaire, replique, dossier)))
        .await
        .expect("stopped");
}
