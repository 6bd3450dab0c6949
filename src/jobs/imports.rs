use crate::App;
use crate::acces::Systeme;
use crate::db::en_transaction;
use crate::rattachements;
use crate::web::Erreur;

/// Carries through what an import left: requests of the structures it deactivated, members to tell. The import command
/// calls it at its end, the jobs every minute for what an interruption left.
///
/// # Errors
/// Those of the database; what was done stays done.
pub async fn annoncer(app: &App, systeme: &Systeme) -> Result<u64, Erreur> {
    let mut annoncees = 0;
    for structure in rattachements::a_annoncer(app).await? {
        let faite = en_transaction!(app, |tx| rattachements::annoncer_l_import(
            tx, systeme, structure
        )
        .await)?;
        annoncees += u64::from(faite);
    }
    Ok(annoncees)
}
