//! Whom an act is told to, read from the view of rights.

use crate::courrier::Joignable;
use crate::db::{DemandeAbonnementId, Tx, UtilisateurId};
use crate::web::Erreur;

/// Exactly those who can decide this request now (view `decideurs_abonnements`).
pub(super) async fn decideurs(
    tx: &mut Tx,
    demande: DemandeAbonnementId,
) -> Result<Vec<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from decideurs_abonnements d join utilisateurs u on u.id = d.decideur_id
           where d.demande_id = $1 order by u.cle_tri, u.id"#,
        demande.0
    )
    .fetch_all(&mut **tx)
    .await?)
}
