//! Open requests that an act has satisfied: they are answered, not left behind (failure-modes R4).

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::db::{DemandeId, RattachementId, StructureId, Tx, UtilisateurId};
use crate::web::Erreur;

/// [`clore_les_demandes`] of one.
///
/// # Errors
/// Those of the database.
pub(super) async fn clore_la_demande(
    tx: &mut Tx,
    structure: StructureId,
    personne: UtilisateurId,
    par: Option<UtilisateurId>,
    rattachement: RattachementId,
    acte: &str,
) -> Result<Option<DemandeId>, Erreur> {
    let une = [(structure, personne, rattachement)];
    let closes = clore_les_demandes(tx, &une, par, acte).await?;
    Ok(closes.into_values().next())
}

/// Closes the open requests of these persons: validated by what each of them is now attached with, the act being named.
/// Its services are granted as far as the rattachement holds them. Answers those that there were.
///
/// # Errors
/// Those of the database.
pub(super) async fn clore_les_demandes(
    tx: &mut Tx,
    satisfaites: &[(StructureId, UtilisateurId, RattachementId)],
    par: Option<UtilisateurId>,
    acte: &str,
) -> Result<BTreeMap<UtilisateurId, DemandeId>, Erreur> {
    if satisfaites.is_empty() {
        return Ok(BTreeMap::new());
    }
    let closes = sqlx::query!(
        r#"with closes as (
             update demandes_rattachement d set statut = 'validee', traitee_le = maintenant(), traitee_par = $4, acte = $5,
               rattachement_id = s.rattachement
             from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as s (structure, personne, rattachement)
             where d.structure_id = s.structure and d.utilisateur_id = s.personne and d.statut = 'en_cours_de_validation'
             returning d.id, d.utilisateur_id, s.rattachement),
           lignes as (
             update demande_services ds set statut =
               case when exists (select from rattachements r where r.id = c.rattachement and r.maille_structure)
                      or exists (select from rattachement_services rs
                                 where rs.rattachement_id = c.rattachement and rs.service_id = ds.service_id
                                   and rs.statut = 'validee')
                    then 'accordee' else 'ecartee' end
             from closes c where ds.demande_id = c.id)
           select c.id as "id: DemandeId", c.utilisateur_id as "personne: UtilisateurId" from closes c"#,
        &satisfaites.iter().map(|s| s.0.0).collect::<Vec<_>>(),
        &satisfaites.iter().map(|s| s.1.0).collect::<Vec<_>>(),
        &satisfaites.iter().map(|s| s.2.0).collect::<Vec<_>>(),
        par.map(Uuid::from),
        acte
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(closes.into_iter().map(|c| (c.personne, c.id)).collect())
}
