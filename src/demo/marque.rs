//! What a database says of itself (table `instance`): a demo world never lands in a real one (security.md AU7).

use anyhow::{Context, Result, bail};
use sqlx::{PgConnection, PgPool};

use crate::App;

const DEMO: &str = "demo";
const CLE: &str = "demo_cle";
const ANNUAIRE: &str = "demo_annuaire";
const MONDE: &str = "demo_monde";
const TAILLE: &str = "demo_taille";

async fn table_existe(db: &PgPool, nom: &str) -> Result<bool> {
    Ok(
        sqlx::query_scalar::<_, bool>("select to_regclass('public.' || $1) is not null")
            .bind(nom)
            .fetch_one(db)
            .await?,
    )
}

async fn fait(db: &PgPool, cle: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from instance where cle = $1) as "fait!""#,
        cle
    )
    .fetch_one(db)
    .await
}

async fn noter(db: &mut PgConnection, cle: &str, valeur: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into instance (cle, valeur) values ($1, $2) on conflict (cle) do nothing",
        cle,
        valeur
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Accepts an empty database or one that a demo marked; refuses everything else.
///
/// # Errors
/// The refusal, in one sentence.
pub async fn admettre(db: &PgPool) -> Result<()> {
    let tables = sqlx::query_scalar::<_, i64>(
        "select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'",
    )
    .fetch_one(db)
    .await
    .context("DATABASE_URL: the database does not answer")?;
    if tables == 0 || (table_existe(db, "instance").await? && fait(db, DEMO).await?) {
        return Ok(());
    }
    // Migrated by a start that was interrupted, or by hand, and still without anybody: as good as empty.
    if table_existe(db, "instance").await?
        && sqlx::query_scalar!(
            r#"select not exists (select from utilisateurs) and not exists (select from structures)
                      and not exists (select from historique) as "vide!""#
        )
        .fetch_one(db)
        .await?
    {
        return Ok(());
    }
    bail!(
        "DATABASE_URL: this database is neither empty nor a demo: the demo has known passwords and refuses to load there"
    )
}

/// `--reset` on a given database, already admitted.
///
/// # Errors
/// The role may not drop the schema.
pub async fn vider(db: &PgPool) -> Result<()> {
    sqlx::raw_sql("drop schema public cascade; create schema public")
        .execute(db)
        .await
        .context("the demo database cannot be emptied")?;
    Ok(())
}

/// Marks the database, and refuses one whose historique was signed by another secret.
///
/// # Errors
/// That refusal.
pub async fn poser(app: &App) -> Result<()> {
    let (_, empreinte) = app.cles.mac(None, "instance", b"demo");
    let empreinte: String = empreinte
        .iter()
        .take(8)
        .map(|o| format!("{o:02x}"))
        .collect();
    let mut connexion = app.db.acquire().await?;
    noter(&mut connexion, DEMO, "1").await?;
    noter(&mut connexion, CLE, &empreinte).await?;
    let connue = sqlx::query_scalar!("select valeur from instance where cle = $1", CLE)
        .fetch_one(&mut *connexion)
        .await?;
    if connue != empreinte {
        bail!(
            "this demo database was signed with the secret of another VANTAIL_DATA folder: use that folder, or --reset"
        );
    }
    Ok(())
}

pub async fn annuaire_charge(db: &PgPool) -> Result<bool> {
    Ok(fait(db, ANNUAIRE).await?)
}

pub async fn noter_annuaire(db: &PgPool) -> Result<()> {
    let mut connexion = db.acquire().await?;
    Ok(noter(&mut connexion, ANNUAIRE, "1").await?)
}

pub(super) async fn monde_charge(db: &PgPool) -> Result<bool> {
    Ok(fait(db, MONDE).await?)
}

pub(super) async fn noter_monde(tx: &mut PgConnection) -> sqlx::Result<()> {
    noter(tx, MONDE, "1").await
}

/// Structures of the load world of this database, when it has one.
pub async fn taille(db: &PgPool) -> Result<Option<u64>> {
    let valeur = sqlx::query_scalar!("select valeur from instance where cle = $1", TAILLE)
        .fetch_optional(db)
        .await?;
    Ok(valeur.and_then(|v| v.parse().ok()))
}

pub(super) async fn noter_taille(tx: &mut PgConnection, structures: u64) -> sqlx::Result<()> {
    noter(tx, TAILLE, &structures.to_string()).await
}
