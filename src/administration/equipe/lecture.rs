//! The staff, as the administrateur sees it.

use sqlx::PgExecutor;

use crate::App;
use crate::acces::Administration;
use crate::db::{Temps, UtilisateurId};
use crate::utilisateurs::{Equipe, Statut};
use crate::web::{Erreur, Fenetre, Liste, Pastille};

/// A member of the staff.
#[derive(Clone, Debug)]
pub struct CompteEquipe {
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub adresse_connexion: String,
    pub equipe: Equipe,
    pub statut: Statut,
    /// A code is asked after the password.
    pub facteur: bool,
    pub derniere_connexion: Option<Temps>,
    pub cree_le: Temps,
}

impl CompteEquipe {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// Columns the list sorts by.
pub const TRIS: [&str; 4] = ["nom", "equipe", "statut", "connexion"];

/// All of them, in one statement; a search looks in the name and the login.
///
/// # Errors
/// Those of the database.
pub async fn tous(
    app: &App,
    _: &Administration,
    fenetre: Fenetre,
) -> Result<Liste<CompteEquipe>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select u.id, u.cle_tri, u.equipe, u.statut, u.derniere_connexion from utilisateurs u
             where u.equipe is not null
               and ($2 = '' or u.adresse_connexion like '%' || lower($2) || '%'
                    or u.cle_recherche like '%' || nullif(cle_recherche($2), '') || '%')
             limit 10001),
           fenetre as materialized (
             select b.* from base b
             order by
               case when $1 = 'nom-desc' then b.cle_tri end desc,
               case when $1 = 'equipe-asc' then b.equipe end asc, case when $1 = 'equipe-desc' then b.equipe end desc,
               case when $1 = 'statut-asc' then b.statut end asc, case when $1 = 'statut-desc' then b.statut end desc,
               case when $1 = 'connexion-asc' then b.derniere_connexion end asc nulls first,
               case when $1 = 'connexion-desc' then b.derniere_connexion end desc nulls last,
               b.cle_tri, b.id
             limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3)
           select (select count(*) from base) as "total!", u.id as "id!: UtilisateurId", u.prenom as "prenom!", u.nom as "nom!",
                  u.adresse_connexion as "adresse_connexion!", u.equipe as "equipe!: Equipe", u.statut as "statut!: Statut",
                  u.facteur_le is not null as "facteur!", temps(u.derniere_connexion) as "derniere_connexion?: Temps",
                  temps(u.cree_le) as "cree_le!: Temps"
           from fenetre f join utilisateurs u on u.id = f.id
           order by
             case when $1 = 'nom-desc' then f.cle_tri end desc,
             case when $1 = 'equipe-asc' then f.equipe end asc, case when $1 = 'equipe-desc' then f.equipe end desc,
             case when $1 = 'statut-asc' then f.statut end asc, case when $1 = 'statut-desc' then f.statut end desc,
             case when $1 = 'connexion-asc' then f.derniere_connexion end asc nulls first,
             case when $1 = 'connexion-desc' then f.derniere_connexion end desc nulls last,
             f.cle_tri, f.id"#,
        fenetre.tri(),
        fenetre.recherche,
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| CompteEquipe {
            id: l.id,
            prenom: l.prenom,
            nom: l.nom,
            adresse_connexion: l.adresse_connexion,
            equipe: l.equipe,
            statut: l.statut,
            facteur: l.facteur,
            derniere_connexion: l.derniere_connexion,
            cree_le: l.cree_le,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "comptes"))
}

/// One of them.
///
/// # Errors
/// `Introuvable`: nobody of the staff has this id.
pub async fn lire(
    db: impl PgExecutor<'_>,
    _: &Administration,
    id: UtilisateurId,
) -> Result<CompteEquipe, Erreur> {
    sqlx::query_as!(
        CompteEquipe,
        r#"select u.id as "id: UtilisateurId", u.prenom, u.nom, u.adresse_connexion, u.equipe as "equipe!: Equipe",
                  u.statut as "statut: Statut", u.facteur_le is not null as "facteur!",
                  temps(u.derniere_connexion) as "derniere_connexion?: Temps", temps(u.cree_le) as "cree_le!: Temps"
           from utilisateurs u where u.id = $1 and u.equipe is not null"#,
        id.0
    )
    .fetch_optional(db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// Open sollicitations that this person has in charge.
///
/// # Errors
/// Those of the database.
pub async fn en_charge(
    db: impl PgExecutor<'_>,
    _: &Administration,
    id: UtilisateurId,
) -> Result<Pastille, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "nombre!: Pastille" from (
             select from sollicitations s where s.prise_en_charge_par = $1 and s.rang < 4 limit 1001) s"#,
        id.0
    )
    .fetch_one(db)
    .await?)
}
