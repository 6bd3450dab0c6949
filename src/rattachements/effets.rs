//! What an act does to the rows: written once, called by every decision, transfer, departure and job.

use serde::Serialize;
use uuid::Uuid;

use crate::abonnements;
use crate::acces::{Capacite, Role};
use crate::db::{DemandeId, RattachementId, ServiceId, StructureId, Tx, UtilisateurId};
pub use crate::structures::verrouiller;
use crate::web::Erreur;

/// What a rattachement is to become.
#[derive(Clone, Debug)]
pub struct Attribution {
    pub role: Role,
    /// Of a GS; empty otherwise.
    pub capacites: Vec<Capacite>,
    pub maille_structure: bool,
    /// All the services it shall have validated; ignored when `maille_structure`.
    pub services: Vec<ServiceId>,
    /// First day, in Paris; `None`: today.
    pub debut: Option<time::Date>,
    /// Last day, in Paris, included.
    pub fin: Option<time::Date>,
    pub commentaire: String,
}

/// The result of attaching.
#[derive(Clone, Copy, Debug)]
pub struct Rattache {
    pub id: RattachementId,
    /// False when a rattachement existed and was changed.
    pub nouveau: bool,
}

/// Attaches a person, or changes the rattachement she has (one row per person and structure: decisions 3).
/// The structure must be locked. Services not listed lose their validation; deactivated lines that are not listed stay.
pub async fn attacher(
    tx: &mut Tx,
    structure: StructureId,
    personne: UtilisateurId,
    attribution: &Attribution,
) -> Result<Rattache, Erreur> {
    attacher_en_gardant(tx, structure, personne, attribution, &Gardes::default()).await
}

/// His role changes by transfer only.
pub(super) fn gp_intouchable() -> Erreur {
    Erreur::Conflit(
        "Cette personne est le gestionnaire principal : son rôle ne change que par un transfert."
            .to_owned(),
    )
}

/// What a gestionnaire does not see on the screen, and hence does not take away.
#[derive(Clone, Default, Debug)]
pub(super) struct Gardes {
    /// Validated lines that stay as they are: services outside his reach, or no longer active.
    pub services: Vec<ServiceId>,
    /// Some are outside his reach: the dates of the rattachement bound them too, hence stay; granted lines carry theirs.
    pub dates: bool,
}

/// The same, leaving alone what the screen of the gestionnaire does not show.
pub(super) async fn attacher_en_gardant(
    tx: &mut Tx,
    structure: StructureId,
    personne: UtilisateurId,
    attribution: &Attribution,
    gardes: &Gardes,
) -> Result<Rattache, Erreur> {
    let existant = sqlx::query!(
        r#"select id as "id: RattachementId", role as "role: Role", statut,
                  statut = 'validee' and (date_fin is null or date_fin > maintenant()) as "tenu!"
           from rattachements
           where structure_id = $1 and utilisateur_id = $2 and statut <> 'supprimee' for update"#,
        structure.0,
        personne.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let capacites: Vec<String> = attribution
        .capacites
        .iter()
        .map(|c| c.code().to_owned())
        .collect();
    let id = match &existant {
        Some(ligne)
            if ligne.role == Role::Gp
                && ligne.statut == "validee"
                && attribution.role != Role::Gp =>
        {
            return Err(gp_intouchable());
        }
        Some(ligne) => {
            if ligne.statut != "validee" {
                changer_statut(tx, ligne.id, None).await?;
            }
            ligne.id
        }
        None => RattachementId::nouveau(),
    };
    sqlx::query!(
        "insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, capacites, date_debut,
                                    date_fin, commentaire)
         values ($1, $2, $3, $4, 'validee', $5, $6, debut_du_jour(coalesce($7::date, aujourdhui())),
                 debut_du_jour($8::date + 1), nullif($9, ''))
         on conflict (id) do update set role = excluded.role, maille_structure = excluded.maille_structure,
           capacites = excluded.capacites,
           date_debut = case when $10 then least(rattachements.date_debut, excluded.date_debut) else excluded.date_debut end,
           date_fin = case when $11 then rattachements.date_fin else excluded.date_fin end,
           commentaire = excluded.commentaire, modifie_le = maintenant()",
        id.0,
        structure.0,
        personne.0,
        attribution.role.code(),
        attribution.maille_structure,
        &capacites,
        attribution.debut,
        attribution.fin,
        attribution.commentaire,
        // What is in force does not stop because more is granted from a later day.
        existant.as_ref().is_some_and(|l| l.tenu),
        gardes.dates
    )
    .execute(&mut **tx)
    .await?;
    let services: Vec<Uuid> = if attribution.maille_structure {
        Vec::new()
    } else {
        attribution.services.iter().map(|s| s.0).collect()
    };
    if existant.is_none() && services.is_empty() {
        abonnements::recalculer(tx, id).await?;
        return Ok(Rattache { id, nouveau: true });
    }
    sqlx::query!(
        "with retires as (
           delete from rattachement_services
           where rattachement_id = $1 and statut = 'validee' and service_id <> all ($3) and service_id <> all ($6))
         insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut, date_fin)
         select $1, $2, s.id, 'validee', debut_du_jour(coalesce($4::date, aujourdhui())), debut_du_jour($5::date + 1)
         from unnest($3::uuid[]) as s (id)
         on conflict (rattachement_id, service_id) do update set statut = 'validee',
           date_debut = case when rattachement_services.statut = 'validee'
                             then least(rattachement_services.date_debut, excluded.date_debut)
                             else excluded.date_debut end,
           date_fin = excluded.date_fin",
        id.0,
        structure.0,
        &services,
        attribution.debut,
        attribution.fin,
        &gardes.services.iter().map(|s| s.0).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    abonnements::recalculer(tx, id).await?;
    Ok(Rattache {
        id,
        nouveau: existant.is_none(),
    })
}

/// Why a rattachement stopped (column `cause`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Cause {
    /// A gestionnaire deactivated it.
    Gestionnaire,
    /// Its dates ended it.
    Echeance,
    /// The account was deactivated (decisions 4).
    Compte,
    /// The person left, or was removed: `supprimee`, for good.
    Depart,
}

impl Cause {
    /// As the database spells it; `None` for a rattachement in force.
    pub(super) fn lire(code: Option<&str>) -> Option<Self> {
        match code? {
            "echeance" => Some(Self::Echeance),
            "compte" => Some(Self::Compte),
            "depart" => Some(Self::Depart),
            _ => Some(Self::Gestionnaire),
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Gestionnaire => "gestionnaire",
            Self::Echeance => "echeance",
            Self::Compte => "compte",
            Self::Depart => "depart",
        }
    }
}

/// The only statement that changes the state of a rattachement: `None` validates, `Some(cause)` stops it.
/// Everything open through it closes with it.
pub async fn changer_statut(
    tx: &mut Tx,
    rattachement: RattachementId,
    arret: Option<Cause>,
) -> Result<bool, Erreur> {
    let statut = match arret {
        None => "validee",
        Some(Cause::Depart) => "supprimee",
        Some(_) => "desactivee",
    };
    let change = sqlx::query!(
        "update rattachements set statut = $2, cause = $3, modifie_le = maintenant(),
           reactive_le = case when $2 = 'validee' then maintenant() else reactive_le end
         where id = $1 and statut <> $2 and statut <> 'supprimee'",
        rattachement.0,
        statut,
        arret.map(Cause::code)
    )
    .execute(&mut **tx)
    .await?
    .rows_affected()
        == 1;
    if change && arret.is_some() {
        let fin = match arret {
            Some(Cause::Compte) => abonnements::Fin::Compte,
            _ => abonnements::Fin::Rattachement,
        };
        abonnements::fermer(tx, rattachement, fin).await?;
        if arret == Some(Cause::Depart) {
            sqlx::query!(
                "delete from rattachement_services where rattachement_id = $1",
                rattachement.0
            )
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(change)
}

/// Changes a role alone; a transfer calls it for the old GP, then for the new one, then moves the pointer: any other
/// order breaks the unique index (decisions 3). The GP is attached to the whole structure and has no end.
pub async fn changer_role(
    tx: &mut Tx,
    rattachement: RattachementId,
    role: Role,
) -> Result<(), Erreur> {
    sqlx::query!(
        "update rattachements set role = $2, capacites = '{}',
           maille_structure = maille_structure or $2 = 'gp',
           date_debut = case when $2 = 'gp' then least(date_debut, maintenant()) else date_debut end,
           date_fin = case when $2 = 'gp' then null else date_fin end, modifie_le = maintenant()
         where id = $1",
        rattachement.0,
        role.code()
    )
    .execute(&mut **tx)
    .await?;
    if role == Role::Gp {
        sqlx::query!(
            "delete from rattachement_services where rattachement_id = $1",
            rattachement.0
        )
        .execute(&mut **tx)
        .await?;
    }
    abonnements::recalculer(tx, rattachement).await
}

/// Closes the open request of a person that an act has satisfied (failure-modes R4): validated, with the act named.
pub async fn clore_la_demande(
    tx: &mut Tx,
    structure: StructureId,
    personne: UtilisateurId,
    par: Option<UtilisateurId>,
    rattachement: RattachementId,
    acte: &str,
) -> Result<Option<DemandeId>, Erreur> {
    let close = sqlx::query_scalar!(
        r#"update demandes_rattachement set statut = 'validee', traitee_le = maintenant(), traitee_par = $3, acte = $5,
             rattachement_id = $4
           where structure_id = $1 and utilisateur_id = $2 and statut = 'en_cours_de_validation'
           returning id as "id: DemandeId""#,
        structure.0,
        personne.0,
        par.map(Uuid::from),
        rattachement.0,
        acte
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(demande) = close {
        sqlx::query!(
            "update demande_services ds set statut =
               case when exists (select from rattachements r where r.id = $2 and r.maille_structure)
                      or exists (select from rattachement_services rs
                                 where rs.rattachement_id = $2 and rs.service_id = ds.service_id and rs.statut = 'validee')
                    then 'accordee' else 'ecartee' end
             where ds.demande_id = $1",
            demande.0,
            rattachement.0
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(close)
}
