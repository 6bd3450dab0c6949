//! What waits for a gestionnaire: blocks A and B, « toutes les N demandes du filtre », the next one.

use uuid::Uuid;

use super::genre::Genre;
use crate::App;
use crate::acces::{Connecte, Portee, ToutGestionnaire};
use crate::db::{StructureId, Temps};
use crate::web::{Erreur, Fenetre, Liste};

/// Columns that both blocks sort by.
pub const TRIS: [&str; 4] = ["demandeur", "identifiant", "structure", "date"];

/// A line of a block (seed 001 §1, §4).
pub struct LigneADecider {
    pub id: Uuid,
    pub structure: StructureId,
    pub demandeur: String,
    pub adresse: String,
    pub identifiant: String,
    pub raison_sociale: String,
    /// The services asked, or « Toute la structure »; the espaces asked, each once.
    pub objets: Vec<String>,
    pub date: Temps,
}

/// The open requests this person can decide, one statement, whatever their number.
///
/// # Errors
/// Those of the database.
pub async fn a_decider<G: Genre>(
    app: &App,
    portee: &Portee<G::Capacite>,
    fenetre: Fenetre,
) -> Result<Liste<LigneADecider>, Erreur> {
    let lues = sqlx::query!(
        r#"with base as materialized (
             select * from rangs_a_decider($1, $2, $3, $4, null) order by rang limit 10001),
           page as materialized (
             select * from base order by rang
             limit $5::bigint offset least($6::bigint - 1, greatest((select count(*) from base) - 1, 0) / $5) * $5)
           select (select count(*) from base) as "total!", p.id as "id!", p.structure_id as "structure!: StructureId",
                  u.prenom || ' ' || u.nom as "demandeur!", u.adresse_connexion as "adresse!", s.identifiant as "identifiant!",
                  s.raison_sociale as "raison_sociale!", temps(p.creee_le) as "date!: Temps",
                  case
                    when $1 = 'abonnement' then
                      array(select e.nom from demande_abonnement_lignes l join espaces e on e.code = l.espace
                            where l.demande_id = p.id and l.statut = 'demandee' group by e.nom, e.ordre order by e.ordre)
                    when (select d.maille_structure from demandes_rattachement d where d.id = p.id)
                      then array['Toute la structure']
                    else array(select v.libelle from demande_services ds join services v on v.id = ds.service_id
                               where ds.demande_id = p.id order by v.cle_tri)
                  end as "objets!"
           from page p join utilisateurs u on u.id = p.utilisateur_id join structures s on s.id = p.structure_id
           order by p.rang"#,
        G::mots().code,
        portee.id().0,
        fenetre.recherche,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lues.first().map_or(0, |l| l.total);
    let lignes = lues
        .into_iter()
        .map(|l| LigneADecider {
            id: l.id,
            structure: l.structure,
            demandeur: l.demandeur,
            adresse: l.adresse,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            objets: l.objets,
            date: l.date,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, G::mots().ancre))
}

/// The ids of every open request the filter gives, oldest first, one more than a batch holds, and how many there are,
/// counted up to the ceiling of lists.
///
/// # Errors
/// Those of the database.
pub async fn toutes<G: Genre>(
    app: &App,
    portee: &Portee<G::Capacite>,
    recherche: &str,
) -> Result<(Vec<G::Id>, i64), Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select id, rang from rangs_a_decider($1, $2, $3, 'date-asc', null) order by rang limit 10001)
           select id as "id!", (select count(*) from base) as "total!" from base order by rang limit 501"#,
        G::mots().code,
        portee.id().0,
        recherche
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    Ok((lignes.into_iter().map(|l| G::id(l.id)).collect(), total))
}

/// « Traiter la suivante »: the request that follows in the list as it was left, from the first again after the last.
///
/// # Errors
/// Those of the database.
pub async fn suivante<G: Genre>(
    app: &App,
    portee: &Portee<G::Capacite>,
    fenetre: &Fenetre,
    apres: Option<G::Id>,
) -> Result<Option<(StructureId, G::Id)>, Erreur> {
    let ligne = sqlx::query!(
        r#"with base as materialized (select id, structure_id, rang from rangs_a_decider($1, $2, $3, $4, $5))
           select structure_id as "structure!: StructureId", id as "id!"
           from base
           where id is distinct from $5
           order by rang <= coalesce((select b.rang from base b where b.id = $5), 0), rang
           limit 1"#,
        G::mots().code,
        portee.id().0,
        fenetre.recherche,
        fenetre.tri(),
        apres.map(Into::<Uuid>::into)
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(ligne.map(|l| (l.structure, G::id(l.id))))
}

/// The last motives this gestionnaire gave on these structures, the most recent first: they can be used again.
///
/// # Errors
/// Those of the database.
pub async fn motifs_recents<G: Genre>(
    app: &App,
    connecte: &Connecte,
    structures: &[StructureId],
) -> Result<Vec<String>, Erreur> {
    let structures: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    Ok(sqlx::query_scalar!(
        r#"select m.motif as "motif!"
           from (select id, motif, traitee_le from demandes_rattachement
                 where $3 = 'rattachement' and structure_id = any ($2) and traitee_par = $1 and statut = 'refusee'
                 union all
                 select id, motif, traitee_le from demandes_abonnement
                 where $3 = 'abonnement' and structure_id = any ($2) and traitee_par = $1 and statut = 'refusee'
                 order by id desc limit 50) m
           group by m.motif order by max(m.traitee_le) desc limit 3"#,
        connecte.id().0,
        &structures,
        G::mots().code
    )
    .fetch_all(&app.db)
    .await?)
}

/// The decision of this request that its reader took and may still undo: its name, or `None`.
///
/// # Errors
/// Those of the database.
pub async fn annulable(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    demande: Uuid,
) -> Result<Option<Uuid>, Erreur> {
    Ok(sqlx::query_scalar!(
        "select id from decisions
         where decideur_id = $1 and $2 in (demande_rattachement_id, demande_abonnement_id) and annulee_le is null
           and maintenant() - prise_le <= interval '10 minutes'",
        portee.id().0,
        demande
    )
    .fetch_optional(&app.db)
    .await?)
}
