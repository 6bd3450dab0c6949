//! Typed configuration, read once at start: a wrong value fails there, naming its variable (decisions 23).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use url::Url;

use crate::pieces::Clamd;
use crate::secrets::Cles;
use crate::serveur::Reseau;

/// Cost of a password hash. Real everywhere but in the tests.
#[derive(Clone, Copy, Debug)]
pub struct CoutArgon2 {
    pub memoire_kio: u32,
    pub passes: u32,
}

impl Default for CoutArgon2 {
    /// OWASP: 19 MiB, two passes, one lane (security.md PW4).
    fn default() -> Self {
        Self {
            memoire_kio: 19 * 1024,
            passes: 2,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Config {
    pub public_url: Url,
    pub listen_addr: SocketAddr,
    pub metrics_addr: Option<SocketAddr>,
    pub smtp_url: Option<String>,
    pub mail_from: String,
    pub cles: Arc<Cles>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Reseau>,
    pub marque: Arc<str>,
    pub exploitant: String,
    /// For the mentions légales; what the operator did not give is said to be missing.
    pub directeur_publication: Option<String>,
    pub hebergeur: Option<String>,
    /// Address or telephone of the operator, as it is to be shown.
    pub contact: Option<String>,
    /// Declared state of accessibility; without an audit the only true one is « non conforme ».
    pub accessibilite: String,
    /// Address of the application behind each espace, by code; an espace without one has no menu entry (spec §4).
    pub espaces: BTreeMap<String, String>,
    /// Where else help is found: FAQ by audience, communauté (spec §13 « Header and domains »).
    pub aide: Vec<LienExterieur>,
    /// The domains that live in another portal; one without address is not shown.
    pub domaines: Vec<LienExterieur>,
    /// Staff accounts reach nothing before they have a second factor (decisions 22); off in `demo` by default.
    pub facteur_exige: bool,
    /// Antivirus that attachments wait for; `None`: they are not scanned.
    pub clamd: Option<Clamd>,
    /// The demo world: mails readable in the browser, known passwords. Never in `serve`.
    pub demo: bool,
    pub argon2: CoutArgon2,
}

/// A link that the operator configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LienExterieur {
    pub libelle: &'static str,
    /// What is behind it, in a few words.
    pub objet: &'static str,
    pub href: String,
}

/// Where the values come from: the environment, or a map in the tests.
pub type Source<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The real environment; an empty variable counts as absent.
pub fn environnement(nom: &str) -> Option<String> {
    std::env::var(nom).ok().filter(|v| !v.trim().is_empty())
}

fn lue<T: std::str::FromStr>(source: Source<'_>, nom: &str, defaut: &str) -> anyhow::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let valeur = source(nom).unwrap_or_else(|| defaut.to_owned());
    valeur
        .trim()
        .parse()
        .with_context(|| format!("{nom} is not valid: {valeur:?}"))
}

fn cles(source: Source<'_>) -> anyhow::Result<Cles> {
    let secret = source("SECRET_KEY")
        .context("SECRET_KEY is missing: give v1:<32 bytes or more in base64>")?;
    Cles::lire(&secret).context("SECRET_KEY is not valid")
}

/// `ACCESSIBILITY_STATUS`: one of the three words that the law knows.
fn accessibilite(source: Source<'_>) -> anyhow::Result<String> {
    let etat = source("ACCESSIBILITY_STATUS").unwrap_or_else(|| "non conforme".to_owned());
    if ![
        "non conforme",
        "partiellement conforme",
        "totalement conforme",
    ]
    .contains(&etat.as_str())
    {
        bail!(
            "ACCESSIBILITY_STATUS must be « non conforme », « partiellement conforme » or « totalement conforme »"
        );
    }
    Ok(etat)
}

/// `SECOND_FACTOR_REQUIRED`: for whom signing in without a second factor leads only to setting one up.
fn facteur_exige(source: Source<'_>, demo: bool) -> anyhow::Result<bool> {
    match source("SECOND_FACTOR_REQUIRED").as_deref() {
        None => Ok(!demo),
        Some("staff") => Ok(true),
        Some("nobody") => Ok(false),
        Some(_) => bail!("SECOND_FACTOR_REQUIRED must be « staff » or « nobody »"),
    }
}

/// `TRUSTED_PROXIES`: addresses or CIDR blocks, separated by commas.
fn proxies(source: Source<'_>) -> anyhow::Result<Vec<Reseau>> {
    source("TRUSTED_PROXIES")
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(|p| p.parse().context("TRUSTED_PROXIES is not valid"))
        .collect()
}

/// The variable as an address to link to, when it is given.
fn adresse_web(source: Source<'_>, nom: &str) -> anyhow::Result<Option<String>> {
    source(nom)
        .map(|adresse| {
            let url: Url = adresse
                .parse()
                .with_context(|| format!("{nom} is not a URL"))?;
            if !matches!(url.scheme(), "http" | "https") {
                bail!("{nom} must be an http or https URL");
            }
            Ok(adresse)
        })
        .transpose()
}

/// Those of these links whose variable is given: (variable, words, what is behind).
fn liens(
    source: Source<'_>,
    connus: &[(&str, &'static str, &'static str)],
) -> anyhow::Result<Vec<LienExterieur>> {
    let mut liens = Vec::new();
    for &(nom, libelle, objet) in connus {
        if let Some(href) = adresse_web(source, nom)? {
            liens.push(LienExterieur {
                libelle,
                objet,
                href,
            });
        }
    }
    Ok(liens)
}

impl Config {
    /// For `serve`: production rules (security.md CF1).
    ///
    /// # Errors
    /// One sentence naming the variable that is missing or wrong.
    pub fn lire(source: Source<'_>) -> anyhow::Result<Self> {
        let config = Self::avec_cles(source, cles(source)?, false)?;
        if config.smtp_url.is_none() {
            bail!(
                "SMTP_URL is missing: activation and decisions leave by mail (smtp://user:password@host:587)"
            );
        }
        if source("PUBLIC_URL").is_none() {
            bail!("PUBLIC_URL is missing: it is the only origin of the links in mails");
        }
        let locale = matches!(
            config.public_url.host_str(),
            Some("localhost" | "127.0.0.1" | "[::1]")
        );
        if config.public_url.scheme() != "https" && !locale {
            bail!("PUBLIC_URL must be https (http is accepted on loopback only)");
        }
        Ok(config)
    }

    /// For the commands that neither serve nor send: the keys sign the historique, the brand is named in mails.
    ///
    /// # Errors
    /// `SECRET_KEY` missing, or any value given and wrong.
    pub fn commande(source: Source<'_>) -> anyhow::Result<Self> {
        Self::avec_cles(source, cles(source)?, false)
    }

    /// For `demo`, which makes and keeps its own secret.
    pub fn demo(source: Source<'_>, cles: Cles) -> anyhow::Result<Self> {
        let config = Self::avec_cles(source, cles, true)?;
        if !config.listen_addr.ip().is_loopback() {
            bail!("LISTEN_ADDR: the demo has known passwords and listens on loopback only");
        }
        Ok(config)
    }

    fn avec_cles(source: Source<'_>, cles: Cles, demo: bool) -> anyhow::Result<Self> {
        let listen_addr: SocketAddr = lue(source, "LISTEN_ADDR", "127.0.0.1:8080")?;
        let public_url: Url = lue(source, "PUBLIC_URL", &format!("http://{listen_addr}"))?;
        if !matches!(public_url.scheme(), "http" | "https")
            || public_url.host_str().is_none()
            || public_url.path() != "/"
        {
            bail!("PUBLIC_URL must be an origin such as https://vantail.example, without a path");
        }
        let marque = source("BRAND_NAME").unwrap_or_else(|| "Vantail".to_owned());
        let mail_from = source("MAIL_FROM").unwrap_or_else(|| {
            format!(
                "{marque} <ne-pas-repondre@{}>",
                public_url.host_str().unwrap_or("localhost")
            )
        });
        mail_from
            .parse::<lettre::message::Mailbox>()
            .context("MAIL_FROM is not valid: give Name <address@domain>")?;
        let mut espaces = BTreeMap::new();
        for code in ESPACES {
            let nom = format!("ESPACES_{}", code.to_uppercase());
            if let Some(adresse) = adresse_web(source, &nom)? {
                espaces.insert(code.to_owned(), adresse);
            }
        }
        Ok(Self {
            public_url,
            listen_addr,
            metrics_addr: source("METRICS_ADDR")
                .map(|v| {
                    v.parse()
                        .with_context(|| format!("METRICS_ADDR is not valid: {v:?}"))
                })
                .transpose()?,
            directeur_publication: source("PUBLICATION_DIRECTOR"),
            hebergeur: source("HOSTING_PROVIDER"),
            contact: source("OPERATOR_CONTACT"),
            smtp_url: source("SMTP_URL"),
            mail_from,
            cles: Arc::new(cles),
            trusted_proxies: proxies(source)?,
            exploitant: source("OPERATOR_NAME").unwrap_or_else(|| marque.clone()),
            accessibilite: accessibilite(source)?,
            marque: marque.into(),
            espaces,
            aide: liens(source, &AIDE)?,
            domaines: liens(source, &DOMAINES)?,
            facteur_exige: facteur_exige(source, demo)?,
            clamd: source("CLAMD_ADDRESS")
                .map(|v| v.trim().parse().context("CLAMD_ADDRESS is not valid"))
                .transpose()?,
            demo,
            argon2: CoutArgon2::default(),
        })
    }

    pub fn https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// `https://vantail.example`, without a final slash.
    pub fn origine(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

/// Espaces that may live in another application.
const ESPACES: [&str; 4] = [
    "factures_recues",
    "factures_emises",
    "factures_a_valider",
    "factures_de_travaux",
];

/// Help outside (seed 000, last page): FAQ by audience, communauté.
pub(crate) const AIDE: [(&str, &str, &str); 4] = [
    (
        "HELP_FAQ_PUBLIC",
        "Questions fréquentes des structures publiques",
        "Mairies, établissements publics, collectivités.",
    ),
    (
        "HELP_FAQ_SCHOOLS",
        "Questions fréquentes des établissements scolaires",
        "Collèges, lycées, services académiques.",
    ),
    (
        "HELP_FAQ_PRIVATE",
        "Questions fréquentes des entreprises",
        "Entreprises, associations, indépendants.",
    ),
    (
        "HELP_COMMUNITY",
        "Site de la communauté",
        "Guides, annonces et échanges entre utilisateurs.",
    ),
];

/// The domains beside « Organisation » (seed 004 §2).
pub(crate) const DOMAINES: [(&str, &str, &str); 6] = [
    (
        "DOMAINES_MARCHE",
        "Marché",
        "Les marchés publics et leurs pièces.",
    ),
    ("DOMAINES_COMMANDE", "Commande", "Les bons de commande."),
    (
        "DOMAINES_FACTURATION",
        "Facturation",
        "Les factures émises et reçues, les factures de travaux.",
    ),
    (
        "DOMAINES_ENGAGEMENTS",
        "Engagements",
        "Les engagements et la cession de créances.",
    ),
    (
        "DOMAINES_RACCORDEMENTS",
        "Raccordements",
        "Les raccordements EDI et API.",
    ),
    (
        "DOMAINES_OUTILS",
        "Outils",
        "La signature et les autres outils du portail.",
    ),
];

/// Folder of the private PostgreSQL and of the demo's secret: `VANTAIL_DATA`, else `.data` beside the sources.
pub fn dossier_de_donnees(source: Source<'_>) -> PathBuf {
    source("VANTAIL_DATA").map_or_else(|| PathBuf::from(".data"), PathBuf::from)
}
