use std::ops::Deref;
use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::{Notify, Semaphore};

use crate::config::Config;
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
    /// Rung when an attachment waits for the antivirus.
    pub pieces_a_analyser: Notify,
}

impl App {
    pub fn new(db: PgPool, config: Config) -> Self {
        let coeurs = std::thread::available_parallelism().map_or(2, usize::from);
        let cles = Arc::clone(&config.cles);
        Self(Arc::new(Commun {
            db,
            config,
            cles,
            hachages: Semaphore::new(coeurs),
            pieces_a_analyser: Notify::new(),
        }))
    }
}

impl Deref for App {
    type Target = Commun;

    fn deref(&self) -> &Commun {
        &self.0
    }
}
