use anyhow::Result;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::App;
use crate::config::Config;
use crate::demo;
use crate::portail;

/// The table of the portal as served, without any environment: a pool that never connects.
fn app() -> Result<App> {
    let mut config = Config::demo(&|_| None, demo::secret::nouveau()?)?;
    config.demo = false;
    let db = PgPoolOptions::new().connect_lazy_with(PgConnectOptions::new());
    Ok(App::new(db, config))
}

/// The routes as JSON: method, path, permission, changes state or not (spec §10). For the command and its test.
///
/// # Errors
/// None in practice: nothing is read from outside.
pub fn json() -> Result<String> {
    let routes = portail::routes(&app()?);
    let mut table = routes.table().to_vec();
    table.sort_by_key(|r| (r.chemin, r.methode));
    Ok(serde_json::to_string_pretty(&table)?)
}

/// `vantail routes [--json]`.
pub(super) fn afficher(en_json: bool) -> Result<()> {
    if en_json {
        println!("{}", json()?);
        return Ok(());
    }
    for route in portail::routes(&app()?).table() {
        println!(
            "{:4} {:60} {}",
            route.methode, route.chemin, route.permission
        );
    }
    Ok(())
}
