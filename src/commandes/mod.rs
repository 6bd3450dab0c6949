//! The command line (spec §10). Each command is one function; a failure is one sentence on stderr and exit code 1.

mod demo;
mod equipe;
mod gestionnaire;
mod imports;
mod journal;
mod mesures;
mod ouverture;
mod pret;
pub mod routes;
pub mod schema;
mod second_facteur;
mod service;
mod travaux;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::{Parser, Subcommand};

use crate::config::environnement;
use crate::web::Erreur;

#[derive(Parser)]
#[command(
    name = "vantail",
    version,
    about = "Who may act for an organisation: the portal and its commands."
)]
struct Cli {
    #[command(subcommand)]
    commande: Commande,
}

#[derive(Subcommand)]
enum Commande {
    /// A complete portal with known accounts, on loopback only; needs nothing else.
    Demo(demo::Arguments),
    /// The portal, on the database of DATABASE_URL.
    Serve,
    /// Asks the process that serves with these settings whether it is ready: code 0, or 1 and why.
    Ready,
    /// Brings the schema of DATABASE_URL up to date.
    Migrate,
    /// Loads a file (CSV, plain or gzip; « - » reads the standard input).
    #[command(subcommand)]
    Import(imports::Import),
    /// Staff accounts.
    #[command(subcommand)]
    Staff(equipe::Equipe),
    /// Who manages a structure.
    #[command(subcommand)]
    Gestionnaire(gestionnaire::Gestionnaire),
    /// The second factor of an account.
    #[command(subcommand)]
    SecondFacteur(second_facteur::SecondFacteur),
    /// Every route with its permission; needs no database.
    Routes {
        /// As JSON rather than as a table.
        #[arg(long)]
        json: bool,
    },
    /// The historique.
    #[command(subcommand)]
    Journal(Journal),
    /// Background work; `serve` does it every minute as well.
    #[command(subcommand)]
    Jobs(Jobs),
}

#[derive(Subcommand)]
enum Journal {
    /// Recomputes every chain; prints what does not hold and ends with code 1.
    Verify,
}

#[derive(Subcommand)]
enum Jobs {
    /// Ends what is over, erases what is old, then prints the counts.
    Run,
}

/// Reads the command line and runs it. Code 0, 1 for a failure, 2 for a wrong command line.
pub fn executer() -> ExitCode {
    let cli = Cli::parse();
    match lancer(cli.commande) {
        Ok(code) => code,
        Err(erreur) => {
            eprintln!("vantail: {}", phrase(&erreur));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes on one line.
fn phrase(erreur: &anyhow::Error) -> String {
    format!("{erreur:#}")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a screen would say, for the terminal.
fn dire(erreur: Erreur) -> anyhow::Error {
    match erreur {
        Erreur::Invalide(erreurs) => anyhow!("{}", erreurs.phrases().join(" ")),
        Erreur::Conflit(phrase) | Erreur::Interdit(phrase) => anyhow!(phrase),
        Erreur::Interne(cause) => anyhow!("{cause:#}"),
        autre => anyhow!("{autre:?}"),
    }
}

fn lancer(commande: Commande) -> Result<ExitCode> {
    match commande {
        // Before the runtime: starting PostgreSQL blocks.
        Commande::Demo(arguments) => demo::executer(arguments).map(|()| ExitCode::SUCCESS),
        Commande::Serve => attendre(async {
            service::serve(&environnement)
                .await
                .map(|()| ExitCode::SUCCESS)
        }),
        Commande::Ready => attendre(pret::demander(&environnement)),
        Commande::Migrate => attendre(async {
            schema::migrer(&environnement)
                .await
                .map(|()| ExitCode::SUCCESS)
        }),
        Commande::Import(import) => attendre(imports::executer(import)),
        Commande::Staff(acte) => attendre(equipe::executer(acte)),
        Commande::Gestionnaire(acte) => attendre(gestionnaire::executer(acte)),
        Commande::SecondFacteur(acte) => attendre(second_facteur::executer(acte)),
        Commande::Routes { json } => {
            attendre(async move { routes::afficher(json).map(|()| ExitCode::SUCCESS) })
        }
        Commande::Journal(Journal::Verify) => attendre(journal::verifier()),
        Commande::Jobs(Jobs::Run) => attendre(travaux::lancer()),
    }
}

fn attendre<T>(travail: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the async runtime cannot start")?
        .block_on(travail)
}

/// A file given on the command line.
type Fichier = PathBuf;
