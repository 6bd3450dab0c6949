//! Connection pools.

use std::io::ErrorKind;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};

/// What a pool is for: the limits of a page would kill an import, those of an import would let a page hang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Requests and mails. A CSV is read lot after lot: between two of them no connection is held.
    Pages,
    /// Loads from files: no statement timeout.
    Imports,
    /// Changes of the schema while others serve: a lock waited for is a table closed to everybody behind.
    Migrations,
}

struct Reglages {
    application: &'static str,
    max: u32,
    min: u32,
    limites: Limites,
}

/// How long a pool waits: for a connection, and on the server, in the words of PostgreSQL.
#[derive(Clone, Copy, Debug)]
pub struct Limites {
    pub connexion: Duration,
    pub instruction: &'static str,
    pub verrou: &'static str,
    pub transaction_inactive: &'static str,
}

/// Nobody waits longer for a page to begin.
const CONNEXION: Duration = Duration::from_secs(3);

impl Usage {
    const fn reglages(self) -> Reglages {
        match self {
            Self::Pages => Reglages {
                application: "vantail",
                max: 10,
                min: 2,
                limites: Limites {
                    connexion: CONNEXION,
                    instruction: "5s",
                    verrou: "2s",
                    transaction_inactive: "10s",
                },
            },
            Self::Imports => Reglages {
                application: "vantail imports",
                max: 2,
                min: 0,
                limites: Limites {
                    connexion: CONNEXION,
                    instruction: "0",
                    verrou: "30s",
                    transaction_inactive: "60s",
                },
            },
            Self::Migrations => Reglages {
                application: "vantail migrate",
                max: 1,
                min: 0,
                limites: Limites {
                    connexion: CONNEXION,
                    instruction: "0",
                    verrou: "2s",
                    transaction_inactive: "60s",
                },
            },
        }
    }
}

/// Time left to a connection to show that it lives: packets may vanish without a word (security.md §4, half-open).
const DELAI_PING: Duration = Duration::from_secs(1);
/// Time left to a statement outside of any request, whose own limit on the server is 5 s: past it nobody answers any more.
const DELAI_REPONSE: Duration = Duration::from_secs(10);

/// Gives up waiting for a database that says nothing. For what no request bounds: the worker of the mails.
///
/// # Errors
/// That of the statement, or `TimedOut`: it may have been executed.
pub async fn en_temps<T>(reponse: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    attendre(DELAI_REPONSE, reponse).await
}

async fn attendre<T>(
    delai: Duration,
    reponse: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    tokio::time::timeout(delai, reponse)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))
}

/// What the connection asks of the server, said once it is open.
async fn regler(connexion: &mut PgConnection, limites: Limites) -> sqlx::Result<()> {
    let (noms, valeurs): (Vec<_>, Vec<_>) = [
        ("statement_timeout", limites.instruction),
        ("lock_timeout", limites.verrou),
        (
            "idle_in_transaction_session_timeout",
            limites.transaction_inactive,
        ),
        ("client_connection_check_interval", "5s"),
        // A machine that vanishes holds its locks for a minute, not for the two hours of the kernel.
        ("tcp_keepalives_idle", "30"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "3"),
        // Said, because what it costs was measured (docs/PERFORMANCE.md): planning the views of rights anew each time is dearer
        // than reading them. The server keeps planning each time what the parameters change, the optional filters.
        ("plan_cache_mode", "auto"),
        // Compiling a statement takes a hundred milliseconds; no page runs that long.
        ("jit", "off"),
        // A page takes one core: the others have theirs to read.
        ("max_parallel_workers_per_gather", "0"),
        ("timezone", "UTC"),
    ]
    .into_iter()
    .unzip();
    sqlx::query("select set_config(nom, valeur, false) from unnest($1::text[], $2::text[]) as r (nom, valeur)")
        .bind(noms)
        .bind(valeurs)
        .persistent(false)
        .execute(connexion)
        .await?;
    Ok(())
}

/// Opens a pool and its first connection.
///
/// Every connection handed out is first brought back to no transaction. sqlx 0.9.0 puts a connection back inside an
/// open transaction when `begin()` is cancelled (transact-rs/sqlx#4393): the next borrower's plain writes succeed, then
/// vanish (security.md F1). That round trip is the liveness check too (decision 28).
///
/// Every connection handed back must answer in a second, or is dropped: when a statement was given up half-way (a reader who
/// left, a limit of time) sqlx asks the server where they are, and would wait without end for one that vanished; the place in
/// the pool would never be free again.
///
/// # Errors
/// When the URL is wrong or the server does not answer within 3 s.
pub async fn ouvrir(url: &str, usage: Usage) -> sqlx::Result<PgPool> {
    ouvrir_avec(url, usage, usage.reglages().limites).await
}

/// [`ouvrir`] with other limits: the scenarios wait longer than a person would, they say who wins and not how fast.
///
/// # Errors
/// Those of [`ouvrir`].
pub async fn ouvrir_avec(url: &str, usage: Usage, limites: Limites) -> sqlx::Result<PgPool> {
    let reglages = usage.reglages();
    let connexion = PgConnectOptions::from_str(url)?
        .application_name(reglages.application)
        // Startup parameters that a pooler before PostgreSQL does not know refuse the connection; ours are said after it.
        .extra_float_digits(None);
    PgPoolOptions::new()
        .max_connections(reglages.max)
        .min_connections(reglages.min)
        .acquire_timeout(limites.connexion)
        .max_lifetime(Duration::from_secs(15 * 60))
        .test_before_acquire(false)
        // sqlx bounds its own part of a connection, not ours: one that vanishes here would keep its place.
        .after_connect(move |connexion, _| {
            Box::pin(attendre(CONNEXION, regler(connexion, limites)))
        })
        .before_acquire(|connexion, _| {
            Box::pin(async move {
                // `BEGIN` first: a lone `ROLLBACK` outside a transaction is a warning in the server's log, each time.
                // `READ WRITE`: a replica refuses it, so that a connection to what is no longer the primary is dropped.
                let remise_a_zero = sqlx::raw_sql("BEGIN READ WRITE; ROLLBACK").execute(connexion);
                attendre(DELAI_PING, remise_a_zero).await.map(|_| true)
            })
        })
        .after_release(|connexion, _| {
            Box::pin(async move { attendre(DELAI_PING, connexion.ping()).await.map(|()| true) })
        })
        .connect_with(connexion)
        .await
}
