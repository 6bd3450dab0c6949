//! What is ticked in block A: « toutes les N demandes du filtre », the names a confirmation shows, the motives used before.

use uuid::Uuid;

use crate::App;
use crate::acces::{Connecte, Portee, ValiderRattachements};
use crate::db::{DemandeId, StructureId};
use crate::web::Erreur;

/// The ids of every open request the filter gives, oldest first, one more than a batch holds, and how many there are,
/// counted up to the ceiling of lists.
pub async fn toutes(
    app: &App,
    portee: &Portee<ValiderRattachements>,
    recherche: &str,
) -> Result<(Vec<DemandeId>, i64), Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select d.id, d.creee_le
             from decideurs dc
             join demandes_rattachement d on d.id = dc.demande_id
             join utilisateurs u on u.id = d.utilisateur_id
             join structures s on s.id = d.structure_id
             where dc.decideur_id = $1
               and ($2 = '' or s.identifiant = replace($2, ' ', '') or u.adresse_connexion = lower($2)
                    or (cle_recherche($2) <> ''
                        and (u.cle_recherche like '%' || cle_recherche($2) || '%'
                             or cle_recherche(u.prenom || u.nom) like '%' || cle_recherche($2) || '%'
                             or s.cle_recherche like '%' || cle_recherche($2) || '%')))
             limit 10001)
           select id as "id!: DemandeId", (select count(*) from base) as "total!"
           from base order by creee_le, id limit 501"#,
        portee.id().0,
        recherche
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    Ok((lignes.into_iter().map(|l| l.id).collect(), total))
}

/// A ticked request, as a confirmation names it.
pub struct Choisie {
    pub id: DemandeId,
    pub structure: StructureId,
    pub demandeur: String,
    pub raison_sociale: String,
    pub ouverte: bool,
}

/// The requests among `ids` within reach, in the order they were ticked. The others are not said to exist.
pub async fn choisies(
    app: &App,
    portee: &Portee<ValiderRattachements>,
    ids: &[DemandeId],
) -> Result<Vec<Choisie>, Erreur> {
    let ids: Vec<Uuid> = ids.iter().map(|d| d.0).collect();
    Ok(sqlx::query_as!(
        Choisie,
        r#"select d.id as "id!: DemandeId", d.structure_id as "structure!: StructureId",
                  u.prenom || ' ' || u.nom as "demandeur!", s.raison_sociale as "raison_sociale!",
                  d.statut = 'en_cours_de_validation' as "ouverte!"
           from unnest($2::uuid[]) with ordinality as c (id, rang)
           join portees_demandes p on p.demande_id = c.id and p.gestionnaire_id = $1
           join demandes_rattachement d on d.id = c.id
           join utilisateurs u on u.id = d.utilisateur_id
           join structures s on s.id = d.structure_id
           order by c.rang"#,
        portee.id().0,
        &ids
    )
    .fetch_all(&app.db)
    .await?)
}

/// The last motives this gestionnaire gave on these structures, the most recent first: they can be used again.
pub async fn motifs_recents(
    app: &App,
    connecte: &Connecte,
    structures: &[StructureId],
) -> Result<Vec<String>, Erreur> {
    let structures: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    Ok(sqlx::query_scalar!(
        r#"select d.motif as "motif!"
           from (select motif, traitee_le from demandes_rattachement
                 where structure_id = any ($2) and traitee_par = $1 and statut = 'refusee'
                 order by id desc limit 50) d
           group by d.motif order by max(d.traitee_le) desc limit 3"#,
        connecte.id().0,
        &structures
    )
    .fetch_all(&app.db)
    .await?)
}
