use crate::App;
use crate::acces::Systeme;
use crate::db::en_transaction;
use crate::rattachements;
use crate::web::Erreur;

/// Ends told in one run: the next minute does the rest.
const PAR_TOUR: i64 = 1_000;

/// Every end of validity that is to be told, each in a transaction of its own: one that fails is logged and does not keep the
/// others from leaving.
pub(super) async fn annoncer(app: &App, systeme: &Systeme) -> Result<u64, Erreur> {
    let mut annoncees = 0;
    for (structure, id) in rattachements::fins_a_annoncer(app, systeme, PAR_TOUR).await? {
        let issue = en_transaction!(app, |tx| rattachements::annoncer_la_fin(
            tx, systeme, structure, id
        )
        .await);
        match issue {
            Ok(annoncee) => annoncees += u64::from(annoncee),
            Err(Erreur::Indisponible) => return Err(Erreur::Indisponible),
            Err(erreur) => tracing::error!(rattachement = %id, ?erreur, "end of validity"),
        }
    }
    Ok(annoncees)
}
