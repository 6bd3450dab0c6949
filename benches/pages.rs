//! `cargo bench --bench pages`: the pages on a small and on a large world, in one run, as ratios.
//!
//! The world is the demo world and N more structures with their people (`DEMO_SIZE`). Every page goes through the
//! router and all its layers, against a private PostgreSQL. Machines are shared and noisy: only the ratio of the two
//! columns says something.
//!
//! `VANTAIL_BENCH_SIZES=1000,100000` chooses the two sizes, `VANTAIL_BENCH_TOURS=200` the requests per page.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tower::ServiceExt;
use vantail::App;
use vantail::acces::{Systeme, sessions};
use vantail::config::{Config, CoutArgon2};
use vantail::db::bassin::{self, Usage};
use vantail::db::{MIGRATIONS, UtilisateurId};
use vantail::postgres_prive::{PostgresPrive, Reglages, dossier_de_tests};
use vantail::serveur::ReglagesHttp;

const PUBLIQUE: &str = "http://127.0.0.1:8080";
const QUI: &str = "pauline.dufour@terneuil.example";

/// What is measured, and by whom it is read.
const PAGES: &[&str] = &[
    "/",
    "/activites",
    "/mon-compte",
    "/mon-compte/rattachements",
    "/mon-compte/abonnements",
    "/mon-compte/acces?structure=14700985600138&espace=factures_recues",
    "/mon-compte/courriels",
    "/mon-compte/desactivation",
    "/sollicitations",
    "/annuaire",
    "/annuaire?q=saint+martin",
    "/annuaire?cp=69001",
    "/mentions-legales",
];

struct Monde {
    routeur: Router,
    cookie: String,
}

fn variable<T: std::str::FromStr>(nom: &str, defaut: T) -> T {
    std::env::var(nom)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(defaut)
}

fn config() -> Config {
    let lire = |nom: &str| match nom {
        "SECRET_KEY" => Some("v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
        "PUBLIC_URL" => Some(PUBLIQUE.to_owned()),
        "SMTP_URL" => Some("smtp://127.0.0.1:1".to_owned()),
        _ => None,
    };
    let mut config = Config::lire(&lire).expect("a valid configuration");
    config.argon2 = CoutArgon2 {
        memoire_kio: 8,
        passes: 1,
    };
    config
}

async fn monde(serveur: &PostgresPrive, taille: u64) -> Monde {
    let nom = format!("mesures_{taille}");
    let mut admin = PgConnection::connect(&serveur.url("postgres"))
        .await
        .expect("the server");
    sqlx::raw_sql(AssertSqlSafe(format!("create database {nom}")))
        .execute(&mut admin)
        .await
        .expect("a database");
    let chargeur = bassin::ouvrir(&serveur.url(&nom), Usage::Imports)
        .await
        .expect("a pool");
    MIGRATIONS.run(&chargeur).await.expect("the migrations");
    let app = App::new(chargeur.clone(), config());
    let debut = Instant::now();
    vantail::demo::charger(&app, &Systeme::processus())
        .await
        .expect("the demo world");
    vantail::demo::masse::charger(&app, &Systeme::processus(), taille)
        .await
        .expect("the large world");
    sqlx::raw_sql("analyze")
        .execute(&chargeur)
        .await
        .expect("statistics");
    eprintln!(
        "{taille} structures loaded in {:.1} s",
        debut.elapsed().as_secs_f64()
    );
    chargeur.close().await;

    let db = bassin::ouvrir(&serveur.url(&nom), Usage::Pages)
        .await
        .expect("a pool");
    let app = App::new(db, config());
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from utilisateurs where adresse_connexion = $1")
            .bind(QUI)
            .fetch_one(&app.db)
            .await
            .expect("the reader");
    let session = sessions::session_neuve(&app);
    sessions::ouvrir(&session, UtilisateurId(id), "bench", "127.0.0.1")
        .await
        .expect("a session");
    session.save().await.expect("a saved session");
    let cookie = format!("sid={}", session.id().expect("an id"));
    let reglages = ReglagesHttp::pour(&app.config.public_url).expect("an origin");
    Monde {
        routeur: vantail::portail(&app, &reglages),
        cookie,
    }
}

impl Monde {
    async fn lire(&self, adresse: &str) -> Duration {
        let requete = Request::get(adresse)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::COOKIE, &self.cookie)
            .body(Body::empty())
            .expect("a request");
        let debut = Instant::now();
        let reponse = self
            .routeur
            .clone()
            .oneshot(requete)
            .await
            .expect("an answer");
        let statut = reponse.status();
        let corps = reponse.into_body().collect().await.expect("a body");
        let duree = debut.elapsed();
        assert_eq!(statut, StatusCode::OK, "{adresse}");
        assert!(!corps.to_bytes().is_empty(), "{adresse}");
        duree
    }

    /// Median and 95th percentile, in milliseconds, after a warm-up.
    async fn mesurer(&self, adresse: &str, tours: usize) -> (f64, f64) {
        for _ in 0..tours / 10 {
            self.lire(adresse).await;
        }
        let mut durees = Vec::with_capacity(tours);
        for _ in 0..tours {
            durees.push(self.lire(adresse).await.as_secs_f64() * 1000.0);
        }
        durees.sort_by(f64::total_cmp);
        (durees[tours / 2], durees[tours * 95 / 100])
    }
}

fn main() {
    let tailles = variable("VANTAIL_BENCH_SIZES", "1000,100000".to_owned());
    let tailles: Vec<u64> = tailles
        .split(',')
        .filter_map(|t| t.trim().parse().ok())
        .collect();
    let [petite, grande] = tailles[..] else {
        panic!("VANTAIL_BENCH_SIZES takes two sizes")
    };
    let tours = variable("VANTAIL_BENCH_TOURS", 200);
    let serveur = PostgresPrive::demarrer(&Reglages {
        dossier: dossier_de_tests().expect("a folder"),
        durable: false,
        binaires: std::env::var_os("VANTAIL_PG_BIN").map(Into::into),
    })
    .expect("a private PostgreSQL");
    let execution = tokio::runtime::Runtime::new().expect("a runtime");
    execution.block_on(async {
        let petit = monde(&serveur, petite).await;
        let grand = monde(&serveur, grande).await;
        println!(
            "{:<66} {petite:>9} p50  p95 ms {grande:>9} p50  p95 ms   ratio p50",
            "page"
        );
        for page in PAGES {
            let (p50, p95) = petit.mesurer(page, tours).await;
            let (g50, g95) = grand.mesurer(page, tours).await;
            println!(
                "{page:<66} {p50:>13.2} {p95:>7.2} {g50:>13.2} {g95:>7.2} {:>11.2}",
                g50 / p50
            );
        }
    });
    serveur.arreter();
}
