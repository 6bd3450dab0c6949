//! Chromium and its driver, started and stopped by us.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;

/// Said whenever something of the machine is missing: an absent browser fails the tests (decisions 28).
pub const REMEDE: &str = "run `bash tests/run`, which installs it";

const DRAPEAUX: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
];

fn trouver(noms: &[&str], quoi: &str) -> Result<PathBuf> {
    let chemins = std::env::var_os("PATH").unwrap_or_default();
    let dossiers: Vec<PathBuf> = std::env::split_paths(&chemins)
        .chain(["/usr/bin".into(), "/usr/lib/chromium".into()])
        .collect();
    noms.iter()
        .flat_map(|nom| dossiers.iter().map(move |d| d.join(nom)))
        .find(|chemin| chemin.is_file())
        .with_context(|| format!("{quoi} is missing: {REMEDE}"))
}

/// chromedriver on a free port; killed with the value.
pub struct Pilote {
    processus: Child,
    chromium: PathBuf,
    adresse: String,
}

impl Pilote {
    pub fn demarrer() -> Result<Self> {
        let chromium = trouver(
            &["chromium", "chromium-browser", "google-chrome"],
            "Chromium",
        )?;
        let driver = trouver(&["chromedriver"], "chromedriver")?;
        let mut processus = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver does not start")?;
        let sortie = processus.stdout.take().context("no output")?;
        let mut pilote = Self {
            processus,
            chromium,
            adresse: String::new(),
        };
        for ligne in BufReader::new(sortie).lines() {
            // « ChromeDriver was started successfully on port 34567. »
            if let Some((_, port)) = ligne?.split_once("successfully on port ") {
                pilote.adresse = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                return Ok(pilote);
            }
        }
        bail!("chromedriver ended without telling its port")
    }

    /// A browser with a profile of its own.
    pub async fn ouvrir(&self) -> Result<Fenetre> {
        let profil = TempDir::new()?;
        let mut capacites = DesiredCapabilities::chrome();
        capacites.set_binary(&self.chromium.to_string_lossy())?;
        for drapeau in DRAPEAUX {
            capacites.add_arg(drapeau)?;
        }
        capacites.add_arg(&format!("--user-data-dir={}", profil.path().display()))?;
        capacites.set_browser_log_level(LoggingPrefsLogLevel::Severe)?;
        let pilote = WebDriver::new(&self.adresse, capacites)
            .await
            .with_context(|| format!("Chromium does not start: {REMEDE}"))?;
        Ok(Fenetre {
            pilote,
            _profil: profil,
        })
    }
}

impl Drop for Pilote {
    fn drop(&mut self) {
        let _ = self.processus.kill();
        let _ = self.processus.wait();
    }
}

/// One browser window, reused from scenario to scenario.
pub struct Fenetre {
    pub pilote: WebDriver,
    _profil: TempDir,
}

/// What a page is looked at with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apparence {
    pub sombre: bool,
    pub largeur: u32,
}

impl Apparence {
    pub const ORDINAIRE: Self = Self {
        sombre: false,
        largeur: 1280,
    };
    /// Both themes, a desk and a small telephone.
    pub const TOUTES: [Self; 4] = [
        Self::ORDINAIRE,
        Self {
            sombre: true,
            largeur: 1280,
        },
        Self {
            sombre: false,
            largeur: 320,
        },
        Self {
            sombre: true,
            largeur: 320,
        },
    ];
}

impl std::fmt::Display for Apparence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let theme = if self.sombre { "dark" } else { "light" };
        write!(f, "{} {theme}", self.largeur)
    }
}

impl Fenetre {
    async fn cdp(&self, methode: &str, parametres: serde_json::Value) -> WebDriverResult<()> {
        self.pilote.cdp().send_raw(methode, parametres).await?;
        Ok(())
    }

    pub async fn apparence(&self, a: Apparence) -> WebDriverResult<()> {
        let theme = if a.sombre { "dark" } else { "light" };
        self.cdp(
            "Emulation.setEmulatedMedia",
            json!({ "features": [
                { "name": "prefers-color-scheme", "value": theme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
        )
        .await?;
        let hauteur = if a.largeur > 600 { 900 } else { 640 };
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": a.largeur, "height": hauteur, "deviceScaleFactor": 1, "mobile": false }),
        )
        .await
    }

    pub async fn script(&self, permis: bool) -> WebDriverResult<()> {
        self.cdp(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !permis }),
        )
        .await
    }

    /// Forgets the previous scenario.
    pub async fn table_rase(&self) -> WebDriverResult<()> {
        self.pilote.goto("about:blank").await?;
        self.cdp("Network.clearBrowserCookies", json!({})).await?;
        self.cdp("Network.clearBrowserCache", json!({})).await?;
        self.apparence(Apparence::ORDINAIRE).await?;
        self.script(true).await?;
        self.pilote.browser_log().await?;
        Ok(())
    }

    pub async fn cookie(&self, origine: &str, nom: &str, valeur: &str) -> WebDriverResult<()> {
        self.cdp(
            "Network.setCookie",
            json!({ "url": origine, "name": nom, "value": valeur, "httpOnly": true }),
        )
        .await
    }

    /// What the browser's console complained of since the last call.
    pub async fn plaintes(&self) -> WebDriverResult<Vec<String>> {
        let journal = self.pilote.browser_log().await?;
        Ok(journal.into_iter().map(|l| l.message).collect())
    }

    /// The whole page, beyond the window.
    pub async fn capture_entiere(&self, fichier: &Path) -> Result<()> {
        let hauteur = self
            .pilote
            .execute("return document.documentElement.scrollHeight", Vec::new())
            .await?
            .convert::<f64>()?;
        let largeur = self
            .pilote
            .execute("return innerWidth", Vec::new())
            .await?
            .convert::<f64>()?;
        let image = self
            .pilote
            .cdp()
            .send_raw(
                "Page.captureScreenshot",
                json!({
                    "captureBeyondViewport": true,
                    "clip": { "x": 0, "y": 0, "width": largeur, "height": hauteur, "scale": 1 },
                }),
            )
            .await?;
        let image = image["data"].as_str().context("no picture")?;
        let octets = base64::engine::general_purpose::STANDARD.decode(image)?;
        std::fs::write(fichier, octets).with_context(|| format!("{}", fichier.display()))
    }

    pub async fn capture(&self, fichier: &Path) -> Result<()> {
        let image = self.pilote.screenshot_as_png().await?;
        std::fs::write(fichier, image).with_context(|| format!("{}", fichier.display()))
    }
}
