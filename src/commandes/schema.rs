//! Is the schema of the database the one this binary was written for?

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use sqlx::PgPool;

use super::ouverture;
use crate::aide::livraison;
use crate::config::Source;
use crate::db::MIGRATIONS;
use crate::db::bassin::Usage;

/// Refuses a schema that is absent, older, newer or altered (decisions 23).
///
/// # Errors
/// One sentence saying which of them, and what to do.
pub async fn exiger(db: &PgPool) -> Result<()> {
    let tenue =
        sqlx::query_scalar::<_, bool>("select to_regclass('public._sqlx_migrations') is not null")
            .fetch_one(db)
            .await
            .context("DATABASE_URL: the database does not answer")?;
    let appliquees: BTreeMap<i64, Vec<u8>> = if tenue {
        sqlx::query_as::<_, (i64, Vec<u8>)>(
            "select version, checksum from _sqlx_migrations where success",
        )
        .fetch_all(db)
        .await?
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
///
/// # Errors
/// A newer or altered schema, a migration or an article refused by the database.
pub async fn appliquer(db: &PgPool) -> Result<()> {
    MIGRATIONS.run(db).await.map_err(|erreur| match erreur {
        sqlx::migrate::MigrateError::VersionMissing(version) => anyhow::anyhow!(
            "the schema of the database is newer than this binary (migration {version} is unknown here)"
        ),
        autre => anyhow::Error::new(autre).context("the schema cannot be brought up to date"),
    })?;
    let mut connexion = db.acquire().await?;
    livraison::livrer(&mut connexion)
        .await
        .context("the articles of the aide cannot be delivered")
}

/// `vantail migrate`.
pub(super) async fn migrer(source: Source<'_>) -> Result<()> {
    let db = ouverture::bassin(&ouverture::adresse(source)?, Usage::Imports).await?;
    appliquer(&db).await?;
    println!(
        "The schema is up to date ({} migrations).",
        MIGRATIONS.iter().count()
    );
    Ok(())
}
