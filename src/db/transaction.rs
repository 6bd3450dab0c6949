use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use sqlx::{PgConnection, Postgres, Transaction};

use crate::App;
use crate::secrets::Cles;
use crate::web::Erreur;

/// A transaction, with what the acts inside it sign and name: whoever asks for `&mut Tx` writes more than once.
pub struct Tx {
    interieur: Transaction<'static, Postgres>,
    pub cles: Arc<Cles>,
    pub marque: Arc<str>,
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.interieur
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.interieur
    }
}

/// Deadlock or serialisation failure: nobody's fault, the whole closure starts again.
const TOURS: u32 = 4;

/// Runs `acte` in one transaction: commit when it answers `Ok`, nothing changed otherwise.
///
/// Deferred constraints are checked before the commit, so that « exactly one GP » answers like any
/// other refusal (decisions 3). On 40001 and 40P01 the closure is run again, up to three times.
pub async fn transaction<T, F>(app: &App, acte: F) -> Result<T, Erreur>
where
    F: AsyncFn(&mut Tx) -> Result<T, Erreur>,
{
    let mut tour = 1;
    loop {
        match essai(app, &acte).await {
            Err(erreur) if tour < TOURS && erreur.a_recommencer() => {
                let pause = rand::rng().random_range(1..10 * tour);
                tokio::time::sleep(Duration::from_millis(pause.into())).await;
                tour += 1;
            }
            issue => return issue,
        }
    }
}

async fn essai<T, F>(app: &App, acte: &F) -> Result<T, Erreur>
where
    F: AsyncFn(&mut Tx) -> Result<T, Erreur>,
{
    let mut tx = Tx {
        interieur: app.db.begin().await?,
        cles: Arc::clone(&app.cles),
        marque: Arc::clone(&app.config.marque),
    };
    let valeur = acte(&mut tx).await?;
    sqlx::raw_sql("set constraints all immediate")
        .execute(&mut *tx.interieur)
        .await?;
    tx.interieur.commit().await?;
    Ok(valeur)
}
