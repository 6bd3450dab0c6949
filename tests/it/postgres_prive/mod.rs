//! The private PostgreSQL: start, exclusivity, durability, death, missing binaries, folders out of reach.
//! Runs as root (which hands over to another account) and as an ordinary user.

mod binaires;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use vantail::postgres_prive::{MEMOIRE_MODESTE, PostgresPrive, Reglages, balayer};

const VARIABLE_DU_PARENT: &str = "VANTAIL_TEST_PARENT_SACRIFIE";

/// A folder that the account of PostgreSQL can cross (tempfile makes it 0700).
fn dossier() -> tempfile::TempDir {
    let d = tempfile::tempdir().expect("temporary folder");
    fs::set_permissions(d.path(), fs::Permissions::from_mode(0o711)).expect("mode");
    d
}

fn reglages(dossier: &Path) -> Reglages {
    Reglages {
        dossier: dossier.join("base"),
        durable: false,
        memoire_mio: MEMOIRE_MODESTE,
        binaires: None,
    }
}

fn demarrer(dossier: &Path) -> PostgresPrive {
    PostgresPrive::demarrer(&reglages(dossier)).expect("PostgreSQL starts")
}

async fn connexion(pg: &PostgresPrive) -> PgConnection {
    PgConnection::connect(&pg.url("postgres"))
        .await
        .expect("connection")
}

fn est_vivant(pid: u32) -> bool {
    Command::new("/bin/sh")
        .args(["-c", r#"kill -0 "$1" 2>/dev/null"#, "sh", &pid.to_string()])
        .status()
        .expect("a shell")
        .success()
}

/// Waits for a fact that another process brings about.
fn attendre(quoi: &str, fait: impl Fn() -> bool) {
    let debut = Instant::now();
    while !fait() {
        assert!(
            debut.elapsed() < Duration::from_secs(20),
            "never happened: {quoi}"
        );
        thread::yield_now();
    }
}

/// The `pgNN` folder.
fn version(pg: &PostgresPrive) -> PathBuf {
    let mut trouves = fs::read_dir(pg.dossier())
        .expect("folder")
        .flatten()
        .map(|e| e.path());
    trouves
        .find(|p| p.join("donnees").exists())
        .expect("a pgNN folder")
}

#[tokio::test]
async fn le_serveur_prive_demarre_sert_et_s_arrete() {
    let d = dossier();
    let pg = demarrer(d.path());
    let mut c = connexion(&pg).await;
    let lire = async |c: &mut PgConnection, nom: &'static str| -> String {
        sqlx::query_scalar("select current_setting($1)")
            .bind(nom)
            .fetch_one(c)
            .await
            .expect("setting")
    };
    assert_eq!(lire(&mut c, "listen_addresses").await, "", "no TCP");
    assert_eq!(lire(&mut c, "max_connections").await, "200");
    assert_eq!(lire(&mut c, "fsync").await, "off");
    assert_eq!(lire(&mut c, "server_encoding").await, "UTF8");
    let minuscules: String = sqlx::query_scalar("select lower('ÉLÉONORE')")
        .fetch_one(&mut c)
        .await
        .expect("query");
    assert_eq!(minuscules, "éléonore");
    let prive = fs::metadata(version(&pg)).expect("metadata");
    assert_eq!(prive.mode() & 0o777, 0o700);
    assert_ne!(prive.uid(), 0, "PostgreSQL never runs as root");
    let pid = pg.pid();
    let marque = version(&pg).join("donnees/postmaster.pid");
    assert!(est_vivant(pid) && marque.exists());
    pg.arreter();
    assert!(!est_vivant(pid), "arreter waits for the end");
    assert!(!marque.exists(), "the stop was clean");
}

#[tokio::test]
async fn les_donnees_survivent_a_un_arret_et_a_un_redemarrage() {
    let d = dossier();
    let durable = Reglages {
        durable: true,
        memoire_mio: MEMOIRE_MODESTE,
        ..reglages(d.path())
    };
    let pg = PostgresPrive::demarrer(&durable).expect("first start");
    let mut c = connexion(&pg).await;
    let fsync: String = sqlx::query_scalar("show fsync")
        .fetch_one(&mut c)
        .await
        .expect("setting");
    assert_eq!(fsync, "on");
    sqlx::query("create table t as select 42 as n")
        .execute(&mut c)
        .await
        .expect("table");
    drop(c);
    drop(pg);
    let pg = PostgresPrive::demarrer(&durable).expect("second start");
    let n: i32 = sqlx::query_scalar("select n from t")
        .fetch_one(&mut connexion(&pg).await)
        .await
        .expect("row");
    assert_eq!(n, 42);
}

#[test]
fn un_dossier_n_a_qu_un_utilisateur_a_la_fois() {
    let d = dossier();
    let premier = demarrer(d.path());
    let refus = PostgresPrive::demarrer(&reglages(d.path()))
        .expect_err("the folder is taken")
        .to_string();
    assert!(
        refus.contains("already used") && refus.contains("base"),
        "{refus}"
    );
    assert!(
        est_vivant(premier.pid()),
        "the refusal leaves the first one alone"
    );
    premier.arreter();
    demarrer(d.path());
}

/// The victim of the next test, run in a process of its own; without its variable there is nothing to do.
#[test]
fn parent_sacrifie() {
    let Some(dossier) = std::env::var_os(VARIABLE_DU_PARENT) else {
        return;
    };
    let pg = demarrer(Path::new(&dossier));
    println!("pid={}", pg.pid());
    loop {
        thread::park();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn la_mort_brutale_du_parent_arrete_proprement_postgresql() {
    let d = dossier();
    let mut parent = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "postgres_prive::parent_sacrifie", "--nocapture"])
        .env(VARIABLE_DU_PARENT, d.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("child");
    let sortie = BufReader::new(parent.stdout.take().expect("stdout"));
    let pid: u32 = sortie
        .lines()
        .map_while(Result::ok)
        .find_map(|l| l.split_once("pid=")?.1.parse().ok())
        .expect("the parent started its server");
    assert!(est_vivant(pid));
    parent.kill().expect("kill -9");
    parent.wait().expect("end");
    attendre("the server stops", || !est_vivant(pid));
    let pg = demarrer(d.path());
    let journal = fs::read_to_string(version(&pg).join("journal")).expect("log");
    assert!(!journal.contains("not properly shut down"), "{journal}");
}

#[test]
fn un_serveur_abandonne_est_remplace_au_demarrage() {
    let d = dossier();
    let premier = demarrer(d.path());
    let donnees = version(&premier).join("donnees");
    let ancien = premier.pid();
    // What a killed application leaves where the system has no death signal: a live server and a free lock.
    let verrou = version(&premier).join("verrou");
    fs::rename(&verrou, verrou.with_extension("vole")).expect("rename");
    let second = demarrer(d.path());
    assert!(!est_vivant(ancien));
    assert_ne!(second.pid(), ancien);
    assert!(donnees.join("postmaster.pid").exists());
}

#[test]
fn une_autre_version_dans_le_dossier_est_dite_clairement() {
    let d = dossier();
    let pg = demarrer(d.path());
    let marque = version(&pg).join("donnees/PG_VERSION");
    pg.arreter();
    fs::write(&marque, "9\n").expect("write");
    let refus = PostgresPrive::demarrer(&reglages(d.path()))
        .expect_err("wrong version")
        .to_string();
    assert!(refus.contains("was written by PostgreSQL 9"), "{refus}");
}

#[tokio::test]
async fn un_ancetre_infranchissable_fait_replier_dans_le_dossier_temporaire() {
    let d = tempfile::tempdir().expect("temporary folder");
    let ferme = d.path().join("ferme");
    fs::create_dir(&ferme).expect("folder");
    // For root, 0700 shuts the account of PostgreSQL out; for an ordinary user, 0500 refuses the creation.
    fs::set_permissions(&ferme, fs::Permissions::from_mode(0o500)).expect("mode");
    let pg = demarrer(&ferme);
    assert!(
        !pg.dossier().starts_with(d.path()),
        "{}",
        pg.dossier().display()
    );
    let nom = pg
        .dossier()
        .file_name()
        .expect("name")
        .to_string_lossy()
        .into_owned();
    assert!(nom.starts_with("vantail-"), "{nom}");
    connexion(&pg).await.ping().await.expect("it serves");
    let replie = pg.dossier().to_path_buf();
    pg.arreter();
    fs::remove_dir_all(replie).expect("cleaning");
}

#[tokio::test]
async fn un_chemin_trop_long_pour_une_prise_garde_les_donnees_et_deplace_la_prise() {
    let d = dossier();
    let long = d.path().join("x".repeat(120));
    let pg = demarrer(&long);
    assert!(
        pg.dossier().starts_with(&long),
        "the data stays where it was asked for"
    );
    connexion(&pg).await.ping().await.expect("it serves");
    let url = url::Url::parse(&pg.url("postgres")).expect("address");
    let prise = url
        .query_pairs()
        .find(|(k, _)| k == "host")
        .expect("socket")
        .1
        .into_owned();
    assert!(prise.len() < 87, "{prise}");
    pg.arreter();
    fs::remove_dir_all(Path::new(&prise).parent().expect("parent")).expect("cleaning");
}

#[test]
fn seuls_les_dossiers_de_tests_des_processus_morts_sont_balayes() {
    let d = dossier();
    let mut mort = Command::new("true").spawn().expect("process");
    let pid = mort.id();
    mort.wait().expect("end");
    let noms = [
        format!("vantail-tests-{pid}"),
        format!("vantail-tests-{}", std::process::id()),
        "vantail-abc".into(),
    ];
    for nom in &noms {
        fs::create_dir_all(d.path().join(nom).join("pg15/donnees")).expect("folder");
    }
    balayer(d.path());
    let restent = noms.map(|n| d.path().join(n).exists());
    assert_eq!(restent, [false, true, true]);
}
