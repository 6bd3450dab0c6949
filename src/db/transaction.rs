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

impl Tx {
    pub(crate) async fn ouvrir(app: &App) -> Result<Self, Erreur> {
        Ok(Self {
            interieur: app.db.begin().await?,
            cles: Arc::clone(&app.cles),
            marque: Arc::clone(&app.config.marque),
        })
    }

    /// Deferred constraints are checked before the commit, so that « exactly one GP » answers like any other refusal
    /// (decisions 3).
    pub(crate) async fn valider(mut self) -> Result<(), Erreur> {
        sqlx::raw_sql("set constraints all immediate")
            .execute(&mut *self.interieur)
            .await?;
        Ok(self.interieur.commit().await?)
    }

    /// Leaves everything as it was, locks included.
    pub(crate) async fn annuler(self) -> Result<(), Erreur> {
        Ok(self.interieur.rollback().await?)
    }

    /// Is this failure worth another round? Then after a short pause.
    pub(crate) async fn recommence(tour: u32, erreur: &Erreur) -> bool {
        let recommence = tour < TOURS && erreur.a_recommencer();
        if recommence {
            let pause = rand::rng().random_range(1..10 * tour);
            tokio::time::sleep(Duration::from_millis(pause.into())).await;
        }
        recommence
    }
}

/// [`transaction`] for handlers: `en_transaction!(&app, |tx| store::valider(tx, &gestion, id).await)?`. The body is put in
/// place, may borrow anything, and `?` inside it leaves the transaction only.
macro_rules! en_transaction {
    ($app:expr, |$tx:ident| $corps:expr) => {{
        let app: &$crate::App = $app;
        let mut tour = 1;
        loop {
            let issue: Result<_, $crate::web::Erreur> = async {
                let mut transaction = $crate::db::Tx::ouvrir(app).await?;
                let valeur = {
                    let $tx = &mut transaction;
                    let corps: Result<_, $crate::web::Erreur> = async { $corps }.await;
                    corps?
                };
                transaction.valider().await?;
                Ok(valeur)
            }
            .await;
            match issue {
                Err(erreur) if $crate::db::Tx::recommence(tour, &erreur).await => tour += 1,
                issue => break issue,
            }
        }
    }};
}
pub(crate) use en_transaction;

/// What an act would do, said by the act itself: it runs, then everything is as it was. For the preview of an act whose
/// effects are many.
macro_rules! a_blanc {
    ($app:expr, |$tx:ident| $corps:expr) => {
        async {
            let mut transaction = $crate::db::Tx::ouvrir($app).await?;
            let issue: Result<_, $crate::web::Erreur> = {
                let $tx = &mut transaction;
                async { $corps }.await
            };
            transaction.annuler().await?;
            issue
        }
        .await
    };
}
pub(crate) use a_blanc;

/// Runs `acte` in one transaction: commit when it answers `Ok`, nothing changed otherwise. On 40001 and 40P01 it is
/// run again, up to three times.
///
/// For code that is not awaited by a handler; there, use [`en_transaction!`]: the compiler cannot yet see that the
/// future of a borrowing async closure may change threads.
pub async fn transaction<T, F>(app: &App, acte: F) -> Result<T, Erreur>
where
    F: AsyncFn(&mut Tx) -> Result<T, Erreur>,
{
    en_transaction!(app, |tx| acte(tx).await)
}
