//! Whom an act is told to: always read in the transaction of the act, from the views of rights.

pub(super) use crate::courrier::{Joignable, envoyer, prevenir};
use crate::db::{DemandeId, StructureId, Tx, UtilisateurId};
pub(super) use crate::utilisateurs::joignable as personne;
use crate::web::Erreur;

/// Exactly those who can decide this request now (view `decideurs`, decisions 12); nobody where there is no gestionnaire.
pub(super) async fn decideurs(tx: &mut Tx, demande: DemandeId) -> Result<Vec<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from decideurs d join utilisateurs u on u.id = d.decideur_id
           where d.demande_id = $1 order by u.cle_tri, u.id"#,
        demande.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Those who manage something of the structure, whatever it is.
pub(super) async fn gestionnaires(
    tx: &mut Tx,
    structure: StructureId,
) -> Result<Vec<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from rattachements_effectifs r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 and r.capacites <> '{}' order by u.cle_tri, u.id"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The gestionnaire principal, while his account is active.
pub async fn principal(tx: &mut Tx, structure: StructureId) -> Result<Option<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from rattachements_effectifs r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 and r.role = 'gp'"#,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Everybody with a right in force on the structure.
pub async fn membres(tx: &mut Tx, structure: StructureId) -> Result<Vec<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from rattachements_effectifs r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 order by u.cle_tri, u.id"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// One person, unless the account is closed for good: nothing is written to it any more.
pub(super) async fn ouvert(tx: &mut Tx, id: UtilisateurId) -> Result<Option<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_contact as adresse
           from utilisateurs where id = $1 and statut <> 'clos'"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}
