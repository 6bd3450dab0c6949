//! From the environment to an open database.

use anyhow::{Context, Result};
use sqlx::PgPool;

use super::schema;
use crate::App;
use crate::config::{Config, Source};
use crate::db::bassin::{self, Usage};

/// `DATABASE_URL`; an absent one is said in one sentence.
pub(super) fn adresse(source: Source<'_>) -> Result<String> {
    source("DATABASE_URL").context(
        "DATABASE_URL is missing: give postgres://user:password@host/database (`vantail demo` brings its own database)",
    )
}

/// Opens a pool; the error never quotes the address, which may hold a password.
pub(super) async fn bassin(url: &str, usage: Usage) -> Result<PgPool> {
    bassin::ouvrir(url, usage)
        .await
        .context("DATABASE_URL: the database cannot be opened")
}

/// What the commands other than `serve` work with: the keys, the brand, a database at the right schema.
pub(super) async fn app(source: Source<'_>, usage: Usage) -> Result<App> {
    let config = Config::commande(source)?;
    let db = bassin(&adresse(source)?, usage).await?;
    schema::exiger(&db).await?;
    Ok(App::new(db, config))
}
