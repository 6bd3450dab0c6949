//! Block D, page after page.

use uuid::Uuid;

use super::{Brute, Filtre, LigneHistorique};
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

/// Block D, counted up to 10 001. A search, and the sorts other than the newest first, act on the 10 000 newest lines of the
/// filter (decisions 19).
///
/// # Errors
/// Those of the database.
pub async fn lignes(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    fenetre: Fenetre,
) -> Result<Liste<LigneHistorique>, Erreur> {
    let lues = if fenetre.tri() == "date-desc" && filtre.recherche.is_empty() {
        recentes(app, portee, filtre, &fenetre).await?
    } else {
        triees(app, portee, filtre, &fenetre).await?
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
             order by h.survenu_le desc, h.id desc limit 10001),
           compte as materialized (
             select count(*) as total from (
               (select from lecteur g join historique h on h.structure_id = g.structure_id
                where g.maille_structure
                  and ($2::text is null or h.action = $2)
                  and ($3::date is null or h.survenu_le >= debut_du_jour($3))
                  and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
                limit 10001)
               union all
               (select from restreintes) limit 10001) c),
           fenetre as materialized (
             select least($6::bigint - 1, greatest(c.total - 1, 0) / $5) * $5 as debut from compte c),
           page as materialized (
             select l.id, l.survenu_le from (
               select x.id, x.survenu_le from lecteur g cross join lateral (
                 select h.id, h.survenu_le from historique h
                 where h.structure_id = g.structure_id
                   and ($2::text is null or h.action = $2)
                   and ($3::date is null or h.survenu_le >= debut_du_jour($3))
                   and ($4::date is null or h.survenu_le < debut_du_jour($4 + 1))
                 order by h.survenu_le desc, h.id desc limit (select f.debut + $5 from fenetre f)) x
               where g.maille_structure
               union all
               select r.id, r.survenu_le from restreintes r) l
             order by l.survenu_le desc, l.id desc limit $5::bigint offset (select f.debut from fenetre f))
           select c.total as "total!", l.id as "id!", temps(l.survenu_le) as "date!: Temps", l.action as "action!", l.concerne,
                  l.acteur, l.acteur_genre as "acteur_genre!", l.identifiant as "identifiant!",
                  l.raison_sociale as "raison_sociale!", l.donnees
           from compte c cross join page p join historique_en_clair l on l.id = p.id
           order by p.survenu_le desc, p.id desc"#,
        portee.id().0,
        filtre.action.map(Action::code),
        filtre.du,
        filtre.au,
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?)
}

/// Searched, or in any other order.
async fn triees(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    fenetre: &Fenetre,
) -> Result<Vec<Comptee>, Erreur> {
    Ok(sqlx::query_as!(
        Comptee,
        r#"with base as materialized (
             select f.id, f.survenu_le, f.structure_id, f.concerne_id from historique_filtre($1, $2, $3, $4, $5) f),
           page as materialized (
             select t.id, row_number() over () as rang from (
               select b.id from base b
               left join structures s on $8 like 'structure-%' and s.id = b.structure_id
               left join utilisateurs u on $8 like 'demandeur-%' and u.id = b.concerne_id
               order by
                 case $8 when 'demandeur-asc' then u.cle_tri when 'structure-asc' then s.cle_tri end asc nulls last,
                 case $8 when 'demandeur-desc' then u.cle_tri when 'structure-desc' then s.cle_tri end desc nulls last,
                 case when $8 = 'date-asc' then b.survenu_le end asc,
                 b.survenu_le desc, b.id desc
               limit $6::bigint
               offset least($7::bigint - 1, greatest((select count(*) from base) - 1, 0) / $6) * $6) t)
           select (select count(*) from base) as "total!", l.id as "id!", temps(l.survenu_le) as "date!: Temps",
                  l.action as "action!", l.concerne, l.acteur, l.acteur_genre as "acteur_genre!",
                  l.identifiant as "identifiant!", l.raison_sociale as "raison_sociale!", l.donnees
           from page p join historique_en_clair l on l.id = p.id
           order by p.rang"#,
        portee.id().0,
        filtre.recherche,
        filtre.action.map(Action::code),
        filtre.du,
        filtre.au,
        fenetre.par,
        fenetre.page,
        fenetre.tri()
    )
    .fetch_all(&app.db)
    .await?)
}
