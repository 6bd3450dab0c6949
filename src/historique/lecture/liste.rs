//! Block D, page after page.

use uuid::Uuid;

use super::{Brute, Filtre, LigneHistorique, Trouves};
use crate::App;
use crate::acces::{Portee, ToutGestionnaire};
use crate::db::Temps;
use crate::historique::Action;
use crate::web::{Erreur, Fenetre, Liste};

/// A line, and how many there are.
struct Comptee {
    total: i64,
    id: Uuid,
    date: Temps,
    action: String,
    concerne: Option<String>,
    acteur: Option<String>,
    acteur_genre: String,
    identifiant: String,
    raison_sociale: String,
    donnees: Option<String>,
}

/// Block D, counted up to 10 001. The sorts other than the newest first act on the 10 000 newest lines of the filter
/// (decisions 19).
///
/// # Errors
/// Those of the database.
pub async fn lignes(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    fenetre: Fenetre,
) -> Result<Liste<LigneHistorique>, Erreur> {
    let trouves = filtre.trouves(app, portee).await?;
    // Lines of a few people are spread over the whole historique: to find a page of them costs as much as to find them all.
    let lues = if fenetre.tri() == "date-desc" && !trouves.sans_structure() {
        recentes(app, portee, filtre, &trouves, &fenetre).await?
    } else {
        triees(app, portee, filtre, &trouves, &fenetre).await?
    };
    let total = lues.first().map_or(0, |l| l.total);
    let lignes = lues.into_iter().filter_map(|l| {
        let brute = Brute {
            id: l.id,
            date: l.date,
            action: l.action,
            concerne: l.concerne,
            acteur: l.acteur,
            acteur_genre: l.acteur_genre,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            donnees: l.donnees,
        };
        brute.lire()
    });
    Ok(Liste::new(lignes.collect(), total, fenetre, "historique"))
}

/// The newest first: what is read of each structure ends with the page.
async fn recentes(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    trouves: &Trouves,
    fenetre: &Fenetre,
) -> Result<Vec<Comptee>, Erreur> {
    Ok(sqlx::query_as!(
        Comptee,
        r#"with lecteur as materialized (
             select r.structure_id, r.maille_structure from rattachements_effectifs r
             where r.utilisateur_id = $1 and r.capacites <> '{}'),
           restreintes as materialized (
             select h.id, h.survenu_le from historique_visible h
             where h.lecteur_id = $1
               and h.structure_id = any (array(select g.structure_id from lecteur g where not g.maille_structure))
               and ($2::text is null or h.action = $2)
               and ($3::date is null or h.survenu_le >= debut_du_jour($3))
               and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
               and ($5::uuid[] is null or h.structure_id = any ($5) or h.concerne_id = any ($6) or h.acteur_id = any ($6))
             order by h.survenu_le desc, h.id desc limit 10001),
           compte as materialized (
             select count(*) as total from (
               (select from lecteur g join historique h on h.structure_id = g.structure_id
                where g.maille_structure
                  and ($2::text is null or h.action = $2)
                  and ($3::date is null or h.survenu_le >= debut_du_jour($3))
                  and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
                  and ($5::uuid[] is null or h.structure_id = any ($5) or h.concerne_id = any ($6) or h.acteur_id = any ($6))
                limit 10001)
               union all
               (select from restreintes) limit 10001) c),
           fenetre as materialized (
             select least($8::bigint - 1, greatest(c.total - 1, 0) / $7) * $7 as debut from compte c),
           page as materialized (
             select l.id, l.survenu_le from (
               select x.id, x.survenu_le from lecteur g cross join lateral (
                 select h.id, h.survenu_le from historique h
                 where h.structure_id = g.structure_id
                   and ($2::text is null or h.action = $2)
                   and ($3::date is null or h.survenu_le >= debut_du_jour($3))
                   and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
                   and ($5::uuid[] is null or h.structure_id = any ($5) or h.concerne_id = any ($6) or h.acteur_id = any ($6))
                 order by h.survenu_le desc, h.id desc limit (select f.debut + $7 from fenetre f)) x
               where g.maille_structure
               union all
               select r.id, r.survenu_le from restreintes r) l
             order by l.survenu_le desc, l.id desc limit $7::bigint offset (select f.debut from fenetre f))
           select c.total as "total!", l.id as "id!", temps(l.survenu_le) as "date!: Temps", l.action as "action!", l.concerne,
                  l.acteur, l.acteur_genre as "acteur_genre!", l.identifiant as "identifiant!",
                  l.raison_sociale as "raison_sociale!", l.donnees
           from compte c cross join page p join historique_en_clair l on l.id = p.id
           order by p.survenu_le desc, p.id desc"#,
        portee.id().0,
        filtre.action.map(Action::code),
        filtre.du,
        filtre.au,
        trouves.structures.as_deref(),
        trouves.personnes.as_deref(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?)
}

/// Any other order.
async fn triees(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    trouves: &Trouves,
    fenetre: &Fenetre,
) -> Result<Vec<Comptee>, Erreur> {
    Ok(sqlx::query_as!(
        Comptee,
        r#"with lecteur as materialized (
             select r.structure_id, r.maille_structure from rattachements_effectifs r
             where r.utilisateur_id = $1 and r.capacites <> '{}'),
           restreintes as materialized (
             select h.id, h.survenu_le from historique_visible h
             where h.lecteur_id = $1
               and h.structure_id = any (array(select g.structure_id from lecteur g where not g.maille_structure))
               and ($2::text is null or h.action = $2)
               and ($3::date is null or h.survenu_le >= debut_du_jour($3))
               and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
               and ($5::uuid[] is null or h.structure_id = any ($5) or h.concerne_id = any ($6) or h.acteur_id = any ($6))
             order by h.survenu_le desc, h.id desc limit 10001),
           base as materialized (
             select l.id, l.survenu_le from (
               select x.id, x.survenu_le from lecteur g cross join lateral (
                 select h.id, h.survenu_le from historique h
                 where h.structure_id = g.structure_id
                   and ($2::text is null or h.action = $2)
                   and ($3::date is null or h.survenu_le >= debut_du_jour($3))
                   and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
                   and ($5::uuid[] is null or h.structure_id = any ($5) or h.concerne_id = any ($6) or h.acteur_id = any ($6))
                 order by h.survenu_le desc, h.id desc limit 10001) x
               where g.maille_structure
               union all
               select r.id, r.survenu_le from restreintes r) l
             order by l.survenu_le desc, l.id desc limit 10001),
           page as materialized (
             select t.id, row_number() over () as rang from (
               select b.id from base b
               join historique h on h.id = b.id
               left join structures s on $9 like 'structure-%' and s.id = h.structure_id
               left join utilisateurs u on $9 like 'demandeur-%' and u.id = h.concerne_id
               order by
                 case $9 when 'demandeur-asc' then u.cle_tri when 'structure-asc' then s.cle_tri end asc nulls last,
                 case $9 when 'demandeur-desc' then u.cle_tri when 'structure-desc' then s.cle_tri end desc nulls last,
                 case when $9 = 'date-asc' then b.survenu_le end asc,
                 b.survenu_le desc, b.id desc
               limit $7::bigint
               offset least($8::bigint - 1, greatest((select count(*) from base) - 1, 0) / $7) * $7) t)
           select (select count(*) from base) as "total!", l.id as "id!", temps(l.survenu_le) as "date!: Temps",
                  l.action as "action!", l.concerne, l.acteur, l.acteur_genre as "acteur_genre!",
                  l.identifiant as "identifiant!", l.raison_sociale as "raison_sociale!", l.donnees
           from page p join historique_en_clair l on l.id = p.id
           order by p.rang"#,
        portee.id().0,
        filtre.action.map(Action::code),
        filtre.du,
        filtre.au,
        trouves.structures.as_deref(),
        trouves.personnes.as_deref(),
        fenetre.par,
        fenetre.page,
        fenetre.tri()
    )
    .fetch_all(&app.db)
    .await?)
}
