//! The command line as an operator meets it: the binary itself, its words, its exit code.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use vantail::acces::Systeme;
use vantail::commandes::schema;
use vantail::db::transaction;
use vantail::rattachements;
use vantail::web::Erreur;

use crate::support::Portail;
use crate::support::base::Base;
use crate::support::monde::siret;

const CLE: &str = "v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// The binary with an empty environment but for these variables.
fn vantail(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut commande = Command::new(env!("CARGO_BIN_EXE_vantail"));
    commande
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    commande
}

async fn lancer(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut commande = vantail(arguments, variables);
    tokio::task::spawn_blocking(move || commande.output())
        .await
        .expect("a thread")
        .expect("the binary")
}

fn dit(sortie: &Output) -> String {
    String::from_utf8_lossy(&sortie.stderr).into_owned()
}

/// One sentence on stderr, exit code 1.
fn refus(sortie: &Output, extrait: &str) {
    let erreur = dit(sortie);
    assert_eq!(sortie.status.code(), Some(1), "{erreur}");
    assert!(erreur.contains(extrait), "{erreur}");
    assert_eq!(erreur.trim_end().lines().count(), 1, "{erreur}");
}

#[tokio::test]
async fn la_table_des_routes_est_celle_du_releve() {
    let sortie = lancer(&["routes", "--json"], &[]).await;
    assert!(sortie.status.success(), "{}", dit(&sortie));
    let table = String::from_utf8(sortie.stdout).expect("UTF-8");
    let releve = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/routes.json");
    if std::env::var_os("VANTAIL_RELEVER").is_some() {
        std::fs::write(releve, &table).expect("a recorded table");
    }
    let attendu = std::fs::read_to_string(releve).expect("the recorded table");
    assert_eq!(
        table, attendu,
        "record it again with VANTAIL_RELEVER=1 if the change is wanted"
    );
}

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
    let (statut, texte) = lire(format!("http://{mesures}/metrics")).await;
    assert_eq!(statut, 200);
    assert!(texte.contains("vantail_connexions"), "{texte}");

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
async fn le_journal_se_verifie_de_la_ligne_de_commande() {
    let portail = Portail::nouveau().await;
    let systeme = Systeme::processus();
    vantail::demo::charger(&portail.app, &systeme)
        .await
        .expect("the demo world");
    let variables = [
        ("SECRET_KEY", CLE),
        ("DATABASE_URL", portail.url_de_la_base()),
    ];
    let sortie = lancer(&["journal", "verify"], &variables).await;
    assert!(sortie.status.success(), "{}", dit(&sortie));
    sqlx::raw_sql(
        "alter table historique disable trigger all;
         update historique set acteur_genre = 'equipe' where id = (select min(id::text)::uuid from historique);
         alter table historique enable trigger all",
    )
    .execute(&portail.db)
    .await
    .expect("an altered line");
    let sortie = lancer(&["journal", "verify"], &variables).await;
    assert_eq!(sortie.status.code(), Some(1));
    let liste = String::from_utf8_lossy(&sortie.stdout).into_owned();
    assert!(
        liste.contains("was altered") && liste.contains("1 defects"),
        "{liste}"
    );
}

#[tokio::test]
async fn un_gestionnaire_est_designe_la_ou_personne_ne_gere() {
    let portail = Portail::nouveau().await;
    let structure = portail.structure("COMMUNE DE LAMA", 1, true).await;
    let marie = portail.personne("marie.leca@lama.example").await;
    let paul = portail.personne("paul.orsini@lama.example").await;
    portail.demande(structure, marie, "us", &[]).await;
    portail.demande(structure, paul, "us", &[]).await;
    let variables = [
        ("SECRET_KEY", CLE),
        ("DATABASE_URL", portail.url_de_la_base()),
    ];
    let siret = siret(1);
    let arguments = [
        "gestionnaire",
        "designer",
        &siret,
        "Marie.Leca@lama.example",
        "--motif",
        "Arrêté du 3 mars",
    ];
    let sortie = lancer(&arguments, &variables).await;
    assert!(sortie.status.success(), "{}", dit(&sortie));

    assert_eq!(portail.structures_sans_un_gp().await, 0);
    assert_eq!(
        portail
            .nombre("select count(*) from structures s join rattachements r on r.id = s.gp_id join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = 'marie.leca@lama.example' and r.role = 'gp'")
            .await,
        1
    );
    assert_eq!(portail.nombre("select count(*) from demandes_rattachement where statut = 'validee' and acte is not null").await, 1);
    assert_eq!(portail.nombre("select count(*) from historique where action = 'gestionnaire_designe' and acteur_genre = 'systeme'").await, 1);
    let lettres = portail.courriers_pour("marie.leca@lama.example").await;
    let lettre = lettres
        .iter()
        .find(|c| c.gabarit == "gestionnaire_designe")
        .expect("a mail");
    assert!(
        lettre.texte.contains("Paul Orsini") && lettre.texte.contains("Arrêté du 3 mars"),
        "{}",
        lettre.texte
    );
    assert!(
        !lettre.texte.contains("- Marie Leca"),
        "her own request is satisfied: {}",
        lettre.texte
    );

    // There is one now: nobody takes his place this way.
    let avant = portail.empreinte().await;
    let arguments = [
        "gestionnaire",
        "designer",
        &siret,
        "paul.orsini@lama.example",
        "--motif",
        "Arrêté du 4 mars",
    ];
    refus(
        &lancer(&arguments, &variables).await,
        "déjà un gestionnaire principal : Marie Leca",
    );
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn une_structure_desactivee_et_vide_revient_avec_son_gestionnaire() {
    let portail = Portail::nouveau().await;
    portail.structure("RÉGIE DISSOUTE", 2, true).await;
    sqlx::query("update structures set statut = 'inactive'")
        .execute(&portail.db)
        .await
        .expect("inactive");
    portail.personne("marie.leca@lama.example").await;
    let systeme = Systeme::processus();
    let siret = siret(2);
    let designer = async |siret: &str, login: &str, motif: &str| {
        transaction(&portail.app, async |tx| {
            rattachements::designer(tx, &systeme, siret, login, motif).await
        })
        .await
    };
    for (siret, login, motif, champ) in [
        ("123", "marie.leca@lama.example", "Reprise", "siret"),
        (siret.as_str(), "inconnue@lama.example", "Reprise", "login"),
        (siret.as_str(), "marie.leca@lama.example", " ", "motif"),
        (
            siret.as_str(),
            "marie.leca@lama.example",
            &"x".repeat(256),
            "motif",
        ),
    ] {
        match designer(siret, login, motif).await {
            Err(Erreur::Invalide(erreurs)) => {
                assert!(erreurs.pour(champ).is_some(), "{champ}: {erreurs:?}")
            }
            autre => panic!("{champ}: {autre:?}"),
        }
    }
    let fait = designer(&siret, "marie.leca@lama.example", "Reprise")
        .await
        .expect("named");
    assert!(fait.reactivee);
    assert_eq!(
        portail
            .nombre("select count(*) from structures where statut = 'active' and a_gp")
            .await,
        1
    );
    assert_eq!(
        portail
            .nombre("select count(*) from historique where action = 'structure_reactivee'")
            .await,
        1
    );
}

#[tokio::test]
async fn un_compte_de_l_equipe_s_active_par_courriel() {
    let portail = Portail::nouveau().await;
    let variables = [
        ("SECRET_KEY", CLE),
        ("DATABASE_URL", portail.url_de_la_base()),
    ];
    let creer = async |equipe: &str| {
        let arguments = [
            "staff",
            "create",
            "--adresse",
            "Agathe.Colin@vantail.example",
            "--prenom",
            "Agathe",
            "--nom",
            "Colin",
            "--equipe",
            equipe,
        ];
        lancer(&arguments, &variables).await
    };
    refus(
        &creer("directeur").await,
        "support, referent ou administrateur",
    );
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 0);
    let sortie = creer("administrateur").await;
    assert!(sortie.status.success(), "{}", dit(&sortie));
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where equipe = 'administrateur' and statut = 'en_cours_activation' and mot_de_passe is null")
            .await,
        1
    );
    let lettres = portail.courriers_pour("agathe.colin@vantail.example").await;
    assert_eq!(lettres.len(), 1);
    assert_eq!(lettres[0].gabarit, "activation");
    refus(&creer("support").await, "existe déjà");
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
        schema::exiger(&db).await.expect("the present schema");
    }
}
