//! R-GEST-ANNULER: within ten minutes, by the decider alone, if nothing has changed since.

mod abonnements;
mod courses;
mod proprietes;
mod rattachements;

use vantail::db::{StructureId, UtilisateurId};

use crate::support::{Acteur, Portail};

/// Everything a person may do on a structure, and with what dates: what an undo gives back. Ids and marks of time of the
/// rows themselves apart.
pub async fn droits(portail: &Portail, structure: StructureId, qui: UtilisateurId) -> Vec<String> {
    sqlx::query_scalar(
        "select 'r ' || r.role || r.statut || coalesce(r.cause, '') || r.maille_structure || r.capacites::text || r.date_debut
                || coalesce(r.date_fin::text, '') || coalesce(r.commentaire, '') || coalesce(r.reactive_le::text, '')
         from rattachements r where r.structure_id = $1 and r.utilisateur_id = $2 and r.statut <> 'supprimee'
         union all
         select 's ' || v.code || rs.statut || rs.date_debut || coalesce(rs.date_fin::text, '') || coalesce(rs.commentaire, '')
         from rattachements r join rattachement_services rs on rs.rattachement_id = r.id join services v on v.id = rs.service_id
         where r.structure_id = $1 and r.utilisateur_id = $2 and r.statut <> 'supprimee'
         union all
         select 'a ' || a.espace || a.droit || a.origine || coalesce(v.code, '*')
         from rattachements r join abonnements a on a.rattachement_id = r.id left join services v on v.id = a.service_id
         where r.structure_id = $1 and r.utilisateur_id = $2
         union all
         select 'e ' || a.espace || a.droit || a.origine || coalesce(v.code, '*')
         from abonnements_effectifs a left join services v on v.id = a.service_id
         where a.structure_id = $1 and a.utilisateur_id = $2
         order by 1",
    )
    .bind(structure)
    .bind(qui)
    .fetch_all(&portail.db)
    .await
    .expect("the rights")
}

/// The address of the undo of the last decision of this database, rattachement or abonnement.
pub async fn adresse(portail: &Portail) -> String {
    sqlx::query_scalar(
        "select '/activites/' || case when demande_abonnement_id is null then 'demandes' else 'abonnements' end
                || '/annulation/' || acte_id
         from decisions order by prise_le desc, id desc limit 1",
    )
    .fetch_one(&portail.db)
    .await
    .expect("a decision")
}

/// Asks for the confirmation and presses its button.
pub async fn annuler(acteur: &mut Acteur, adresse: &str) -> u16 {
    acteur
        .poster_sans_suivre(adresse, &[])
        .await
        .statut
        .as_u16()
}
