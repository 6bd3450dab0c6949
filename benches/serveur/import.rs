//! `vantail import structures` beside `psql \copy` of the same rows.
//!
//! The file is the directory shipped with the program, line after line and round again, under other identifiers. Each round has a
//! new database: the import into the table of the portal, then the rows it made, copied by `psql` into a table with the same
//! columns, generated ones included, and the same indexes and checks. What the import does besides: it reads and checks a CSV, looks
//! for what exists and for lines twice, tells what it did, and writes the historique.

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use flate2::read::GzDecoder;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use vantail::db::MIGRATIONS;
use vantail::demo::masse::siret;
use vantail::imports::annuaire_embarque;
use vantail::postgres_prive::binaires::{self, Lieux};

use crate::commun::base::Base;
use crate::commun::centiles;
use crate::commun::monde::{VARIABLES, creer_base};
use crate::guet::Guet;
use crate::objectifs::Objectifs;

const BASE: &str = "mesures_import";
const TOURS: usize = 3;
/// What the import keeps of the speed of `\copy`.
const PART: f64 = 0.3;

/// Columns that are given, in their order.
const COLONNES: &str = "
  select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
  where attrelid = 'structures'::regclass and attnum > 0 and not attisdropped and attgenerated = ''";

pub async fn comparer(base: &Base, dossier: &Path, lignes: u64, objectifs: &mut Objectifs) {
    println!("\nImport of {lignes} structures, and \\copy of the same rows: lines per second");
    let fichier = dossier.join("structures.csv");
    std::fs::write(&fichier, fabriquer(lignes)).expect("a file");
    let copie = dossier.join("structures.copy");
    let (mut imports, mut copies) = (Vec::new(), Vec::new());
    for tour in 1..=TOURS {
        supprimer(base).await;
        creer_base(base, BASE).await;
        let url = base.url(BASE);
        let mut db = PgConnection::connect(&url).await.expect("a connection");
        MIGRATIONS.run(&mut db).await.expect("the migrations");
        let (premier, memoire) = importer(&url, &fichier);
        let lues: i64 = sqlx::query_scalar("select count(*) from structures")
            .fetch_one(&mut db)
            .await
            .expect("a count");
        assert_eq!(lues.unsigned_abs(), lignes, "structures imported");
        let (second, _) = importer(&url, &fichier);
        let colonnes: String = sqlx::query_scalar(COLONNES)
            .fetch_one(&mut db)
            .await
            .expect("columns");
        sqlx::raw_sql("create table copie (like structures including all)")
            .execute(&mut db)
            .await
            .expect("a table");
        let vers = copie.display();
        psql(
            &url,
            &format!("\\copy (select {colonnes} from structures order by id) to '{vers}'"),
        );
        let debut = Instant::now();
        psql(&url, &format!("\\copy copie ({colonnes}) from '{vers}'"));
        let copiee = debut.elapsed().as_secs_f64();
        db.close().await.expect("an end");
        let debit = |secondes: f64| lignes as f64 / secondes;
        println!(
            "  round {tour}: import {:.0}/s ({memoire:.0} MiB at most), again with nothing to change {:.0}/s, \\copy {:.0}/s",
            debit(premier),
            debit(second),
            debit(copiee)
        );
        imports.push(debit(premier));
        copies.push(debit(copiee));
    }
    supprimer(base).await;
    let ratio = centiles(imports).0 / centiles(copies).0;
    println!("  ratio of the medians {ratio:.2}");
    objectifs.noter(
        &format!("import ≥ {PART} × \\copy"),
        format!("{ratio:.2}"),
        ratio >= PART,
    );
}

async fn supprimer(base: &Base) {
    let mut admin = PgConnection::connect(&base.url("postgres"))
        .await
        .expect("the server");
    let ordre = format!("drop database if exists {BASE} with (force)");
    sqlx::raw_sql(AssertSqlSafe(ordre))
        .execute(&mut admin)
        .await
        .expect("no database");
}

/// Seconds of the command, and its highest memory in MiB.
fn importer(url: &str, fichier: &Path) -> (f64, f64) {
    let debut = Instant::now();
    let mut enfant = Command::new(env!("CARGO_BIN_EXE_vantail"))
        .args(["import", "structures"])
        .arg(fichier)
        .env_clear()
        .envs(VARIABLES)
        .env("DATABASE_URL", url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the import");
    let guet = Guet::nouveau(enfant.id());
    let issue = enfant.wait().expect("an end");
    let duree = debut.elapsed().as_secs_f64();
    assert!(issue.success(), "the import: {issue}");
    (duree, guet.haut())
}

/// The client beside the server's binaries, or that of the `PATH`.
fn psql(url: &str, ordre: &str) {
    let impose = std::env::var_os("VANTAIL_PG_BIN").map(PathBuf::from);
    let binaires = binaires::chercher(impose.as_deref(), &Lieux::de_la_machine());
    let client = binaires
        .map(|b| b.dossier.join("psql"))
        .ok()
        .filter(|chemin| chemin.exists())
        .unwrap_or_else(|| "psql".into());
    let issue = Command::new(client)
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", ordre])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("psql");
    assert!(issue.success(), "psql: {issue}");
}

fn fabriquer(lignes: u64) -> String {
    let mut annuaire = String::new();
    GzDecoder::new(annuaire_embarque())
        .read_to_string(&mut annuaire)
        .expect("the directory");
    let (entete, corps) = annuaire.split_once('\n').expect("a header");
    let mut fichier = format!("{entete}\n");
    let modeles: Vec<&str> = corps.lines().collect();
    for (rang, modele) in (0..lignes).zip(modeles.iter().cycle()) {
        let (genre, suite) = modele.split_once(';').expect("two columns");
        let (_, suite) = suite.split_once(';').expect("three columns");
        writeln!(fichier, "{genre};{};{suite}", siret(rang)).expect("memory");
    }
    fichier
}
