use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::PgPool;
use tokio::sync::{Notify, Semaphore};

use crate::config::Config;
use crate::parametres::Parametres;
use crate::secrets::Cles;

/// What every handler shares; cloning it clones one pointer.
#[derive(Clone)]
pub struct App(Arc<Commun>);

pub struct Commun {
    pub db: PgPool,
    pub config: Config,
    pub cles: Arc<Cles>,
    /// At most as many password hashes at once as cores (security.md PW4).
    pub hachages: Semaphore,
    /// What the administrateur set, as this process last read it.
    parametres: RwLock<Arc<Parametres>>,
    /// Rung when an attachment waits for the antivirus.
    pub pieces_a_analyser: Notify,
}

impl App {
    pub fn new(db: PgPool, config: Config) -> Self {
        let coeurs = std::thread::available_parallelism().map_or(2, usize::from);
        let cles = Arc::clone(&config.cles);
        let parametres = RwLock::new(Arc::new(Parametres::de_depart(&config)));
        Self(Arc::new(Commun {
            db,
            config,
            cles,
            hachages: Semaphore::new(coeurs),
            parametres,
            pieces_a_analyser: Notify::new(),
        }))
    }

    /// Parameters of the instance, as this process last read them.
    pub fn parametres(&self) -> Arc<Parametres> {
        Arc::clone(
            &self
                .parametres
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Reads them again: at start, every few seconds, and where they were just changed.
    ///
    /// # Errors
    /// The database does not answer; what was known stays.
    pub async fn relire_les_parametres(&self) -> sqlx::Result<()> {
        let lus = Arc::new(Parametres::lire(&self.db, &self.config).await?);
        *self
            .parametres
            .write()
            .unwrap_or_else(PoisonError::into_inner) = lus;
        Ok(())
    }
}

impl Deref for App {
    type Target = Commun;

    fn deref(&self) -> &Commun {
        &self.0
    }
}
