//! `vantail demo`: everything needed to look at the portal, on loopback only (spec §11).

use std::io::{Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tokio::net::TcpListener;

use super::{Fichier, attendre, imports, ouverture, schema, service};
use crate::App;
use crate::acces::Systeme;
use crate::config::{Config, Source, dossier_de_donnees, environnement};
use crate::db::bassin::Usage;
use crate::demo::{self, manifeste, secret};
use crate::imports::{self as fichiers, Options};
use crate::postgres_prive::{MEMOIRE_MODESTE, PostgresPrive, Reglages};
use crate::serveur::{self, ReglagesHttp};

#[derive(Args)]
pub(super) struct Arguments {
    /// Forget the demo world and start afresh.
    #[arg(long)]
    reset: bool,
    /// Write the accounts and the objects, with their public ids, as JSON.
    #[arg(long, value_name = "FILE")]
    manifest: Option<Fichier>,
}

/// Database of the private server.
const BASE: &str = "vantail";
/// Ports tried when LISTEN_ADDR is not given.
const PORTS: std::ops::RangeInclusive<u16> = 8080..=8090;

pub(super) fn executer(arguments: Arguments) -> Result<()> {
    let source: Source<'_> = &environnement;
    let dossier = dossier_de_donnees(source);
    serveur::journaux();
    // Kept until the end: dropping it stops the server.
    let (_prive, url) = match source("DATABASE_URL") {
        Some(url) => (None, url),
        None => {
            eprintln!("Starting the private PostgreSQL ({})…", dossier.display());
            let prive = PostgresPrive::demarrer(&Reglages {
                dossier: dossier.clone(),
                durable: true,
                memoire_mio: MEMOIRE_MODESTE,
                binaires: source("VANTAIL_PG_BIN").map(Into::into),
            })?;
            let url = prive.url(BASE);
            attendre(preparer_base(&prive.url("postgres"), arguments.reset))?;
            (Some(prive), url)
        }
    };
    let cles = secret::du_dossier(&dossier)?;
    attendre(async move {
        let ecoute = ecouter(source).await?;
        let adresse = ecoute.local_addr()?;
        let config = Config::demo(
            &|nom| match nom {
                "LISTEN_ADDR" => Some(adresse.to_string()),
                _ => source(nom),
            },
            cles,
        )?;
        servir(arguments, &url, config, ecoute).await
    })
}

/// Creates the database of the private server; `reset` drops it first.
async fn preparer_base(administration: &str, reset: bool) -> Result<()> {
    let mut connexion = PgConnection::connect(administration).await?;
    if reset {
        sqlx::raw_sql("drop database if exists vantail with (force)")
            .execute(&mut connexion)
            .await?;
    }
    let existe =
        sqlx::query_scalar::<_, bool>("select exists (select from pg_database where datname = $1)")
            .bind(BASE)
            .fetch_one(&mut connexion)
            .await?;
    if !existe {
        sqlx::raw_sql("create database vantail")
            .execute(&mut connexion)
            .await?;
    }
    connexion.close().await?;
    Ok(())
}

/// LISTEN_ADDR, else the first free port.
async fn ecouter(source: Source<'_>) -> Result<TcpListener> {
    if let Some(adresse) = source("LISTEN_ADDR") {
        let adresse: SocketAddr = adresse.parse().context("LISTEN_ADDR is not valid")?;
        if !adresse.ip().is_loopback() {
            bail!("LISTEN_ADDR: the demo has known passwords and listens on loopback only");
        }
        return service::ecouter(adresse, "LISTEN_ADDR").await;
    }
    for port in PORTS {
        if let Ok(ecoute) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            if port != *PORTS.start() {
                eprintln!("Port {} is taken: the demo uses {port}.", PORTS.start());
            }
            return Ok(ecoute);
        }
    }
    bail!(
        "the ports {} to {} are all taken: give a free one with LISTEN_ADDR=127.0.0.1:port",
        PORTS.start(),
        PORTS.end()
    )
}

async fn servir(
    arguments: Arguments,
    url: &str,
    config: Config,
    ecoute: TcpListener,
) -> Result<()> {
    let depart = Instant::now();
    charger(&arguments, url, &config).await?;
    let app = App::new(ouverture::bassin(url, Usage::Pages).await?, config);
    if let Some(fichier) = &arguments.manifest {
        let manifeste = manifeste::lire(&app).await?;
        std::fs::write(fichier, serde_json::to_string_pretty(&manifeste)?)
            .with_context(|| format!("{} cannot be written", fichier.display()))?;
    }
    let port = ecoute.local_addr()?.port();
    let mut reglages = ReglagesHttp::pour(&app.config.public_url)?;
    reglages
        .hotes
        .extend([format!("127.0.0.1:{port}"), format!("localhost:{port}")]);
    {
        let mut sortie = stdout().lock();
        manifeste::ecrire_comptes(&mut sortie)?;
        writeln!(
            sortie,
            "\n{} : {}/   ({:.1} s ; Ctrl+C pour arrêter)",
            app.config.marque,
            app.config.origine(),
            depart.elapsed().as_secs_f32()
        )?;
        sortie.flush()?;
    }
    service::tourner(&app, ecoute, reglages, Duration::ZERO).await
}

/// Schema, directory, demo world: only what is missing.
async fn charger(arguments: &Arguments, url: &str, config: &Config) -> Result<()> {
    let systeme = Systeme::processus();
    let app = App::new(
        ouverture::bassin(url, Usage::Imports).await?,
        config.clone(),
    );
    demo::marque::admettre(&app.db).await?;
    if arguments.reset {
        demo::marque::vider(&app.db).await?;
    }
    schema::appliquer(&app.db).await?;
    demo::marque::poser(&app).await?;
    if !demo::marque::annuaire_charge(&app.db).await? {
        eprintln!("Loading the directory of public structures…");
        let source = fichiers::Source::Octets(fichiers::annuaire_embarque());
        let rapport = fichiers::structures(
            &app.db,
            source,
            Options::default(),
            fichiers::progres_sur_stderr(),
        )
        .await?;
        eprintln!("{rapport}");
        imports::noter(&app, &systeme, "structures", &rapport).await?;
        demo::marque::noter_annuaire(&app.db).await?;
    }
    if demo::charger(&app, &systeme).await? {
        eprintln!("The demo world is loaded.");
    }
    charge(&app, &systeme).await?;
    app.db.close().await;
    Ok(())
}

/// `DEMO_SIZE=N`: the load world, besides the named one.
async fn charge(app: &App, systeme: &Systeme) -> Result<()> {
    let Some(demandee) = environnement("DEMO_SIZE") else {
        return Ok(());
    };
    let demandee: u64 = demandee
        .trim()
        .parse()
        .context("DEMO_SIZE is not a number of structures")?;
    match demo::marque::taille(&app.db).await? {
        Some(taille) if taille == demandee => {}
        Some(taille) => bail!(
            "DEMO_SIZE: this demo already holds a world of {taille} structures: give --reset to change it"
        ),
        None if demandee == 0 => {}
        None => {
            let depart = Instant::now();
            eprintln!("Loading a world of {demandee} structures…");
            let rattachements = demo::masse::charger(app, systeme, demandee).await?;
            eprintln!(
                "{demandee} structures, {rattachements} rattachements in {:.1} s.",
                depart.elapsed().as_secs_f32()
            );
        }
    }
    Ok(())
}
