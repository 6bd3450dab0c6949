//! The export of block D, slice after slice.

use uuid::Uuid;

use super::{Brute, Filtre, LigneHistorique, Trouves};
use crate::App;
use crate::acces::{Portee, ToutGestionnaire};
use crate::db::Temps;
use crate::historique::Action;
use crate::web::Erreur;

/// Lines exported per statement.
const TRANCHE: i64 = 1_000;

/// The lines of the filter from the newest, after the one given: the export asks for slice after slice, so that neither
/// memory nor a transaction grows with its length. Empty at the end.
pub async fn tranche(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    trouves: &Trouves,
    apres: Option<Uuid>,
) -> Result<Vec<LigneHistorique>, Erreur> {
    let lues = sqlx::query_as!(
        Brute,
        r#"with lecteur as materialized (
             select r.structure_id, r.maille_structure from rattachements_effectifs r
             where r.utilisateur_id = $1 and r.capacites <> '{}'),
           apres as materialized (select a.survenu_le, a.id from historique a where a.id = $7),
           page as materialized (
             select l.id, l.survenu_le from (
               select x.id, x.survenu_le from lecteur g cross join lateral (
                 select h.id, h.survenu_le from historique h
                 where h.structure_id = g.structure_id
                   and ($7::uuid is null or (h.survenu_le, h.id) < (select a.survenu_le, a.id from apres a))
                   and ($2::text is null or h.action = $2)
                   and ($3::date is null or h.survenu_le >= debut_du_jour($3))
                   and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
                   and ($5::uuid[] is null or h.structure_id = any ($5) or h.concerne_id = any ($6) or h.acteur_id = any ($6))
                 order by h.survenu_le desc, h.id desc limit $8::bigint) x
               where g.maille_structure
               union all
               select h.id, h.survenu_le from historique_visible h
               where h.lecteur_id = $1
                 and h.structure_id = any (array(select g.structure_id from lecteur g where not g.maille_structure))
                 and ($7::uuid is null or (h.survenu_le, h.id) < (select a.survenu_le, a.id from apres a))
                 and ($2::text is null or h.action = $2)
                 and ($3::date is null or h.survenu_le >= debut_du_jour($3))
                 and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
                 and ($5::uuid[] is null or h.structure_id = any ($5) or h.concerne_id = any ($6) or h.acteur_id = any ($6))) l
             order by l.survenu_le desc, l.id desc limit $8)
           select c.id as "id!", temps(c.survenu_le) as "date!: Temps", c.action as "action!", c.concerne, c.acteur,
                  c.acteur_genre as "acteur_genre!", c.identifiant as "identifiant!", c.raison_sociale as "raison_sociale!",
                  c.donnees
           from page p join historique_en_clair c on c.id = p.id
           order by p.survenu_le desc, p.id desc"#,
        portee.id().0,
        filtre.action.map(Action::code),
        filtre.du,
        filtre.au,
        trouves.structures.as_deref(),
        trouves.personnes.as_deref(),
        apres,
        TRANCHE
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lues.into_iter().filter_map(Brute::lire).collect())
}
