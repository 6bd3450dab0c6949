//! What a decision is about to change, and what it made of it: migration 0020.

use uuid::Uuid;

use crate::acces::Connecte;
use crate::db::Tx;
use crate::web::Erreur;

/// Keeps the rights that these requests are about to change, of either kind; `larges`: the settings of the structure too.
/// Answers the name of the act. The structures must be locked.
pub(super) async fn ouvrir(
    tx: &mut Tx,
    par: &Connecte,
    demandes: &[Uuid],
    larges: &[Uuid],
) -> Result<Uuid, Erreur> {
    let acte = Uuid::now_v7();
    if demandes.is_empty() {
        return Ok(acte);
    }
    sqlx::query!(
        "insert into decisions (id, acte_id, structure_id, demande_rattachement_id, demande_abonnement_id, decideur_id, avant,
                                apres)
         select uuid_v7(), $1::uuid, r.structure_id, r.id, null::uuid, $2::uuid, image_du_rattachement(r.structure_id, r.utilisateur_id),
                '{}'::jsonb
         from demandes_rattachement r where r.id = any ($3)
         union all
         select uuid_v7(), $1, a.structure_id, null, a.id, $2, image_des_espaces(a.id, a.id = any ($4)), '{}'
         from demandes_abonnement a where a.id = any ($3)",
        acte,
        par.id().0,
        demandes,
        larges
    )
    .execute(&mut **tx)
    .await?;
    Ok(acte)
}

/// Keeps what became of them.
pub(super) async fn clore(tx: &mut Tx, acte: Uuid) -> Result<(), Erreur> {
    sqlx::query!(
        "update decisions x set apres =
           case when x.demande_rattachement_id is null
                then image_des_espaces(x.demande_abonnement_id, x.avant -> 'parametrage' <> 'null')
                else (select image_du_rattachement(d.structure_id, d.utilisateur_id) from demandes_rattachement d
                      where d.id = x.demande_rattachement_id) end
         where x.acte_id = $1",
        acte
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
