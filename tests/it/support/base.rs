//! One PostgreSQL per run, one template, a copy per test (23 ms: `strategy file_copy`).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Row};
use vantail::db::MIGRATIONS;
use vantail::db::bassin::{self, Limites, Usage};
use vantail::postgres_prive::{MEMOIRE_MODESTE, PostgresPrive, Reglages};

/// `VANTAIL_TEST_SERVEUR` names a server to use instead of a private one: `postgres://me@host:5432/`.
enum Serveur {
    Prive(PostgresPrive),
    Donne(String),
}

impl Serveur {
    fn url(&self, base: &str) -> String {
        match self {
            Self::Prive(p) => p.url(base),
            Self::Donne(url) => format!("{}/{base}", url.trim_end_matches('/')),
        }
    }
}

const MODELE: &str = "vantail_modele";

fn serveur() -> &'static Serveur {
    static SERVEUR: OnceLock<Serveur> = OnceLock::new();
    SERVEUR.get_or_init(|| {
        // Its own thread: a runtime cannot be started inside the one of the test.
        std::thread::spawn(|| {
            let serveur = match std::env::var("VANTAIL_TEST_SERVEUR") {
                Ok(url) => Serveur::Donne(url),
                Err(_) => Serveur::Prive(
                    PostgresPrive::demarrer(&Reglages {
                        dossier: vantail::postgres_prive::dossier_de_tests()
                            .expect("a folder for the tests"),
                        durable: false,
                        memoire_mio: MEMOIRE_MODESTE,
                        binaires: std::env::var_os("VANTAIL_PG_BIN").map(Into::into),
                    })
                    .expect("a private PostgreSQL for the tests"),
                ),
            };
            let execution = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            execution.block_on(modele(&serveur));
            serveur
        })
        .join()
        .expect("the test server")
    })
}

fn nom_du_modele() -> String {
    format!("{MODELE}_{}", std::process::id())
}

async fn modele(serveur: &Serveur) {
    let mut admin = PgConnection::connect(&serveur.url("postgres"))
        .await
        .expect("the test server");
    let nom = nom_du_modele();
    sqlx::raw_sql(AssertSqlSafe(format!("create database {nom}")))
        .execute(&mut admin)
        .await
        .expect("a template");
    // Other processes' leavings on a given server are theirs; ours are dropped by Base.
    let mut base = PgConnection::connect(&serveur.url(&nom))
        .await
        .expect("the template");
    MIGRATIONS.run(&mut base).await.expect("the migrations");
    vantail::aide::livraison::livrer(&mut base)
        .await
        .expect("the articles of the aide");
    base.close().await.expect("a closed connection");
}

/// A database of its own, dropped with the value.
pub struct Base {
    nom: String,
    url: String,
}

impl Base {
    /// A copy of the schema.
    pub async fn nouvelle() -> Self {
        Self::copie(&nom_du_modele()).await
    }

    /// A copy of this one as it is now; nobody may be connected to it.
    pub async fn copier(&self) -> Self {
        Self::copie(&self.nom).await
    }

    async fn copie(modele: &str) -> Self {
        static RANG: AtomicU32 = AtomicU32::new(0);
        let serveur = tokio::task::spawn_blocking(serveur)
            .await
            .expect("the test server");
        let nom = format!(
            "vantail_t{}_{}",
            std::process::id(),
            RANG.fetch_add(1, Ordering::Relaxed)
        );
        let mut admin = PgConnection::connect(&serveur.url("postgres"))
            .await
            .expect("the test server");
        sqlx::raw_sql(AssertSqlSafe(format!(
            "create database {nom} template {modele} strategy file_copy"
        )))
        .execute(&mut admin)
        .await
        .expect("a copy of the template");
        let url = serveur.url(&nom);
        Self { nom, url }
    }

    /// An empty one that sorts as the French do; `None`: this PostgreSQL was built without ICU.
    pub async fn en_francais() -> Option<Self> {
        let serveur = tokio::task::spawn_blocking(serveur)
            .await
            .expect("the test server");
        let nom = format!("vantail_fr{}", std::process::id());
        let mut admin = PgConnection::connect(&serveur.url("postgres"))
            .await
            .expect("the test server");
        let creee = sqlx::raw_sql(AssertSqlSafe(format!(
            "create database {nom} template template0 locale_provider icu icu_locale 'fr-FR'"
        )))
        .execute(&mut admin)
        .await;
        match creee {
            Ok(_) => Some(Self {
                url: serveur.url(&nom),
                nom,
            }),
            Err(erreur) => {
                let code = erreur.as_database_error().and_then(|e| e.code());
                assert_eq!(code.as_deref(), Some("0A000"), "{erreur}");
                None
            }
        }
    }

    /// The address of a new database that lives as long as the run: for tests that hold only a pool.
    pub async fn pour_le_run() -> String {
        let base = Self::nouvelle().await;
        let url = base.url.clone();
        std::mem::forget(base);
        url
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// A pool with the settings of the pages, and more patience: twenty at once say who wins, not how fast the machine is.
    pub async fn bassin(&self) -> PgPool {
        let limites = Limites {
            connexion: Duration::from_secs(60),
            instruction: "60s",
            verrou: "60s",
            transaction_inactive: "60s",
        };
        bassin::ouvrir_avec(&self.url, Usage::Pages, limites)
            .await
            .expect("a pool")
    }
}

impl Drop for Base {
    fn drop(&mut self) {
        let nom = self.nom.clone();
        // Best effort, on its own thread: the run's folder goes with the server anyway.
        let _ = std::thread::spawn(move || {
            let execution = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            execution.block_on(async {
                if let Ok(mut admin) = PgConnection::connect(&serveur().url("postgres")).await {
                    let _ = sqlx::raw_sql(AssertSqlSafe(format!(
                        "drop database if exists {nom} with (force)"
                    )))
                    .execute(&mut admin)
                    .await;
                }
            });
        })
        .join();
    }
}

/// Tables that reading a page may touch.
const TOUCHEES: [&str; 5] = [
    "sessions",
    "compteurs",
    "_sqlx_migrations",
    "recherches_de_comptes",
    "assistances_pages",
];

pub async fn empreinte(db: &PgPool) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'public' and tablename <> all ($1) order by 1",
    )
    .bind(TOUCHEES.map(str::to_owned).to_vec())
    .fetch_all(db)
    .await
    .expect("the tables");
    let mut empreinte = String::new();
    for table in tables {
        let ligne = sqlx::query(AssertSqlSafe(format!(
            "select count(*)::text || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t"
        )))
        .fetch_one(db)
        .await
        .expect("a digest");
        empreinte.push_str(&format!("{table}={}\n", ligne.get::<String, _>(0)));
    }
    empreinte
}
