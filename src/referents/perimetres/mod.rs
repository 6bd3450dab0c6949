//! The périmètres and their référents: the administrateur's (R-ADM, R-REF); what of them anybody may read.

mod actes;
mod public;

use serde::Deserialize;
use sqlx::types::Json;

pub use actes::{affecter, creer, modifier, retirer, supprimer};
pub use public::{Public, StructurePublique, de_la_structure, du_departement};

use super::demandes;
use super::guichet::Guichet;
use crate::App;
use crate::acces::{Administration, Connecte, Referent};
use crate::db::{PerimetreId, StructureId, UtilisateurId};
use crate::sollicitations::Destinataire;
use crate::web::Erreur;

/// Code and words of each type of public structure (SQL `genre_de_structure`).
pub const GENRES: [(&str, &str); 3] = [
    ("enseignement", "Établissements publics d’enseignement"),
    ("collectivite_locale", "Collectivités locales"),
    ("autre_entite_publique", "Autres entités publiques"),
];

/// What a périmètre is, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contenu {
    pub nom: String,
    pub departements: Vec<String>,
    pub genres: Vec<String>,
    pub domaines: Vec<String>,
}

impl Contenu {
    pub fn departements(&self) -> String {
        liste(&self.departements, "Tous")
    }

    pub fn genres(&self) -> String {
        genres_en_mots(&self.genres)
    }

    pub fn domaines(&self) -> String {
        liste(&self.domaines, "")
    }
}

fn liste(valeurs: &[String], vide: &str) -> String {
    if valeurs.is_empty() {
        vide.to_owned()
    } else {
        valeurs.join(", ")
    }
}

fn genres_en_mots(genres: &[String]) -> String {
    let mots: Vec<String> = GENRES
        .iter()
        .filter(|(code, _)| genres.iter().any(|g| g == code))
        .map(|(_, mots)| (*mots).to_owned())
        .collect();
    liste(&mots, "Tous")
}

/// A référent of a périmètre.
#[derive(Deserialize, Debug)]
pub struct Affecte {
    pub id: UtilisateurId,
    pub nom: String,
    pub adresse: String,
    pub actif: bool,
}

/// A périmètre, as the administrateur reads it.
pub struct Perimetre {
    pub id: PerimetreId,
    pub contenu: Contenu,
    pub version: i32,
    pub comptes: i64,
    pub en_cours: i64,
    pub referents: Vec<Affecte>,
}

impl Perimetre {
    /// What keeps it from being deleted.
    pub fn occupe(&self) -> bool {
        self.comptes > 0 || self.en_cours > 0 || !self.referents.is_empty()
    }

    pub fn referents(&self) -> String {
        let noms: Vec<String> = self.referents.iter().map(|r| r.nom.clone()).collect();
        liste(&noms, "")
    }
}

async fn lus(app: &App, seul: Option<PerimetreId>) -> Result<Vec<Perimetre>, Erreur> {
    let lignes = sqlx::query!(
        r#"select p.id as "id: PerimetreId", p.nom, p.departements, p.genres, p.domaines, p.version,
                  (select count(*) from utilisateurs u where u.perimetre_id = p.id) as "comptes!",
                  (select count(*) from sollicitations s where s.perimetre_id = p.id and s.rang < 4)
                  + (select count(*) from demandes_de_compte d where d.perimetre_id = p.id and d.statut = 'ouverte') as "en_cours!",
                  (select coalesce(json_agg(json_build_object('id', u.id, 'nom', u.prenom || ' ' || u.nom,
                            'adresse', u.adresse_connexion, 'actif', u.statut = 'actif' and u.equipe is not distinct from 'referent')
                            order by u.cle_tri, u.id), '[]')
                   from perimetre_referents r join utilisateurs u on u.id = r.utilisateur_id
                   where r.perimetre_id = p.id) as "referents!: Json<Vec<Affecte>>"
           from perimetres p where $1::uuid is null or p.id = $1 order by p.cle_tri, p.id limit 500"#,
        seul.map(|s| s.0)
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| Perimetre {
            id: l.id,
            contenu: Contenu {
                nom: l.nom,
                departements: l.departements,
                genres: l.genres,
                domaines: l.domaines,
            },
            version: l.version,
            comptes: l.comptes,
            en_cours: l.en_cours,
            referents: l.referents.0,
        })
        .collect())
}

/// All of them, by name.
///
/// # Errors
/// Those of the database.
pub async fn tous(app: &App, _: &Administration) -> Result<Vec<Perimetre>, Erreur> {
    lus(app, None).await
}

/// One of them.
///
/// # Errors
/// `Introuvable`.
pub async fn un(app: &App, _: &Administration, id: PerimetreId) -> Result<Perimetre, Erreur> {
    lus(app, Some(id)).await?.pop().ok_or(Erreur::Introuvable)
}

/// The active référents who are not in this périmètre: value and words of a list.
///
/// # Errors
/// Those of the database.
pub async fn affectables(
    app: &App,
    _: &Administration,
    id: PerimetreId,
) -> Result<Vec<(String, String)>, Erreur> {
    Ok(sqlx::query!(
        r#"select u.id, u.prenom || ' ' || u.nom || ' (' || u.adresse_connexion || ')' as "nom!" from utilisateurs u
           where u.equipe = 'referent' and u.statut = 'actif'
             and not exists (select from perimetre_referents r where r.utilisateur_id = u.id and r.perimetre_id = $1)
           order by u.cle_tri, u.id limit 500"#,
        id.0
    )
    .fetch_all(&app.db)
    .await?
    .into_iter()
    .map(|l| (l.id.to_string(), l.nom))
    .collect())
}

/// A périmètre of this référent.
pub struct Mien {
    pub id: PerimetreId,
    pub nom: String,
    pub domaines: Vec<String>,
}

/// His own, by name.
///
/// # Errors
/// Those of the database.
pub async fn miens(app: &App, referent: &Referent) -> Result<Vec<Mien>, Erreur> {
    Ok(sqlx::query_as!(
        Mien,
        r#"select p.id as "id: PerimetreId", p.nom, p.domaines
           from perimetres p join referents_effectifs r on r.perimetre_id = p.id
           where r.utilisateur_id = $1 order by p.cle_tri, p.id"#,
        referent.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// All of them, to move an account to: value and name.
///
/// # Errors
/// Those of the database.
pub async fn choix(app: &App, _: &Referent) -> Result<Vec<(String, String)>, Erreur> {
    let tous = sqlx::query!("select id, nom from perimetres order by cle_tri, id limit 500")
        .fetch_all(&app.db)
        .await?;
    Ok(tous
        .into_iter()
        .map(|p| (p.id.to_string(), p.nom))
        .collect())
}

/// Those where a référent answers, but this one: value and name.
///
/// # Errors
/// Those of the database.
pub async fn transmissibles<G: Guichet>(
    app: &App,
    _: &G,
    sauf: Option<PerimetreId>,
) -> Result<Vec<(String, String)>, Erreur> {
    let lus = sqlx::query!(
        "select p.id, p.nom from perimetres p
         where p.id is distinct from $1 and exists (select from referents_effectifs r where r.perimetre_id = p.id)
         order by p.cle_tri, p.id limit 500",
        sauf.map(|p| p.0)
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lus.into_iter().map(|p| (p.id.to_string(), p.nom)).collect())
}

/// Who receives what is asked for this structure: the référents of its périmètre, the support where there is none.
///
/// # Errors
/// Those of the database.
pub async fn destinataire_pour(app: &App, structure: StructureId) -> Result<Destinataire, Erreur> {
    let perimetre = demandes::pour_la_structure(&app.db, structure).await?;
    Ok(perimetre.map_or(Destinataire::Support, Destinataire::Referent))
}

/// Who keeps the identity of this account, and how it is named.
///
/// # Errors
/// Those of the database.
pub async fn destinataire_du_compte(
    app: &App,
    connecte: &Connecte,
) -> Result<(Destinataire, String), Erreur> {
    let perimetre = sqlx::query!(
        r#"select p.id as "id: PerimetreId", p.nom from utilisateurs u join perimetres p on p.id = u.perimetre_id
           where u.id = $1 and u.pigp
             and exists (select from referents_effectifs r where r.perimetre_id = p.id)"#,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(match perimetre {
        Some(p) => (
            Destinataire::Referent(p.id),
            format!("le référent ({})", p.nom),
        ),
        None => (Destinataire::Support, "le support".to_owned()),
    })
}
