//! `cargo bench --bench enumeration`: does the time of a refused sign-in tell whether an address has an account
//! (security.md AU1)?
//!
//! Forty samples of each class, interleaved, with the real cost of a hash, through the router and all its layers against a
//! private PostgreSQL. Each class is compared with « wrong password » by medians and by a two-sided Mann-Whitney test
//! (normal approximation). What the work itself costs is asserted by `tests/it/comptes/enumeration.rs`; a machine that
//! others use can only blur the clock, so this figure is read, never asserted.
//!
//! `VANTAIL_BENCH_TOURS=40` chooses the samples.

use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use sqlx::{Connection, PgConnection};
use tower::ServiceExt;
use vantail::App;
use vantail::acces::mot_de_passe;
use vantail::config::Config;
use vantail::db::MIGRATIONS;
use vantail::db::bassin::{self, Usage};
use vantail::postgres_prive::{MEMOIRE_MODESTE, PostgresPrive, Reglages, dossier_de_tests};
use vantail::serveur::ReglagesHttp;
use vantail::web::MotDePasse;

const JUSTE: &str = "Girafe-violette-42!";

/// Class, login address, password typed. The first one is what the others are compared with.
const CLASSES: [(&str, &str, &str); 4] = [
    ("wrong password", "actif@example.org", "Girafe-violette-43!"),
    ("unknown address", "inconnu@example.org", JUSTE),
    ("not activated", "en_cours_activation@example.org", JUSTE),
    ("deactivated", "inactif@example.org", "Girafe-violette-43!"),
];

fn config() -> Config {
    let lire = |nom: &str| match nom {
        "SECRET_KEY" => Some("v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
        "PUBLIC_URL" => Some("http://127.0.0.1:8080".to_owned()),
        "SMTP_URL" => Some("smtp://127.0.0.1:1".to_owned()),
        _ => None,
    };
    Config::lire(&lire).expect("a valid configuration")
}

async fn comptes(app: &App) {
    let hache = mot_de_passe::hacher_maintenant(app.config.argon2, &MotDePasse::new(JUSTE))
        .expect("a hash");
    sqlx::query(
        "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut, mot_de_passe, desactive_le)
         select uuid_v7(), s || '@example.org', s || '@example.org', 'A', 'B', s,
                case when s <> 'en_cours_activation' then $1 end, case when s = 'inactif' then maintenant() end
         from unnest(array['actif', 'en_cours_activation', 'inactif']) s",
    )
    .bind(hache)
    .execute(&app.db)
    .await
    .expect("three accounts");
}

/// Milliseconds of one refused sign-in.
async fn essayer(routeur: &Router, adresse: &str, mot: &str) -> f64 {
    let corps = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("adresse", adresse)
        .append_pair("mot_de_passe", mot)
        .finish();
    let requete = Request::post("/connexion")
        .header(header::HOST, "127.0.0.1:8080")
        .header("Sec-Fetch-Site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(corps))
        .expect("a request");
    let debut = Instant::now();
    let reponse = routeur.clone().oneshot(requete).await.expect("an answer");
    let statut = reponse.status();
    reponse.into_body().collect().await.expect("a body");
    let duree = debut.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(statut, StatusCode::UNPROCESSABLE_ENTITY, "{adresse}");
    duree
}

fn mediane(valeurs: &[f64]) -> f64 {
    let mut triees = valeurs.to_vec();
    triees.sort_by(f64::total_cmp);
    triees[triees.len() / 2]
}

/// Two-sided p of the hypothesis « the two samples have one distribution ».
fn mann_whitney(a: &[f64], b: &[f64]) -> f64 {
    let u: f64 = a
        .iter()
        .flat_map(|x| b.iter().map(move |y| (x, y)))
        .map(|(x, y)| {
            if x > y {
                1.0
            } else if x < y {
                0.0
            } else {
                0.5
            }
        })
        .sum();
    let (n, m) = (a.len() as f64, b.len() as f64);
    let z = (u - n * m / 2.0).abs() / (n * m * (n + m + 1.0) / 12.0).sqrt();
    queue(z) * 2.0
}

/// P(Z > z) of a normal variable (Abramowitz and Stegun 26.2.17, to 10⁻⁷).
fn queue(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let polynome = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * polynome
}

fn main() {
    let tours: usize = std::env::var("VANTAIL_BENCH_TOURS")
        .ok()
        .and_then(|t| t.parse().ok())
        .unwrap_or(40);
    let serveur = PostgresPrive::demarrer(&Reglages {
        dossier: dossier_de_tests().expect("a folder"),
        durable: false,
        memoire_mio: MEMOIRE_MODESTE,
        binaires: std::env::var_os("VANTAIL_PG_BIN").map(Into::into),
    })
    .expect("a private PostgreSQL");
    let execution = tokio::runtime::Runtime::new().expect("a runtime");
    execution.block_on(async {
        let mut admin = PgConnection::connect(&serveur.url("postgres"))
            .await
            .expect("the server");
        sqlx::raw_sql("create database enumeration")
            .execute(&mut admin)
            .await
            .expect("a database");
        let db = bassin::ouvrir(&serveur.url("enumeration"), Usage::Pages)
            .await
            .expect("a pool");
        MIGRATIONS.run(&db).await.expect("the migrations");
        let app = App::new(db, config());
        comptes(&app).await;
        let reglages = ReglagesHttp::pour(&app.config.public_url).expect("an origin");
        let routeur = vantail::portail(&app, &reglages);
        let mut durees = CLASSES.map(|_| Vec::with_capacity(tours));
        // Two rounds more than kept: the decoy hash and the prepared statements.
        for tour in 0..tours + 2 {
            sqlx::raw_sql("delete from compteurs")
                .execute(&app.db)
                .await
                .expect("no counter");
            for (rang, (_, adresse, mot)) in CLASSES.into_iter().enumerate() {
                let duree = essayer(&routeur, adresse, mot).await;
                if tour >= 2 {
                    durees[rang].push(duree);
                }
            }
        }
        println!(
            "{:<18} {:>10} {:>12} {:>16}",
            "class", "median ms", "difference", "Mann-Whitney p"
        );
        for ((nom, ..), mesures) in CLASSES.into_iter().zip(&durees) {
            println!(
                "{nom:<18} {:>10.2} {:>12.2} {:>16.3}",
                mediane(mesures),
                mediane(mesures) - mediane(&durees[0]),
                mann_whitney(mesures, &durees[0])
            );
        }
        app.db.close().await;
    });
    serveur.arreter();
}
