//! The runner: a browser per worker, each scenario on its own database, a picture of what failed.

use std::collections::VecDeque;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, anyhow};

use crate::chromium::{Fenetre, Pilote};
use crate::gestes::Visite;
use crate::html;
use crate::site::Monde;

pub type Suite = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// With the script of the pages, or as if the browser had none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Script,
    SansScript,
}

pub struct Scenario {
    pub nom: String,
    pub mode: Mode,
    pub suite: fn(Visite) -> Suite,
}

/// Browsers at once: as many as cores of a small machine.
const OUVRIERS: usize = 2;

/// Where the pictures of failures go.
fn dossier() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("navigateur")
}

/// The arguments of `cargo test`: parts of names; `--list` names the scenarios; other flags are not for us.
pub fn executer(scenarios: Vec<Scenario>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let filtres: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let choisis: VecDeque<Scenario> = scenarios
        .into_iter()
        .filter(|s| filtres.is_empty() || filtres.iter().any(|f| s.nom.contains(f.as_str())))
        .collect();
    if arguments.iter().any(|a| a == "--list") {
        for scenario in &choisis {
            println!("{}: test", scenario.nom);
        }
        return ExitCode::SUCCESS;
    }
    if choisis.is_empty() {
        return ExitCode::SUCCESS;
    }
    let execution = tokio::runtime::Runtime::new().expect("a runtime");
    match execution.block_on(jouer(choisis)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(erreur) => {
            eprintln!("navigateur: {erreur:#}");
            ExitCode::FAILURE
        }
    }
}

/// The number of failures.
async fn jouer(scenarios: VecDeque<Scenario>) -> Result<usize> {
    let depart = Instant::now();
    std::fs::create_dir_all(dossier())?;
    let total = scenarios.len();
    println!("\nrunning {total} browser scenarios");
    let pilote = Arc::new(Pilote::demarrer()?);
    let monde = Arc::new(Monde::charger().await?);
    println!(
        "demo world ready in {:.1} s",
        depart.elapsed().as_secs_f32()
    );
    let file = Arc::new(Mutex::new(scenarios));
    let mut ouvriers = Vec::new();
    for _ in 0..OUVRIERS.min(total) {
        ouvriers.push(tokio::spawn(ouvrier(
            Arc::clone(&pilote),
            Arc::clone(&monde),
            Arc::clone(&file),
        )));
    }
    let mut echecs = Vec::new();
    for ouvrier in ouvriers {
        echecs.extend(ouvrier.await??);
    }
    println!(
        "\nnavigateur: {} passed, {} failed, {:.0} s",
        total - echecs.len(),
        echecs.len(),
        depart.elapsed().as_secs_f32()
    );
    for nom in &echecs {
        println!("    {nom}");
    }
    Ok(echecs.len())
}

async fn ouvrier(
    pilote: Arc<Pilote>,
    monde: Arc<Monde>,
    file: Arc<Mutex<VecDeque<Scenario>>>,
) -> Result<Vec<String>> {
    let fenetre = Arc::new(pilote.ouvrir().await?);
    let mut echecs = Vec::new();
    loop {
        let suivant = file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let Some(scenario) = suivant else { break };
        let depart = Instant::now();
        let issue = un_scenario(&fenetre, &monde, &scenario).await;
        let duree = depart.elapsed().as_secs_f32();
        match issue {
            Ok(()) => println!("{} ... ok ({duree:.1} s)", scenario.nom),
            Err(erreur) => {
                // chromedriver adds addresses of its own code, useful to nobody here.
                let texte = format!("{erreur:#}");
                let lignes = texte.lines().filter(|l| !l.trim_start().starts_with('#'));
                let texte = lignes.collect::<Vec<_>>().join(
                    "
    ",
                );
                println!(
                    "{} ... FAILED ({duree:.1} s)
    {texte}
",
                    scenario.nom
                );
                echecs.push(scenario.nom);
            }
        }
    }
    let fenetre = Arc::into_inner(fenetre).context("a scenario kept the browser")?;
    fenetre.pilote.quit().await?;
    Ok(echecs)
}

async fn un_scenario(fenetre: &Arc<Fenetre>, monde: &Monde, scenario: &Scenario) -> Result<()> {
    fenetre.table_rase().await?;
    let site = monde.site().await?;
    fenetre.script(scenario.mode == Mode::Script).await?;
    let visite = Visite::new(Arc::clone(fenetre), site, scenario.mode);
    // Its own task: a failed assertion is one failure among others.
    let issue = match tokio::spawn((scenario.suite)(visite)).await {
        Ok(issue) => issue,
        Err(panique) => Err(anyhow!("{panique}")),
    };
    if issue.is_err() {
        temoigner(fenetre, &scenario.nom).await;
    }
    issue
}

async fn temoigner(fenetre: &Fenetre, nom: &str) {
    let image = dossier().join(format!("{}.png", html::nom_de_fichier(nom)));
    let _ = fenetre.capture(&image).await;
    if let Ok(source) = fenetre.pilote.source().await {
        let _ = std::fs::write(image.with_extension("html"), source);
    }
    if let Ok(url) = fenetre.pilote.current_url().await {
        println!("seen at {url}: {}", image.display());
    }
}
