//! From checked lines to the database: a thread reads and shares the lines out, [`OUVRIERS`] connections load batch after batch.
//!
//! Lines are shared out by key: two lines about one structure go to the same connection, in order, so that duplicates are
//! seen and no two connections ever want the same row.
//!
//! Each batch goes by COPY into a temporary table, then into its table by set statements. The statements have no parameter
//! that depends on the batch, so a prepared plan would be the one made when the tables were empty: they are planned afresh
//! each time (`persistent(false)`).

mod copie;
mod services;
mod sirene;
mod structures;

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant as Echeance, MissedTickBehavior, interval_at};

use super::{Difference, Lecteur, LigneImport, Options, Rapport, Rejet, Source};

/// Lines of a batch, rejected ones included.
const LOT: usize = 2_000;

/// Connections that load at the same time. Nearly all the time of an import is PostgreSQL's, which gives one core to a connection.
const OUVRIERS: usize = 2;

/// Key of the advisory lock: two imports at once would each undo the other's counts.
const VERROU: i64 = 0x7661_6e74_0001;

/// A kind of line that knows its tables.
pub trait Chargement: LigneImport {
    /// Temporary tables and views of the connection.
    const PREPARATION: &'static str;

    /// What the line is about: lines of one key go to one connection.
    fn cle(&self) -> impl Hash;

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

impl<L> Lot<L> {
    fn nouveau() -> Self {
        Self {
            lignes: Vec::with_capacity(LOT),
            rejets: Vec::new(),
        }
    }

    fn taille(&self) -> usize {
        self.lignes.len() + self.rejets.len()
    }
}

pub async fn importer<L: Chargement>(
    db: &PgPool,
    source: Source,
    options: Options,
    progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    // Out of the pool: the lock goes with it, however this ends.
    let mut garde = db.acquire().await?.detach();
    let libre: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
        .bind(VERROU)
        .fetch_one(&mut garde)
        .await?;
    if !libre {
        bail!("un autre import est en cours sur cette base");
    }
    let resultat = derouler::<L>(db, source, options, progres).await;
    // Closing would free the lock as well, but some time after the caller goes on. A failed import says its own reason first.
    let liberation = sqlx::query("select pg_advisory_unlock($1)")
        .bind(VERROU)
        .execute(&mut garde)
        .await;
    let rapport = resultat?;
    liberation?;
    garde.close().await?;
    Ok(rapport)
}

async fn derouler<L: Chargement>(
    db: &PgPool,
    source: Source,
    options: Options,
    mut progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    const SECONDE: Duration = Duration::from_secs(1);
    let depart = Instant::now();
    let (bilans, mut faits) = mpsc::channel(OUVRIERS);
    let mut envois = Vec::with_capacity(OUVRIERS);
    // Aborted if this function ends early: nothing goes on loading after an error was told.
    let mut ouvriers = JoinSet::new();
    for _ in 0..OUVRIERS {
        let (envoi, lots) = mpsc::channel(2);
        let connexion = preparer::<L>(db).await?;
        ouvriers.spawn(travailler::<L>(connexion, lots, options, bilans.clone()));
        envois.push(envoi);
    }
    drop(bilans);
    let lecture = std::thread::Builder::new()
        .name("import".to_owned())
        .spawn(move || lire::<L>(source, &envois))?;

    let mut rapport = Rapport::default();
    let mut seconde = interval_at(Echeance::now() + SECONDE, SECONDE);
    seconde.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = seconde.tick() => {
                rapport.duree = depart.elapsed();
                progres(&rapport);
            }
            fait = faits.recv() => match fait {
                Some((lues, bilan)) => rapport.ajouter(lues, bilan),
                None => break,
            },
        }
    }
    while let Some(ouvrier) = ouvriers.join_next().await {
        ouvrier??;
    }
    // Nobody sends any more: the thread has ended, or is about to.
    lecture
        .join()
        .map_err(|_| anyhow!("la lecture du fichier s'est interrompue"))??;
    rapport.duree = depart.elapsed();
    progres(&rapport);
    Ok(rapport)
}

/// A connection of its own, out of the pool: its settings and temporary tables go with it.
async fn preparer<L: Chargement>(db: &PgPool) -> sqlx::Result<PgConnection> {
    let mut connexion = db.acquire().await?.detach();
    // Asynchronous commits lose nothing: whatever is committed after the import (its historique line first) flushes them, and
    // a crash before that is repaired by running the import again.
    // Every join here goes from a batch to an index: without this, a plan made on guessed sizes reads whole tables at each batch.
    sqlx::raw_sql(
        "set synchronous_commit = off; set jit = off; set enable_hashjoin = off; set enable_mergejoin = off;
         set statement_timeout = '5min'",
    )
    .execute(&mut connexion)
    .await?;
    sqlx::raw_sql(L::PREPARATION)
        .execute(&mut connexion)
        .await?;
    Ok(connexion)
}

/// Loads the batches of one connection, and tells what became of each.
async fn travailler<L: Chargement>(
    mut connexion: PgConnection,
    mut lots: mpsc::Receiver<Lot<L>>,
    options: Options,
    bilans: mpsc::Sender<(u64, Bilan)>,
) -> sqlx::Result<()> {
    while let Some(lot) = lots.recv().await {
        let lues = lot.taille() as u64;
        let mut bilan = Bilan::default();
        if !lot.lignes.is_empty() {
            let mut tx = connexion.begin().await?;
            bilan = L::charger(&mut tx, &lot.lignes, options).await?;
            tx.commit().await?;
        }
        bilan.rejets.extend(lot.rejets);
        if bilans.send((lues, bilan)).await.is_err() {
            break;
        }
    }
    connexion.close().await
}

/// The thread that reads: blocked while batches wait, ended as soon as nobody listens.
fn lire<L: Chargement>(source: Source, envois: &[mpsc::Sender<Lot<L>>]) -> anyhow::Result<()> {
    let mut lecteur = Lecteur::<L, _>::ouvrir(source.ouvrir()?)?;
    let mut lots: Vec<Lot<L>> = envois.iter().map(|_| Lot::nouveau()).collect();
    let fin = loop {
        let place = match lecteur.next() {
            Some(Ok(Ok(ligne))) => {
                let mut hachage = DefaultHasher::new();
                ligne.cle().hash(&mut hachage);
                let place = (hachage.finish() % lots.len() as u64) as usize;
                lots[place].lignes.push(ligne);
                place
            }
            Some(Ok(Err(rejet))) => {
                lots[0].rejets.push(rejet);
                0
            }
            Some(Err(panne)) => {
                let ligne = lecteur.ligne();
                break Err(panne).context(format!(
                    "lecture interrompue après la ligne {ligne} ; ce qui précède est chargé"
                ));
            }
            None => break Ok(()),
        };
        if lots[place].taille() == LOT
            && envois[place]
                .blocking_send(std::mem::replace(&mut lots[place], Lot::nouveau()))
                .is_err()
        {
            return Ok(());
        }
    };
    for (envoi, lot) in envois.iter().zip(lots) {
        if envoi.blocking_send(lot).is_err() {
            return Ok(());
        }
    }
    fin
}

impl Rapport {
    fn ajouter(&mut self, lues: u64, bilan: Bilan) {
        self.lues += lues;
        self.creees += bilan.creees;
        self.modifiees += bilan.modifiees;
        self.inchangees += lues - bilan.creees - bilan.modifiees - bilan.rejets.len() as u64;
        self.differer(bilan.differences);
        self.rejeter(bilan.rejets);
    }
}

/// Lines whose key was met earlier in the file: `premiere` is where.
fn doublons(lignes: Vec<(i64, i64)>, quoi: &str) -> impl Iterator<Item = Rejet> {
    lignes.into_iter().map(move |(ligne, premiere)| Rejet {
        ligne: ligne as u64,
        raison: format!("{quoi} déjà présent à la ligne {premiere}."),
    })
}
