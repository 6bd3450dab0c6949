use crate::courrier::Joignable;
use crate::db::{Tx, UtilisateurId};
use crate::web::Erreur;

/// One person a mail goes to, whatever the state of the account.
///
/// # Errors
/// `Introuvable`: nobody has this id.
pub async fn joignable(tx: &mut Tx, id: UtilisateurId) -> Result<Joignable, Erreur> {
    sqlx::query_as!(
        Joignable,
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_contact as adresse
           from utilisateurs where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)
}
