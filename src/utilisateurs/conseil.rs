use crate::App;
use crate::acces::Identifie;
use crate::web::Erreur;

/// The advice to set up a second factor is not shown to this person any more.
pub(super) async fn masquer(app: &App, identifie: &Identifie) -> Result<(), Erreur> {
    sqlx::query!(
        "update utilisateurs set facteur_conseil_masque = true where id = $1 and not facteur_conseil_masque",
        identifie.id().0
    )
    .execute(&app.db)
    .await?;
    Ok(())
}
