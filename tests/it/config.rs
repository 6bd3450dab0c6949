//! A wrong setting fails at start and names its variable (decisions 23); `.env.example` tells them all.

use std::cell::RefCell;
use std::collections::BTreeSet;

use vantail::config::{Config, Source};

const JUSTES: [(&str, &str); 4] = [
    (
        "SECRET_KEY",
        "v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    ),
    ("PUBLIC_URL", "https://vantail.example"),
    ("SMTP_URL", "smtps://relais.example"),
    ("BRAND_NAME", "Vantail"),
];

/// `None` removes a variable.
fn lire(changees: &[(&str, Option<&str>)]) -> anyhow::Result<Config> {
    let source = |nom: &str| match changees.iter().find(|(n, _)| *n == nom) {
        Some((_, valeur)) => valeur.map(str::to_owned),
        None => JUSTES
            .iter()
            .find(|(n, _)| *n == nom)
            .map(|(_, v)| (*v).to_owned()),
    };
    Config::lire(&source)
}

#[test]
fn une_valeur_fausse_nomme_sa_variable() {
    lire(&[]).expect("the right values are accepted");
    let faux = [
        ("SECRET_KEY", None),
        ("SECRET_KEY", Some("secret")),
        ("SECRET_KEY", Some("v1:Y291cnRl")),
        ("SMTP_URL", None),
        ("PUBLIC_URL", None),
        ("PUBLIC_URL", Some("vantail.example")),
        ("PUBLIC_URL", Some("https://vantail.example/portail")),
        ("PUBLIC_URL", Some("http://vantail.example")),
        ("PUBLIC_URL", Some("ftp://vantail.example")),
        ("LISTEN_ADDR", Some("localhost")),
        ("METRICS_ADDR", Some("9090")),
        ("MAIL_FROM", Some("Vantail")),
        ("TRUSTED_PROXIES", Some("10.0.0.0/8,proxy")),
        ("TRUSTED_PROXIES", Some("10.0.0.0/64")),
        ("ACCESSIBILITY_STATUS", Some("conforme")),
        ("SECOND_FACTOR_REQUIRED", Some("tous")),
        ("ESPACES_FACTURES_RECUES", Some("factures")),
        ("ESPACES_FACTURES_A_VALIDER", Some("javascript:alert(1)")),
        ("HELP_COMMUNITY", Some("communaute")),
        ("DOMAINES_OUTILS", Some("data:text/html,x")),
    ];
    for (nom, valeur) in faux {
        let erreur = lire(&[(nom, valeur)]).expect_err(&format!("{nom}={valeur:?}"));
        let phrase = format!("{erreur:#}");
        assert!(phrase.contains(nom), "{nom}={valeur:?}: {phrase}");
        assert!(
            !phrase.contains("Y291cnRl"),
            "a secret is never quoted: {phrase}"
        );
    }
}

#[test]
fn la_demonstration_reste_sur_la_boucle_locale() {
    let cles = || vantail::demo::secret::nouveau().expect("keys");
    let ailleurs = |nom: &str| (nom == "LISTEN_ADDR").then(|| "0.0.0.0:8080".to_owned());
    let erreur = Config::demo(&ailleurs, cles()).expect_err("known passwords");
    assert!(erreur.to_string().contains("LISTEN_ADDR"));
    let config = Config::demo(&|_| None, cles()).expect("nothing is needed");
    assert_eq!(config.origine(), "http://127.0.0.1:8080");
    assert!(config.demo);
}

#[test]
fn les_mandataires_de_confiance_sont_lus() {
    let config = lire(&[("TRUSTED_PROXIES", Some("10.0.0.0/8, ::1"))]).expect("valid");
    assert_eq!(config.trusted_proxies.len(), 2);
    assert!(config.trusted_proxies[0].contient("10.2.3.4".parse().expect("an address")));
}

/// What is read is documented, what is documented is read.
#[test]
fn l_exemple_dit_toutes_les_variables() {
    let lues = RefCell::new(BTreeSet::new());
    {
        let source: Source<'_> = &|nom: &str| {
            lues.borrow_mut().insert(nom.to_owned());
            JUSTES
                .iter()
                .find(|(n, _)| *n == nom)
                .map(|(_, v)| (*v).to_owned())
        };
        Config::lire(source).expect("valid");
        vantail::config::dossier_de_donnees(source);
    }
    // Read by the commands, the logs, the tests, the compose file.
    let ailleurs = [
        "DATABASE_URL",
        "VANTAIL_PG_BIN",
        "DEMO_SIZE",
        "RUST_LOG",
        "VANTAIL_RONDES",
        "POSTGRES_PASSWORD",
    ];
    let mut attendues = lues.into_inner();
    attendues.extend(ailleurs.map(str::to_owned));
    let exemple = include_str!("../../.env.example");
    let dites: BTreeSet<String> = exemple
        .lines()
        .filter_map(|ligne| ligne.trim_start_matches('#').split_once('='))
        .map(|(nom, _)| nom.to_owned())
        .filter(|nom| !nom.is_empty() && nom.bytes().all(|o| o.is_ascii_uppercase() || o == b'_'))
        .collect();
    assert_eq!(dites, attendues);
    let page = include_str!("../../docs/EXPLOITATION.md");
    let tues: Vec<_> = attendues
        .iter()
        .filter(|nom| !page.contains(&format!("`{nom}`")))
        .collect();
    assert!(tues.is_empty(), "not in docs/EXPLOITATION.md: {tues:?}");
}

/// `set -a; . ./.env` (docs/EXPLOITATION.md): a value with a blank needs quotes.
#[test]
fn l_exemple_se_lit_par_un_shell() {
    let lu = std::process::Command::new("sh")
        .args([
            "-eac",
            ". ./.env.example; echo \"$ACCESSIBILITY_STATUS, $MAIL_FROM\"",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("a shell");
    assert_eq!(String::from_utf8_lossy(&lu.stderr), "");
    assert_eq!(
        String::from_utf8_lossy(&lu.stdout).trim_end(),
        "non conforme, Vantail <ne-pas-repondre@example.org>"
    );
}
