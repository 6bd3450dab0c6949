//! Access to espaces (decisions 5). Here: the default ones, that follow the role of a rattachement (seed 001 §4).

use crate::db::{RattachementId, Tx};
use crate::web::Erreur;

/// Makes the default espaces of a rattachement agree with its role, its reach and its state; touches no other origin.
/// Given in Modification (spec §13). Espaces for public structures go to public structures only.
pub async fn recalculer_defaut(tx: &mut Tx, rattachement: RattachementId) -> Result<(), Erreur> {
    sqlx::query!(
        "with voulus as (
           select r.structure_id, r.id as rattachement_id, rs.service_id, e.code as espace
           from rattachements r
           join structures s on s.id = r.structure_id
           join espaces e on (s.publique or not e.publique_seulement)
                         and case r.role when 'gp' then e.defaut_gp when 'gs' then e.defaut_gs else e.defaut_us end
           left join rattachement_services rs
                  on rs.rattachement_id = r.id and rs.statut = 'validee' and not r.maille_structure
           where r.id = $1 and r.statut = 'validee' and (r.maille_structure or rs.service_id is not null)),
         retires as (
           delete from abonnements a
           where a.rattachement_id = $1 and a.origine = 'defaut'
             and not exists (select from voulus v
                             where v.espace = a.espace and v.service_id is not distinct from a.service_id))
         insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
         select uuid_v7(), v.structure_id, v.rattachement_id, v.service_id, v.espace, 'modification', 'defaut' from voulus v
         on conflict on constraint abonnements_cle do nothing",
        rattachement.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nothing of a rattachement that ended stays open (security.md AC8).
pub async fn fermer(tx: &mut Tx, rattachement: RattachementId) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from abonnements where rattachement_id = $1",
        rattachement.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
