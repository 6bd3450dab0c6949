//! Is the schema of the database the one this binary was written for?

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlx::migrate::MigrateError;
use sqlx::{Connection, PgPool};

use super::ouverture;
use crate::aide::livraison;
use crate::config::Source;
use crate::db::MIGRATIONS;
use crate::db::bassin::Usage;

/// The end of a start that found no database, whenever it went away.
pub(super) const MUETTE: &str = "DATABASE_URL: the database does not answer";

/// Tries of a migration that finds a table in use, and the pause between two, during which those who wait behind it pass.
const ESSAIS: u32 = 30;
const PAUSE: Duration = Duration::from_secs(1);

/// Refuses a schema that is absent, older, newer or altered (decisions 23).
///
/// # Errors
/// One sentence saying which of them, and what to do.
pub async fn exiger(db: &PgPool) -> Result<()> {
    let tenue =
        sqlx::query_scalar::<_, bool>("select to_regclass('public._sqlx_migrations') is not null")
            .fetch_one(db)
            .await
            .context(MUETTE)?;
    let appliquees: BTreeMap<i64, Vec<u8>> = if tenue {
        sqlx::query_as::<_, (i64, Vec<u8>)>(
            "select version, checksum from _sqlx_migrations where success",
        )
        .fetch_all(db)
        .await
        .context(MUETTE)?
        .into_iter()
        .collect()
    } else {
        BTreeMap::new()
    };
    let attendues: BTreeMap<i64, &[u8]> = MIGRATIONS
        .iter()
        .map(|m| (m.version, &*m.checksum))
        .collect();
    if let Some(version) = appliquees.keys().find(|v| !attendues.contains_key(v)) {
        bail!(
            "the schema of the database is newer than this binary (migration {version} is unknown here): install the version that made it"
        );
    }
    let manquantes = attendues
        .keys()
        .filter(|v| !appliquees.contains_key(v))
        .count();
    if manquantes > 0 {
        bail!(
            "the schema of the database is older than this binary ({manquantes} migrations to apply): run `vantail migrate` first"
        );
    }
    if let Some((version, _)) = attendues
        .iter()
        .find(|(v, somme)| appliquees.get(v).is_some_and(|s| s != *somme))
    {
        bail!(
            "migration {version} of the database is not the one of this binary: it was made by another build"
        );
    }
    Ok(())
}

/// Applies what is missing, then delivers the articles of the aide; several at once wait for each other (lock of sqlx).
/// Others may be serving: a migration that meets a lock lets go and comes back, each being a transaction of its own.
///
/// # Errors
/// A newer or altered schema, a migration or an article refused by the database, a lock that never came.
pub async fn appliquer(db: &PgPool) -> Result<()> {
    // Closed at the end: the lock of sqlx is of the session, and a failed run keeps it.
    let mut connexion = db.acquire().await?.detach();
    let mut essai = 1;
    loop {
        match MIGRATIONS.run(&mut connexion).await {
            Ok(()) => break,
            Err(MigrateError::VersionMissing(version)) => bail!(
                "the schema of the database is newer than this binary (migration {version} is unknown here)"
            ),
            Err(erreur) if essai < ESSAIS && verrou_refuse(&erreur) => {
                tracing::info!(%erreur, essai, "somebody holds the lock; again in a moment");
                essai += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(erreur) => {
                return Err(
                    anyhow::Error::new(erreur).context("the schema cannot be brought up to date")
                );
            }
        }
    }
    livraison::livrer(&mut connexion)
        .await
        .context("the articles of the aide cannot be delivered")?;
    Ok(connexion.close().await?)
}

/// What is said of a database created with the order of a language.
const LANGUE: &str = "the database sorts by a language, not by bytes: a search will not show first the names that begin with what is typed; create it with --locale=C.UTF-8 (docs/EXPLOITATION.md)";

/// Does the database compare texts by their bytes? The pieces of index that a search reads end with « ~ », the last byte of a key.
async fn par_octets(db: &PgPool) -> Result<bool> {
    sqlx::query_scalar("select 'a~' > 'ab'")
        .fetch_one(db)
        .await
        .context(MUETTE)
}

/// Says it once, in the log of the portal.
pub(super) async fn avertir_de_la_langue(db: &PgPool) -> Result<()> {
    if !par_octets(db).await? {
        tracing::warn!("{LANGUE}");
    }
    Ok(())
}

/// `lock_timeout` passed.
fn verrou_refuse(erreur: &MigrateError) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = erreur else {
        return false;
    };
    cause
        .as_database_error()
        .and_then(|e| e.code())
        .is_some_and(|code| code == "55P03")
}

/// `vantail migrate`.
pub(super) async fn migrer(source: Source<'_>) -> Result<()> {
    let db = ouverture::bassin(&ouverture::adresse(source)?, Usage::Migrations).await?;
    appliquer(&db).await?;
    println!(
        "The schema is up to date ({} migrations).",
        MIGRATIONS.iter().count()
    );
    if !par_octets(&db).await? {
        eprintln!("{LANGUE}");
    }
    Ok(())
}
