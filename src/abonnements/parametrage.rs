//! Espaces opened to everybody of a structure or of a service, present and to come (spec §13 « Reaches »).

use uuid::Uuid;

use super::droit::Droit;
use crate::courrier::Joignable;
use crate::db::{ServiceId, StructureId, Tx, UtilisateurId};
use crate::web::Erreur;

/// One setting: `service` `None` is the whole structure.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reglage {
    pub service: Option<ServiceId>,
    pub espace: String,
    pub droit: Droit,
}

/// Records the settings and applies them to everybody there; whoever is attached later gets them from `recalculer`. Never
/// takes a right away: a wider setting stays. Answers those whose rights have grown. The structure must be locked; who may
/// do it is the caller's proof, and so are the historique and the mails.
///
/// # Errors
/// Those of the database.
pub async fn regler(
    tx: &mut Tx,
    structure: StructureId,
    par: UtilisateurId,
    reglages: &[Reglage],
) -> Result<Vec<Joignable>, Erreur> {
    sqlx::query!(
        "insert into parametrage_espaces (id, structure_id, service_id, espace, droit, regle_par)
         select uuid_v7(), $1, l.service, l.espace, max(l.droit), $2
         from unnest($3::uuid[], $4::text[], $5::text[]) as l (service, espace, droit)
         group by l.service, l.espace
         on conflict on constraint parametrage_espaces_cle do update set
           droit = greatest(parametrage_espaces.droit, excluded.droit), regle_le = maintenant(), regle_par = excluded.regle_par",
        structure.0,
        par.0,
        &reglages.iter().map(|r| r.service.map(|s| s.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &reglages.iter().map(|r| r.espace.clone()).collect::<Vec<_>>(),
        &reglages.iter().map(|r| r.droit.code().to_owned()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    // The view is read as it was before this statement: whose rights grow is compared with what was in force.
    Ok(sqlx::query_as!(
        Joignable,
        r#"with poses as (
             insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
             select uuid_v7(), d.structure_id, d.rattachement_id, d.service_id, d.espace, d.droit, d.origine
             from abonnements_dus d
             where d.structure_id = $1 and d.origine <> 'defaut' and d.espace = any ($2)
             on conflict on constraint abonnements_cle do update set droit = excluded.droit
               where abonnements.droit <> excluded.droit
             returning rattachement_id, service_id, espace, droit)
           select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from utilisateurs u join rattachements_effectifs r on r.utilisateur_id = u.id
           where r.structure_id = $1
             and exists (select from poses p
                         where p.rattachement_id = r.id
                           and not exists (select from abonnements_effectifs a
                                           where a.rattachement_id = r.id and a.espace = p.espace and a.droit >= p.droit
                                             and (a.service_id is null or a.service_id = p.service_id)))
           order by u.cle_tri, u.id"#,
        structure.0,
        &reglages.iter().map(|r| r.espace.clone()).collect::<Vec<_>>()
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Makes what roles, structure and services give agree with the settings, for everybody there. The structure must be
/// locked.
///
/// # Errors
/// Those of the database.
pub(super) async fn accorder(
    tx: &mut Tx,
    structure: StructureId,
    espaces: &[String],
) -> Result<(), Erreur> {
    sqlx::query!(
        "with dus as materialized (
           select d.structure_id, d.rattachement_id, d.service_id, d.espace, d.origine, d.droit
           from abonnements_dus d where d.structure_id = $1 and d.espace = any ($2)),
         retires as (
           delete from abonnements a
           where a.structure_id = $1 and a.espace = any ($2) and a.origine <> 'demande'
             and not exists (select from dus d
                             where d.rattachement_id = a.rattachement_id and d.espace = a.espace and d.origine = a.origine
                               and d.service_id is not distinct from a.service_id))
         insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
         select uuid_v7(), d.structure_id, d.rattachement_id, d.service_id, d.espace, d.droit, d.origine from dus d
         on conflict on constraint abonnements_cle do update set droit = excluded.droit
           where abonnements.droit <> excluded.droit",
        structure.0,
        espaces
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
