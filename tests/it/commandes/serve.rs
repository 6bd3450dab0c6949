//! `serve` and `migrate`: what they refuse, how they start and stop.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use vantail::commandes::schema;
use vantail::db::MIGRATIONS;
use vantail::db::bassin::{Usage, ouvrir};

use super::{CLE, dit, lancer, refus, vantail};
use crate::support::Portail;
use crate::support::base::Base;

#[tokio::test]
async fn serve_refuse_sans_base() {
    let variables = [
        ("SECRET_KEY", CLE),
        ("PUBLIC_URL", "https://vantail.example"),
        ("SMTP_URL", "smtps://relais.example"),
    ];
    refus(
        &lancer(&["serve"], &variables).await,
        "DATABASE_URL is missing",
    );
    let mut muette = variables.to_vec();
    muette.push((
        "DATABASE_URL",
        "postgres://vantail:tres-secret@127.0.0.1:1/vantail",
    ));
    let sortie = lancer(&["serve"], &muette).await;
    refus(&sortie, "DATABASE_URL");
    assert!(!dit(&sortie).contains("tres-secret"), "{}", dit(&sortie));
}

#[tokio::test]
async fn serve_refuse_un_schema_ancien_ou_plus_recent() {
    let portail = Portail::nouveau().await;
    schema::exiger(&portail.db)
        .await
        .expect("the present schema");
    let derniere: i64 = sqlx::query_scalar("select max(version) from _sqlx_migrations")
        .fetch_one(&portail.db)
        .await
        .expect("a version");
    sqlx::query("update _sqlx_migrations set version = 9999 where version = $1")
        .bind(derniere)
        .execute(&portail.db)
        .await
        .expect("a newer schema");
    let variables = [
        ("SECRET_KEY", CLE),
        ("PUBLIC_URL", "https://vantail.example"),
        ("SMTP_URL", "smtps://relais.example"),
        ("DATABASE_URL", portail.url_de_la_base()),
        ("LISTEN_ADDR", "127.0.0.1:0"),
    ];
    let sans_journaux = |sortie: Output| {
        assert!(!dit(&sortie).contains("ready"));
        sortie
    };
    refus(
        &sans_journaux(lancer(&["serve"], &variables).await),
        "newer than this binary",
    );
    refus(
        &lancer(&["migrate"], &variables).await,
        "newer than this binary",
    );
    sqlx::query("delete from _sqlx_migrations where version = 9999")
        .execute(&portail.db)
        .await
        .expect("an older schema");
    refus(
        &lancer(&["serve"], &variables).await,
        "older than this binary",
    );
    sqlx::query("drop table _sqlx_migrations")
        .execute(&portail.db)
        .await
        .expect("no schema");
    refus(&lancer(&["serve"], &variables).await, "vantail migrate");
}

#[tokio::test]
async fn une_migration_d_une_autre_fabrication_est_refusee() {
    let portail = Portail::nouveau().await;
    sqlx::query("update _sqlx_migrations set checksum = '\\x00' where version = 1")
        .execute(&portail.db)
        .await
        .expect("an altered migration");
    let erreur = schema::exiger(&portail.db).await.expect_err("altered");
    assert!(erreur.to_string().contains("migration 1"), "{erreur}");
}

/// What docs/EXPLOITATION.md says to watch is what is published, and the reverse; a request has its route and duration.
fn mesures_documentees(texte: &str) {
    let publiees: BTreeSet<&str> = texte
        .lines()
        .filter_map(|ligne| ligne.strip_prefix("# TYPE "))
        .filter_map(|ligne| ligne.split(' ').next())
        .collect();
    let page = include_str!("../../../docs/EXPLOITATION.md");
    let documentees: BTreeSet<&str> = page
        .lines()
        .filter_map(|ligne| ligne.strip_prefix("| `"))
        .filter_map(|ligne| ligne.split('`').next())
        .filter(|nom| nom.starts_with("vantail_") || nom.starts_with("process_"))
        .collect();
    let tues: Vec<_> = publiees.difference(&documentees).collect();
    assert!(tues.is_empty(), "not in docs/EXPLOITATION.md: {tues:?}");
    // Appears with the first mail that leaves.
    let absentes: Vec<_> = documentees
        .difference(&publiees)
        .filter(|nom| **nom != "vantail_courriers_total")
        .collect();
    assert!(
        absentes.is_empty(),
        "not published: {absentes:?} in {texte}"
    );
    let requete = texte.lines().find(|ligne| {
        ligne.starts_with("vantail_requetes_secondes_count")
            && [
                r#"methode="GET""#,
                r#"chemin="/connexion""#,
                r#"statut="200""#,
            ]
            .iter()
            .all(|mot| ligne.contains(mot))
    });
    assert!(requete.is_some_and(|l| l.ends_with(" 1")), "{texte}");
}

/// A running `serve`; killed if the test fails half-way.
struct EnMarche(Child);

impl Drop for EnMarche {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn serve_est_pret_en_une_seconde_et_s_arrete_au_signal() {
    let portail = Portail::nouveau().await;
    let variables = [
        ("SECRET_KEY", CLE),
        ("PUBLIC_URL", "https://vantail.example"),
        ("SMTP_URL", "smtp://127.0.0.1:1"),
        ("DATABASE_URL", portail.url_de_la_base()),
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("METRICS_ADDR", "127.0.0.1:0"),
    ];
    let mut commande = vantail(&["serve"], &variables);
    commande.stderr(Stdio::piped()).stdout(Stdio::null());
    let depart = Instant::now();
    let mut marche = EnMarche(commande.spawn().expect("the binary"));
    let mut journal = BufReader::new(marche.0.stderr.take().expect("a pipe"));
    let (adresses, journal, pret_en) = tokio::task::spawn_blocking(move || {
        let mut ligne = String::new();
        loop {
            ligne.clear();
            assert!(
                journal.read_line(&mut ligne).expect("a line") > 0,
                "ended before it was ready"
            );
            let lue: serde_json::Value = serde_json::from_str(&ligne).expect("JSON lines");
            if lue["message"] == "ready" {
                let adresse = |nom: &str| lue[nom].as_str().expect("an address").to_owned();
                return (
                    (adresse("adresse"), adresse("mesures")),
                    journal,
                    depart.elapsed(),
                );
            }
        }
    })
    .await
    .expect("a thread");
    // The budget is one second; the tests run in parallel on few cores.
    assert!(pret_en < Duration::from_secs(5), "{pret_en:?}");
    let (adresse, mesures) = adresses;
    let client = reqwest::Client::new();
    let lire = async |url: String| {
        let reponse = client.get(url).send().await.expect("an answer");
        (
            reponse.status().as_u16(),
            reponse.text().await.expect("a text"),
        )
    };
    assert_eq!(lire(format!("http://{adresse}/ready")).await.0, 200);
    assert_eq!(lire(format!("http://{adresse}/live")).await.0, 200);
    assert_ne!(
        lire(format!("http://{adresse}/metrics")).await.0,
        200,
        "metrics stay inside"
    );
    let page = client
        .get(format!("http://{adresse}/connexion"))
        .header("Host", "vantail.example");
    assert_eq!(page.send().await.expect("an answer").status().as_u16(), 200);
    let texte = loop {
        let (statut, texte) = lire(format!("http://{mesures}/metrics")).await;
        assert_eq!(statut, 200);
        // The first run of the jobs ends when it ends.
        if texte.contains("vantail_travaux_total") {
            break texte;
        }
        assert!(depart.elapsed() < Duration::from_secs(20), "{texte}");
        tokio::task::yield_now().await;
    };
    mesures_documentees(&texte);
    let metriques = [("METRICS_ADDR", mesures.as_str())];
    let sonde = lancer(&["ready"], &metriques).await;
    assert!(sonde.status.success(), "{}", dit(&sonde));

    let pid = marche.0.id().to_string();
    let fin = Instant::now();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill")
            .success()
    );
    // Not ready at once, still serving: the balancer has time to look elsewhere.
    loop {
        if lire(format!("http://{adresse}/ready")).await.0 == 503 {
            break;
        }
        assert!(fin.elapsed() < Duration::from_secs(4), "still ready");
        tokio::task::yield_now().await;
    }
    refus(&lancer(&["ready"], &metriques).await, "is not ready");
    assert_eq!(lire(format!("http://{adresse}/live")).await.0, 200);
    // A second signal does not wait.
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill")
            .success()
    );
    let statut = tokio::task::spawn_blocking(move || {
        let statut = marche.0.wait().expect("an end");
        let mut reste = String::new();
        BufReader::new(journal)
            .read_to_string(&mut reste)
            .expect("the end of the log");
        (statut, reste)
    })
    .await
    .expect("a thread");
    assert_eq!(statut.0.code(), Some(0), "{}", statut.1);
}

#[tokio::test]
async fn migrate_part_de_rien_et_se_repete() {
    let base = Base::nouvelle().await;
    let db = base.bassin().await;
    sqlx::raw_sql("drop schema public cascade; create schema public")
        .execute(&db)
        .await
        .expect("an empty database");
    for _ in 0..2 {
        let sortie = lancer(&["migrate"], &[("DATABASE_URL", base.url())]).await;
        assert!(sortie.status.success(), "{}", dit(&sortie));
        assert!(!dit(&sortie).contains("language"), "{}", dit(&sortie));
        schema::exiger(&db).await.expect("the present schema");
    }
}

/// In the order of a language « ~ » comes before the letters: the pieces of index that a search reads would be empty.
#[tokio::test]
async fn migrate_dit_qu_une_base_trie_par_une_langue() {
    let Some(base) = Base::en_francais().await else {
        return;
    };
    let sortie = lancer(&["migrate"], &[("DATABASE_URL", base.url())]).await;
    assert!(sortie.status.success(), "{}", dit(&sortie));
    assert!(
        dit(&sortie).contains("sorts by a language"),
        "{}",
        dit(&sortie)
    );
}

/// A migration that waits for a table makes everybody else wait behind it: it lets go after 2 s, and comes back.
#[tokio::test]
async fn migrate_laisse_passer_puis_revient() {
    let base = Base::nouvelle().await;
    let mut temoin = PgConnection::connect(base.url()).await.expect("connected");
    sqlx::raw_sql("drop schema public cascade; create schema public")
        .execute(&mut temoin)
        .await
        .expect("an empty database");
    MIGRATIONS
        .run_to(34, &mut temoin)
        .await
        .expect("an older schema");
    // A long reading of a table that migration 35 alters.
    let mut lecteur = PgConnection::connect(base.url()).await.expect("connected");
    sqlx::raw_sql("begin; select count(*) from sollicitation_messages")
        .execute(&mut lecteur)
        .await
        .expect("read");
    let db = ouvrir(base.url(), Usage::Migrations).await.expect("a pool");
    let observer = async {
        let mut tentatives = BTreeSet::new();
        let debut = Instant::now();
        while tentatives.len() < 2 {
            assert!(debut.elapsed() < Duration::from_secs(20), "{tentatives:?}");
            let vue: Option<String> = sqlx::query_scalar(
                "select query_start::text from pg_stat_activity
                 where application_name = 'vantail migrate' and wait_event_type = 'Lock'
                   and datname = current_database()",
            )
            .fetch_optional(&mut temoin)
            .await
            .expect("the activity");
            tentatives.extend(vue);
            tokio::task::yield_now().await;
        }
        lecteur.close().await.expect("the reading ends");
    };
    let (issue, ()) = tokio::join!(schema::appliquer(&db), observer);
    issue.expect("up to date");
    let portail = base.bassin().await;
    schema::exiger(&portail).await.expect("the present schema");
}
