//! Block D, page after page.

use uuid::Uuid;

use super::{Brute, Filtre, LigneHistorique};
use crate::App;
use crate::acces::{Portee, ToutGestionnaire};
use crate::db::Temps;
use crate::historique::Action;
use crate::web::{Erreur, Fenetre, Liste};

/// A line, and how many there are. Without a line: what was read to find nothing.
struct Comptee {
    total: i64,
    bornee: bool,
    id: Option<Uuid>,
    date: Option<Temps>,
    action: Option<String>,
    concerne: Option<String>,
    acteur: Option<String>,
    acteur_genre: Option<String>,
    identifiant: Option<String>,
    raison_sociale: Option<String>,
    donnees: Option<String>,
}

impl Comptee {
    fn lire(self) -> Option<LigneHistorique> {
        let brute = Brute {
            id: self.id?,
            date: self.date?,
            action: self.action?,
            concerne: self.concerne,
            acteur: self.acteur,
            acteur_genre: self.acteur_genre?,
            identifiant: self.identifiant?,
            raison_sociale: self.raison_sociale?,
            donnees: self.donnees,
        };
        brute.lire()
    }
}

/// A page of block D.
pub struct Actions {
    pub liste: Liste<LigneHistorique>,
    /// Only the newest 10 000 lines of the filter were looked at: there are older ones.
    pub bornee: bool,
}

/// Block D, counted up to 10 001. A search, and the sorts other than the newest first, act on the newest 10 000 lines of the
/// filter (decisions 19), and the page says so.
///
/// # Errors
/// Those of the database.
pub async fn lignes(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    fenetre: Fenetre,
) -> Result<Actions, Erreur> {
    let lues = if fenetre.tri() == "date-desc" && filtre.recherche.is_empty() {
        recentes(app, portee, filtre, &fenetre).await?
    } else {
        triees(app, portee, filtre, &fenetre).await?
    };
    let total = lues.first().map_or(0, |l| l.total);
    let bornee = lues.first().is_some_and(|l| l.bornee);
    let lignes = lues.into_iter().filter_map(Comptee::lire).collect();
    Ok(Actions {
        liste: Liste::new(lignes, total, fenetre, "historique"),
        bornee,
    })
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
           select c.total as "total!", false as "bornee!", l.id as "id?", temps(l.survenu_le) as "date?: Temps", l.action as "action?",
                  l.concerne, l.acteur, l.acteur_genre as "acteur_genre?", l.identifiant as "identifiant?",
                  l.raison_sociale as "raison_sociale?", l.donnees
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
        r#"select p.total as "total!", p.lues > 10000 as "bornee!", l.id as "id?", temps(l.survenu_le) as "date?: Temps",
                  l.action as "action?", l.concerne, l.acteur, l.acteur_genre as "acteur_genre?",
                  l.identifiant as "identifiant?", l.raison_sociale as "raison_sociale?", l.donnees
           from page_historique($1, $2, $3, $4, $5, $6, $7, $8) p
           left join historique_en_clair l on l.id = p.id
           order by p.rang"#,
        portee.id().0,
        filtre.recherche,
        filtre.action.map(Action::code),
        filtre.du,
        filtre.au,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?)
}
