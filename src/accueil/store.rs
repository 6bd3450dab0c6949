use crate::App;
use crate::acces::{Connecte, Support};
use crate::db::Temps;
use crate::historique::Action;
use crate::web::{Erreur, Pastille};

/// Where the person stands: what I can decide, what others must decide for me.
pub struct Situation {
    /// Structures where a rattachement is in force.
    pub structures: i64,
    /// Open requests I can decide (view `decideurs`).
    pub a_traiter: i64,
    /// Age of the oldest of them, in days.
    pub plus_ancienne: Option<i32>,
    /// Open demandes d'abonnement I can decide (view `decideurs_abonnements`), and the age of the oldest.
    pub abonnements_a_traiter: i64,
    pub plus_ancien_abonnement: Option<i32>,
    /// At least one structure where I may decide requests of either kind, even if none waits.
    pub decide: bool,
    /// My own open requests.
    pub en_attente: i64,
    /// My sollicitations that wait for my answer.
    pub a_repondre: i64,
    /// « Déposer une facture »: the espace « Factures émises » in modification, somewhere (spec §13).
    pub depose: bool,
}

pub async fn situation(app: &App, connecte: &Connecte) -> Result<Situation, Erreur> {
    Ok(sqlx::query_as!(
        Situation,
        r#"with miens as materialized (
             select r.structure_id, r.capacites, r.structure_active from rattachements_effectifs r where r.utilisateur_id = $1),
           traitables as materialized (
             select d.creee_le from decideurs x join demandes_rattachement d on d.id = x.demande_id
             where x.decideur_id = $1),
           abonnements as materialized (
             select d.creee_le from decideurs_abonnements x join demandes_abonnement d on d.id = x.demande_id
             where x.decideur_id = $1)
           select (select count(*) from miens) as "structures!",
                  (select count(*) from traitables) as "a_traiter!",
                  (select aujourdhui() - (min(creee_le) at time zone 'Europe/Paris')::date from traitables) as plus_ancienne,
                  (select count(*) from abonnements) as "abonnements_a_traiter!",
                  (select aujourdhui() - (min(creee_le) at time zone 'Europe/Paris')::date from abonnements) as plus_ancien_abonnement,
                  exists (select from miens where capacites && array['valider_rattachements', 'valider_abonnements']
                          and structure_active) as "decide!",
                  (select count(*) from demandes_rattachement d
                   where d.utilisateur_id = $1 and d.statut = 'en_cours_de_validation') as "en_attente!",
                  (select count(*) from sollicitations s
                   where s.emetteur_id = $1 and s.statut = 'en_attente_du_demandeur') as "a_repondre!",
                  exists (select from abonnements_effectifs a
                          where a.utilisateur_id = $1 and a.espace = 'factures_emises' and a.droit = 'modification' and a.structure_active) as "depose!""#,
        connecte.id().0
    )
    .fetch_one(&app.db)
    .await?)
}

/// What waits for the desk of the support.
pub struct Bureau {
    pub nouvelles: Pastille,
    /// Age of the oldest new one, in days.
    pub nouvelle_age: Option<i32>,
    /// Of this agent, in progress.
    pub miennes: Pastille,
    /// Requests that nobody answers.
    pub sans_reponse: Pastille,
    pub sans_reponse_age: Option<i32>,
}

pub async fn bureau(app: &App, support: &Support) -> Result<Bureau, Erreur> {
    Ok(sqlx::query_as!(
        Bureau,
        r#"with nouvelles as materialized (
             select s.creee_le from file_du_support(1::smallint, null, null) s order by s.creee_le limit 1001),
           sans_reponse as materialized (
             select creee_le from demandes_sans_reponse order by creee_le limit 1001)
           select (select count(*) from nouvelles) as "nouvelles!: Pastille",
                  (select aujourdhui() - (min(creee_le) at time zone 'Europe/Paris')::date from nouvelles) as nouvelle_age,
                  (select count(*) from (select from file_du_support(2::smallint, $1, null) limit 1001) x) as "miennes!: Pastille",
                  (select count(*) from sans_reponse) as "sans_reponse!: Pastille",
                  (select aujourdhui() - (min(creee_le) at time zone 'Europe/Paris')::date from sans_reponse) as sans_reponse_age"#,
        support.id().0
    )
    .fetch_one(&app.db)
    .await?)
}

/// One of my open requests.
pub struct Attente {
    pub raison_sociale: String,
    pub creee_le: Temps,
    /// In days.
    pub age: i32,
    pub sans_gestionnaire: bool,
}

/// The oldest of my open requests.
pub async fn en_attente(app: &App, connecte: &Connecte) -> Result<Vec<Attente>, Erreur> {
    Ok(sqlx::query_as!(
        Attente,
        r#"select s.raison_sociale, temps(d.creee_le) as "creee_le!: Temps",
                  aujourdhui() - (d.creee_le at time zone 'Europe/Paris')::date as "age!",
                  not s.a_gp as "sans_gestionnaire!"
           from demandes_rattachement d join structures s on s.id = d.structure_id
           where d.utilisateur_id = $1 and d.statut = 'en_cours_de_validation'
           order by d.creee_le, d.id limit 5"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// A line of the « Fil d'événements ».
pub struct Evenement {
    pub survenu_le: Temps,
    pub phrase: String,
}

/// The last ten events: those about me, and those I may read in the historique of my structures. The rule is the view
/// `historique_visible`: everything for a gestionnaire of the whole structure; through services only, what he signed and
/// what lies wholly within his services.
pub async fn evenements(app: &App, connecte: &Connecte) -> Result<Vec<Evenement>, Erreur> {
    let lignes = sqlx::query!(
        r#"with gerees as materialized (
             select r.structure_id, r.maille_structure from rattachements_effectifs r
             where r.utilisateur_id = $1 and r.capacites <> '{}'),
           miens as (
             select h.id, h.survenu_le from historique h where h.concerne_id = $1
             order by h.survenu_le desc, h.id desc limit 10),
           des_structures as (
             select x.id, x.survenu_le from gerees g cross join lateral (
               select h.id, h.survenu_le from historique h where h.structure_id = g.structure_id
               order by h.survenu_le desc, h.id desc limit 10) x
             where g.maille_structure
             union all
             (select h.id, h.survenu_le from historique_visible h
              where h.lecteur_id = $1
                and h.structure_id = any (array(select g.structure_id from gerees g where not g.maille_structure))
              order by h.survenu_le desc, h.id desc limit 10)),
           derniers as (
             select id, survenu_le from miens union select id, survenu_le from des_structures
             order by survenu_le desc, id desc limit 10)
           select temps(h.survenu_le) as "survenu_le!: Temps", h.action,
                  coalesce(nullif(d.donnees::json ->> 'concerne', ''),
                           case when u.statut <> 'clos' then u.prenom || ' ' || u.nom end,
                           'Une personne') as "qui!",
                  coalesce(s.raison_sociale, 'la structure') as "structure!"
           from derniers e join historique h on h.id = e.id
           left join historique_donnees d on d.historique_id = h.id
           left join structures s on s.id = h.structure_id
           left join utilisateurs u on u.id = h.concerne_id
           order by h.survenu_le desc, h.id desc"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .filter_map(|l| {
            Action::lire(&l.action).map(|action| Evenement {
                phrase: action.phrase(&l.qui, &l.structure),
                survenu_le: l.survenu_le,
            })
        })
        .collect())
}
