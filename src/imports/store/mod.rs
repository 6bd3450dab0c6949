//! From checked lines to the database: a thread reads, this side loads batch after batch.
//!
//! Each batch goes by COPY into a temporary table, then into its table by set statements. The statements have no parameter
//! that depends on the batch, so a prepared plan would be the one made when the tables were empty: they are planned afresh
//! each time (`persistent(false)`).

mod copie;
mod services;
mod structures;

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::mpsc;
use tokio::time::{Instant as Echeance, MissedTickBehavior, interval_at};

use super::{Difference, Lecteur, LigneImport, Options, Rapport, Rejet, Source};

/// Lines of a batch, rejected ones included.
const LOT: usize = 2_000;

/// Key of the advisory lock: two imports at once would each undo the other's counts.
const VERROU: i64 = 0x7661_6e74_0001;

/// A kind of line that knows its tables.
pub trait Chargement: LigneImport {
    /// Temporary tables and views of the connection.
    const PREPARATION: &'static str;

    /// Loads a batch in the transaction given.
    fn charger(
        tx: &mut PgConnection,
        lignes: &[Self],
        options: Options,
    ) -> impl Future<Output = sqlx::Result<Bilan>> + Send;
}

/// What became of the lines of a batch.
#[derive(Default)]
pub struct Bilan {
    creees: u64,
    modifiees: u64,
    rejets: Vec<Rejet>,
    differences: Vec<Difference>,
}

struct Lot<L> {
    lignes: Vec<L>,
    rejets: Vec<Rejet>,
}

pub async fn importer<L: Chargement>(
    db: &PgPool,
    source: Source,
    options: Options,
    progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    // Out of the pool: its temporary tables, settings and lock go with it, however this ends.
    let mut connexion = db.acquire().await?.detach();
    reserver(&mut connexion).await?;
    let resultat = derouler::<L>(&mut connexion, source, options, progres).await;
    // Closing would free the lock as well, but some time after the caller goes on. A failed import says its own reason first.
    let liberation = sqlx::query("select pg_advisory_unlock($1)")
        .bind(VERROU)
        .execute(&mut connexion)
        .await;
    let rapport = resultat?;
    liberation?;
    connexion.close().await?;
    Ok(rapport)
}

async fn derouler<L: Chargement>(
    connexion: &mut PgConnection,
    source: Source,
    options: Options,
    mut progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    sqlx::raw_sql(L::PREPARATION)
        .execute(&mut *connexion)
        .await?;
    let (envoi, mut lots) = mpsc::channel(2);
    let lecture = std::thread::Builder::new()
        .name("import".to_owned())
        .spawn(move || lire::<L>(source, &envoi))?;

    let depart = Instant::now();
    let mut rapport = Rapport::default();
    const SECONDE: Duration = Duration::from_secs(1);
    let mut seconde = interval_at(Echeance::now() + SECONDE, SECONDE);
    seconde.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = seconde.tick() => {
                rapport.duree = depart.elapsed();
                progres(&rapport);
            }
            lot = lots.recv() => match lot {
                Some(lot) => charger(connexion, lot, options, &mut rapport).await?,
                None => break,
            },
        }
    }
    // The channel is closed: the thread has ended, or is about to.
    lecture
        .join()
        .map_err(|_| anyhow!("la lecture du fichier s'est interrompue"))??;
    rapport.duree = depart.elapsed();
    progres(&rapport);
    Ok(rapport)
}

async fn reserver(connexion: &mut PgConnection) -> anyhow::Result<()> {
    let libre: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
        .bind(VERROU)
        .fetch_one(&mut *connexion)
        .await?;
    if !libre {
        bail!("un autre import est en cours sur cette base");
    }
    // Asynchronous commits lose nothing: whatever is committed after the import (its historique line first) flushes them, and
    // a crash before that is repaired by running the import again.
    // Every join here goes from a batch to an index: without this, a plan made on guessed sizes reads whole tables at each batch.
    sqlx::raw_sql(
        "set synchronous_commit = off; set jit = off; set enable_hashjoin = off; set enable_mergejoin = off;
         set statement_timeout = '5min'",
    )
        .execute(connexion)
        .await?;
    Ok(())
}

/// The thread that reads: blocked while two batches wait, ended as soon as nobody listens.
fn lire<L: Chargement>(source: Source, envoi: &mpsc::Sender<Lot<L>>) -> anyhow::Result<()> {
    let mut lecteur = Lecteur::<L, _>::ouvrir(source.ouvrir()?)?;
    loop {
        let mut lot = Lot {
            lignes: Vec::with_capacity(LOT),
            rejets: Vec::new(),
        };
        let mut fin = None;
        for _ in 0..LOT {
            match lecteur.next() {
                Some(Ok(Ok(ligne))) => lot.lignes.push(ligne),
                Some(Ok(Err(rejet))) => lot.rejets.push(rejet),
                Some(Err(panne)) => {
                    let ligne = lecteur.ligne();
                    fin = Some(Err(panne).context(format!(
                        "lecture interrompue après la ligne {ligne} ; ce qui précède est chargé"
                    )));
                    break;
                }
                None => {
                    fin = Some(Ok(()));
                    break;
                }
            }
        }
        if envoi.blocking_send(lot).is_err() {
            return Ok(());
        }
        if let Some(fin) = fin {
            return fin;
        }
    }
}

async fn charger<L: Chargement>(
    connexion: &mut PgConnection,
    lot: Lot<L>,
    options: Options,
    rapport: &mut Rapport,
) -> sqlx::Result<()> {
    let mut bilan = Bilan::default();
    if !lot.lignes.is_empty() {
        let mut tx = connexion.begin().await?;
        bilan = L::charger(&mut tx, &lot.lignes, options).await?;
        tx.commit().await?;
    }
    let lues = (lot.lignes.len() + lot.rejets.len()) as u64;
    rapport.lues += lues;
    rapport.creees += bilan.creees;
    rapport.modifiees += bilan.modifiees;
    rapport.inchangees +=
        lot.lignes.len() as u64 - bilan.creees - bilan.modifiees - bilan.rejets.len() as u64;
    rapport.differer(bilan.differences);
    bilan.rejets.extend(lot.rejets);
    rapport.rejeter(bilan.rejets);
    Ok(())
}

/// Lines whose key was met earlier in the file: `premiere` is where.
fn doublons(lignes: Vec<(i64, i64)>, quoi: &str) -> impl Iterator<Item = Rejet> {
    lignes.into_iter().map(move |(ligne, premiere)| Rejet {
        ligne: ligne as u64,
        raison: format!("{quoi} déjà présent à la ligne {premiere}."),
    })
}
