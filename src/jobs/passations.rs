use crate::App;
use crate::acces::Systeme;
use crate::db::en_transaction;
use crate::rattachements::passations::{self, Suite};
use crate::web::Erreur;

#[derive(Default)]
pub(super) struct Comptes {
    pub executees: u64,
    pub caduques: u64,
    pub annoncees: u64,
}

/// Every programmed handover that has something to do, one structure at a time, each in a transaction of its own: the
/// failure of one is logged, waits for the next minute and stops none of the others.
pub(super) async fn suivre(app: &App, systeme: &Systeme) -> Result<Comptes, Erreur> {
    let mut comptes = Comptes::default();
    for structure in passations::a_suivre(app).await? {
        let suite = en_transaction!(app, |tx| passations::suivre(tx, systeme, structure).await);
        match suite {
            Ok(Suite::Rien) => {}
            Ok(Suite::Executee) => comptes.executees += 1,
            Ok(Suite::Caduque) => comptes.caduques += 1,
            Ok(Suite::Avertie) => comptes.annoncees += 1,
            Err(erreur) => tracing::error!(%structure, ?erreur, "programmed handover"),
        }
    }
    Ok(comptes)
}
