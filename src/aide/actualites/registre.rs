//! What the administrateur reads of the actualités: drafts, those to come and those over as well.

use time::Date;

use super::Importance;
use crate::App;
use crate::acces::Administration;
use crate::aide::Audience;
use crate::db::{ActualiteId, Temps};
use crate::web::{Erreur, Fenetre, Liste};

/// Columns that the list sorts by.
pub const TRIS: [&str; 3] = ["titre", "date", "statut"];

/// Where it stands now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Etat {
    Brouillon,
    AVenir,
    EnCours,
    Terminee,
}

impl Etat {
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Brouillon => "Brouillon",
            Self::AVenir => "À venir",
            Self::EnCours => "Publiée",
            Self::Terminee => "Terminée",
        }
    }

    /// For `etats::badge`.
    pub fn genre(self) -> &'static str {
        match self {
            Self::EnCours => "succes",
            Self::AVenir => "attente",
            Self::Brouillon | Self::Terminee => "neutre",
        }
    }

    pub fn publiee(self) -> bool {
        self != Self::Brouillon
    }
}

/// A line of the list, and what the form needs.
#[derive(Clone, Debug)]
pub struct LigneActualite {
    pub id: ActualiteId,
    pub titre: String,
    pub corps: String,
    pub audience: Audience,
    pub importance: Importance,
    pub etat: Etat,
    /// When it is, or was, shown first.
    pub publiee_le: Option<Temps>,
    /// Its last day.
    pub dernier_jour: Option<Date>,
    pub premier_jour: Option<Date>,
    /// Grows with each change of the text.
    pub version: i32,
    pub modifiee_le: Temps,
    pub modifiee_par: Option<String>,
}

/// Every actualité. One statement.
///
/// # Errors
/// Those of the database.
pub async fn toutes(
    app: &App,
    _: &Administration,
    fenetre: Fenetre,
) -> Result<Liste<LigneActualite>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select a.*, cle_tri(a.titre) as cle,
                    case when a.publiee_le is null then 'brouillon' when a.publiee_le > maintenant() then 'a_venir'
                         when a.fin_le <= maintenant() then 'terminee' else 'en_cours' end as etat
             from actualites a
             where $1 = '' or (cle_recherche($1) <> '' and cle_recherche(a.titre || ' ' || a.texte) like '%' || cle_recherche($1) || '%')
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: ActualiteId", b.titre as "titre!", b.corps as "corps!",
                  b.audience as "audience!: Audience", b.importance as "importance!: Importance", b.etat as "etat!: Etat",
                  temps(b.publiee_le) as "publiee_le?: Temps", (b.publiee_le at time zone 'Europe/Paris')::date as premier_jour,
                  (b.fin_le at time zone 'Europe/Paris')::date - 1 as dernier_jour,
                  b.version as "version!", temps(b.modifiee_le) as "modifiee_le!: Temps", u.prenom || ' ' || u.nom as "par?"
           from base b left join utilisateurs u on u.id = b.modifiee_par
           order by
             case $2 when 'titre-asc' then b.cle when 'statut-asc' then b.etat end asc,
             case $2 when 'titre-desc' then b.cle when 'statut-desc' then b.etat end desc,
             case when $2 = 'date-asc' then coalesce(b.publiee_le, b.creee_le) end asc,
             coalesce(b.publiee_le, b.creee_le) desc, b.id
           limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3"#,
        fenetre.recherche.clone(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| LigneActualite {
            id: l.id,
            titre: l.titre,
            corps: l.corps,
            audience: l.audience,
            importance: l.importance,
            etat: l.etat,
            publiee_le: l.publiee_le,
            premier_jour: l.premier_jour,
            dernier_jour: l.dernier_jour,
            version: l.version,
            modifiee_le: l.modifiee_le,
            modifiee_par: l.par,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "actualites"))
}

/// One of them.
///
/// # Errors
/// `Introuvable`: none.
pub async fn a_rediger(
    app: &App,
    _: &Administration,
    id: ActualiteId,
) -> Result<LigneActualite, Erreur> {
    lire(&mut *app.db.acquire().await?, id).await
}

/// The same inside an act.
pub(super) async fn lire(
    db: &mut sqlx::PgConnection,
    id: ActualiteId,
) -> Result<LigneActualite, Erreur> {
    sqlx::query_as!(
        LigneActualite,
        r#"select a.id as "id!: ActualiteId", a.titre as "titre!", a.corps as "corps!",
                  a.audience as "audience!: Audience", a.importance as "importance!: Importance",
                  case when a.publiee_le is null then 'brouillon' when a.publiee_le > maintenant() then 'a_venir'
                       when a.fin_le <= maintenant() then 'terminee' else 'en_cours' end as "etat!: Etat",
                  temps(a.publiee_le) as "publiee_le?: Temps",
                  (a.publiee_le at time zone 'Europe/Paris')::date as premier_jour,
                  (a.fin_le at time zone 'Europe/Paris')::date - 1 as dernier_jour,
                  a.version, temps(a.modifiee_le) as "modifiee_le!: Temps", u.prenom || ' ' || u.nom as "modifiee_par?"
           from actualites a left join utilisateurs u on u.id = a.modifiee_par
           where a.id = $1"#,
        id.0
    )
    .fetch_optional(db)
    .await?
    .ok_or(Erreur::Introuvable)
}
