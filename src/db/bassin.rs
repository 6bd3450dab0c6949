//! Connection pools.

use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// What a pool is for: the limits of a page would kill an import, those of an import would let a page hang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Requests and mails.
    Pages,
    /// Loads from files: no statement timeout.
    Imports,
    /// CSV of long lists, read at the pace of the person who downloads.
    Exports,
}

struct Reglages {
    application: &'static str,
    max: u32,
    min: u32,
    statement_timeout: &'static str,
    lock_timeout: &'static str,
    idle_in_transaction: &'static str,
}

impl Usage {
    const fn reglages(self) -> Reglages {
        match self {
            Self::Pages => Reglages {
                application: "vantail",
                max: 10,
                min: 2,
                statement_timeout: "5s",
                lock_timeout: "2s",
                idle_in_transaction: "10s",
            },
            Self::Imports => Reglages {
                application: "vantail imports",
                max: 2,
                min: 0,
                statement_timeout: "0",
                lock_timeout: "30s",
                idle_in_transaction: "60s",
            },
            Self::Exports => Reglages {
                application: "vantail exports",
                max: 4,
                min: 0,
                statement_timeout: "60s",
                lock_timeout: "2s",
                idle_in_transaction: "60s",
            },
        }
    }
}

/// Time left to an idle connection to show that it lives: packets may vanish without a word (security.md §4, half-open).
const DELAI_PING: Duration = Duration::from_secs(1);

/// Opens a pool and its first connection.
///
/// Every connection handed out is first brought back to no transaction. sqlx 0.9.0 puts a connection back inside an
/// open transaction when `begin()` is cancelled (transact-rs/sqlx#4393): the next borrower's plain writes succeed, then
/// vanish (security.md F1). That round trip is the liveness check too (decision 28).
///
/// # Errors
/// When the URL is wrong or the server does not answer within 3 s.
pub async fn ouvrir(url: &str, usage: Usage) -> sqlx::Result<PgPool> {
    let (connexion, bassin) = reglages(url, usage)?;
    bassin.connect_with(connexion).await
}

/// What [`ouvrir`] opens, for whoever has other limits: the scenarios wait longer than a person would.
///
/// # Errors
/// When the URL is wrong.
pub fn reglages(url: &str, usage: Usage) -> sqlx::Result<(PgConnectOptions, PgPoolOptions)> {
    let reglages = usage.reglages();
    let connexion = PgConnectOptions::from_str(url)?
        .application_name(reglages.application)
        .options([
            ("statement_timeout", reglages.statement_timeout),
            ("lock_timeout", reglages.lock_timeout),
            (
                "idle_in_transaction_session_timeout",
                reglages.idle_in_transaction,
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
            ("timezone", "UTC"),
        ]);
    let bassin = PgPoolOptions::new()
        .max_connections(reglages.max)
        .min_connections(reglages.min)
        .acquire_timeout(Duration::from_secs(3))
        .max_lifetime(Duration::from_secs(15 * 60))
        .test_before_acquire(false)
        .before_acquire(|connexion, _| {
            Box::pin(async move {
                // `BEGIN` first: a lone `ROLLBACK` outside a transaction is a warning in the server's log, each time.
                // `READ WRITE`: a replica refuses it, so that a connection to what is no longer the primary is dropped.
                let remise_a_zero = sqlx::raw_sql("BEGIN READ WRITE; ROLLBACK").execute(connexion);
                match tokio::time::timeout(DELAI_PING, remise_a_zero).await {
                    Ok(issue) => issue.map(|_| true),
                    Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
                }
            })
        });
    Ok((connexion, bassin))
}
