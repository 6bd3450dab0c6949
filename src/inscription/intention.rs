//! What was asked while creating an account, kept until it is active (spec §13: « sent only when the account is
//! activated »).

use sqlx::PgPool;
use uuid::Uuid;

use crate::App;
use crate::acces::Role;
use crate::db::{ServiceId, StructureId, Tx, UtilisateurId};
use crate::identifiants::{Identifiant, TypeIdentifiant};
use crate::rattachements::{Demandee, ServiceDemandable};
use crate::structures::NouvelleStructure;
use crate::web::Erreur;

/// The pending intent of an account.
#[derive(Clone, Debug)]
pub enum Intention {
    Rien,
    Demande {
        structure: StructureId,
        demandee: Demandee,
    },
    Fondation(NouvelleStructure),
}

impl Intention {
    fn genre(&self) -> &'static str {
        match self {
            Self::Rien => "compte",
            Self::Demande { .. } => "demande",
            Self::Fondation(_) => "fondation",
        }
    }
}

/// Keeps what this account asked for, in place of what it asked before. The structure asked must be locked.
pub async fn ecrire(
    tx: &mut Tx,
    personne: UtilisateurId,
    intention: &Intention,
) -> Result<(), Erreur> {
    reprendre(tx, personne).await?;
    let (demande, fiche) = match intention {
        Intention::Rien => (None, None),
        Intention::Demande {
            structure,
            demandee,
        } => (Some((structure, demandee)), None),
        Intention::Fondation(fiche) => (None, Some(fiche)),
    };
    let services: Vec<Uuid> = demande
        .map(|(_, d)| d.services.iter().map(|s| s.0).collect())
        .unwrap_or_default();
    sqlx::query!(
        "insert into inscriptions (id, utilisateur_id, genre, structure_id, maille_structure, services, role, commentaire,
                                   type_identifiant, identifiant, raison_sociale, adresse, code_postal, ville, pays)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        Uuid::now_v7(),
        personne.0,
        intention.genre(),
        demande.map(|(s, _)| s.0),
        demande.map(|(_, d)| d.maille_structure),
        &services,
        demande.map(|(_, d)| d.role.code()),
        demande.map(|(_, d)| d.commentaire.as_str()),
        fiche.map(|f| f.identifiant.type_identifiant().code()),
        fiche.map(|f| f.identifiant.valeur()),
        fiche.map(|f| f.raison_sociale.as_str()),
        fiche.map(|f| f.adresse.as_str()),
        fiche.and_then(|f| f.code_postal.as_deref()),
        fiche.map(|f| f.ville.as_str()),
        fiche.map(|f| f.pays.as_deref().unwrap_or("France"))
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps, for accounts just created by a référent, the request each will send for its structure at its activation: whole structure,
/// utilisateur simple. One statement. The structures must be locked.
///
/// # Errors
/// Those of the database.
pub async fn demander(
    tx: &mut Tx,
    demandes: &[(UtilisateurId, StructureId)],
    commentaire: &str,
) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into inscriptions (id, utilisateur_id, genre, structure_id, maille_structure, role, commentaire)
         select d.id, d.personne, 'demande', d.structure, true, $4, $5
         from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as d (id, personne, structure)",
        &demandes.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        &demandes.iter().map(|(personne, _)| personne.0).collect::<Vec<_>>(),
        &demandes.iter().map(|(_, structure)| structure.0).collect::<Vec<_>>(),
        Role::Us.code(),
        commentaire
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Did this account come from these pages? Only such a one may be rewritten by a new sign-up (failure-modes I5).
pub(super) async fn existe(tx: &mut Tx, personne: UtilisateurId) -> Result<bool, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from inscriptions
                          where utilisateur_id = $1 and genre in ('compte', 'demande', 'fondation')) as "existe!""#,
        personne.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The columns of an intent; `Intention` is read from them.
struct Ligne {
    genre: String,
    structure: Option<StructureId>,
    maille_structure: Option<bool>,
    services: Vec<Uuid>,
    role: Option<String>,
    commentaire: Option<String>,
    type_identifiant: Option<String>,
    identifiant: Option<String>,
    raison_sociale: Option<String>,
    adresse: Option<String>,
    code_postal: Option<String>,
    ville: Option<String>,
    pays: Option<String>,
}

impl Ligne {
    /// The checks of the table make the columns of each genre present.
    fn lire(self) -> Option<Intention> {
        match self.genre.as_str() {
            "demande" => Some(Intention::Demande {
                structure: self.structure?,
                demandee: Demandee {
                    role: Role::accordable(self.role.as_deref()?)?,
                    maille_structure: self.maille_structure?,
                    services: self.services.into_iter().map(ServiceId).collect(),
                    commentaire: self.commentaire?,
                },
            }),
            "fondation" => {
                let type_identifiant: TypeIdentifiant = self.type_identifiant?.parse().ok()?;
                Some(Intention::Fondation(NouvelleStructure {
                    identifiant: Identifiant::relu(type_identifiant, self.identifiant?),
                    raison_sociale: self.raison_sociale?,
                    adresse: self.adresse?,
                    code_postal: self.code_postal,
                    ville: self.ville?,
                    pays: self
                        .pays
                        .filter(|_| crate::structures::a_l_etranger(type_identifiant)),
                }))
            }
            _ => None,
        }
    }
}

/// What this account asked for; reading changes nothing.
pub(super) async fn lire(
    db: impl sqlx::PgExecutor<'_>,
    personne: UtilisateurId,
) -> Result<Option<Intention>, Erreur> {
    let ligne = sqlx::query_as!(
        Ligne,
        r#"select genre, structure_id as "structure: StructureId", maille_structure, services, role, commentaire,
                  type_identifiant, identifiant, raison_sociale, adresse, code_postal, ville, pays
           from inscriptions where utilisateur_id = $1 and genre in ('demande', 'fondation')"#,
        personne.0
    )
    .fetch_optional(db)
    .await?;
    Ok(ligne.and_then(Ligne::lire))
}

/// Takes the intent out of the table: it is carried out, or given up.
pub(super) async fn reprendre(
    tx: &mut Tx,
    personne: UtilisateurId,
) -> Result<Option<Intention>, Erreur> {
    let ligne = sqlx::query_as!(
        Ligne,
        r#"delete from inscriptions where utilisateur_id = $1 and genre in ('compte', 'demande', 'fondation')
           returning genre, structure_id as "structure: StructureId", maille_structure, services, role, commentaire,
                     type_identifiant, identifiant, raison_sociale, adresse, code_postal, ville, pays"#,
        personne.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(ligne.and_then(Ligne::lire))
}

/// The active services of a structure, to somebody who holds none of them.
pub(super) async fn services(
    app: &App,
    structure: StructureId,
) -> Result<Vec<ServiceDemandable>, Erreur> {
    Ok(sqlx::query_as!(
        ServiceDemandable,
        r#"select id as "id!: ServiceId", code as "code!", libelle as "libelle!", false as "tenu!"
           from services_actifs where structure_id = $1 order by cle_tri, id limit 500"#,
        structure.0
    )
    .fetch_all(&app.db)
    .await?)
}

/// A structure and services as the activation page names them.
pub(super) struct Nommee {
    pub raison_sociale: String,
    pub identifiant: String,
    pub services: Vec<String>,
}

pub(super) async fn nommer(
    app: &App,
    structure: StructureId,
    services: &[ServiceId],
) -> Result<Option<Nommee>, Erreur> {
    let ids: Vec<Uuid> = services.iter().map(|s| s.0).collect();
    Ok(sqlx::query_as!(
        Nommee,
        r#"select raison_sociale, identifiant,
                  array(select v.libelle from services v where v.structure_id = s.id and v.id = any ($2)
                        order by v.cle_tri, v.id) as "services!"
           from structures s where id = $1"#,
        structure.0,
        &ids
    )
    .fetch_optional(&app.db)
    .await?)
}

/// Drops what accounts that were never activated asked for more than 30 days ago, and the name of whoever asked for
/// them; the account keeps its link, which can be asked for again (R-COMPTE-ACTIVER). Answers how many.
pub async fn oublier_les_anciennes(db: &PgPool) -> sqlx::Result<u64> {
    let oubliees = sqlx::query!(
        "with anciennes as (
           update inscriptions set genre = 'compte', structure_id = null, maille_structure = null, services = '{}', role = null,
                  commentaire = null, type_identifiant = null, identifiant = null, raison_sociale = null, adresse = null,
                  code_postal = null, ville = null, pays = null
           where cree_le <= maintenant() - interval '30 days' and genre in ('demande', 'fondation')
           returning utilisateur_id)
         select count(*) as \"nombre!\" from anciennes"
    )
    .fetch_one(db)
    .await?;
    let promises = sqlx::query!(
        "delete from inscriptions where genre = 'rattachement' and cree_le <= maintenant() - interval '30 days'"
    )
    .execute(db)
    .await?;
    sqlx::query!(
        "update utilisateurs set demandee_par = null
         where demandee_par is not null and cree_le <= maintenant() - interval '30 days'"
    )
    .execute(db)
    .await?;
    // Answers left half-way: nobody reads what a session that has ended held.
    sqlx::query!(
        "update sessions set donnees = '{}'
         where revoquee_le is null and donnees <> '{}'
           and least(expire_le, vue_le + interval '30 minutes') <= maintenant()"
    )
    .execute(db)
    .await?;
    Ok(u64::try_from(oubliees.nombre).unwrap_or_default() + promises.rows_affected())
}
