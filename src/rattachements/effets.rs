//! What an act does to the rows: written once, called by every decision, transfer, departure and job.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::statuts::changer_statuts;
pub use super::statuts::{Cause, changer_statut};
use crate::abonnements;
use crate::acces::{Capacite, Role};
use crate::db::{RattachementId, ServiceId, StructureId, Tx, UtilisateurId};
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
        "Cette personne est le gestionnaire principal\u{202F}: son rôle ne change que par un transfert."
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
    /// What has not begun yet may begin later: its screen shows that date, and sends another.
    pub debut_libre: bool,
}

/// The same, leaving alone what the screen of the gestionnaire does not show.
pub(super) async fn attacher_en_gardant(
    tx: &mut Tx,
    structure: StructureId,
    personne: UtilisateurId,
    attribution: &Attribution,
    gardes: &Gardes,
) -> Result<Rattache, Erreur> {
    let seul = Attachement {
        structure,
        personne,
        attribution,
        gardes,
    };
    let rattaches = attacher_plusieurs(tx, &[seul]).await?;
    rattaches
        .into_iter()
        .next()
        .ok_or_else(|| anyhow::anyhow!("nobody attached").into())
}

/// One person on one structure, and what she is to have there.
pub(super) struct Attachement<'a> {
    pub structure: StructureId,
    pub personne: UtilisateurId,
    pub attribution: &'a Attribution,
    pub gardes: &'a Gardes,
}

/// A rattachement about to be written: its id, and what there was.
struct Prise {
    id: RattachementId,
    nouveau: bool,
    /// In force, or about to be.
    tenu: bool,
    arrete: bool,
}

/// The same for many, each person once per structure; the statements do not depend on how many they are. One that is
/// refused refuses all: whoever decides many judges each of them before.
pub(super) async fn attacher_plusieurs(
    tx: &mut Tx,
    attachements: &[Attachement<'_>],
) -> Result<Vec<Rattache>, Erreur> {
    if attachements.is_empty() {
        return Ok(Vec::new());
    }
    let prises = prendre(tx, attachements).await?;
    let arretes = prises.iter().filter(|p| p.arrete);
    let arretes: Vec<_> = arretes.map(|p| (p.id, None)).collect();
    changer_statuts(tx, &arretes).await?;
    ecrire(tx, attachements, &prises).await?;
    // A new rattachement to the whole structure has no line to write, nor to take away.
    let vierge = |(a, p): (&Attachement, &Prise)| p.nouveau && a.services().is_empty();
    if !attachements.iter().zip(&prises).all(vierge) {
        ecrire_les_services(tx, attachements, &prises).await?;
    }
    let ids: Vec<RattachementId> = prises.iter().map(|p| p.id).collect();
    abonnements::recalculer_plusieurs(tx, &ids).await?;
    let rattaches = prises.into_iter().map(|p| Rattache {
        id: p.id,
        nouveau: p.nouveau,
    });
    Ok(rattaches.collect())
}

impl Attachement<'_> {
    fn services(&self) -> &[ServiceId] {
        if self.attribution.maille_structure {
            &[]
        } else {
            &self.attribution.services
        }
    }
}

/// Locks what there is, in the order of the list; names what there is not yet.
async fn prendre(tx: &mut Tx, attachements: &[Attachement<'_>]) -> Result<Vec<Prise>, Erreur> {
    let existants = sqlx::query!(
        r#"select r.id as "id: RattachementId", r.structure_id as "structure: StructureId",
                  r.utilisateur_id as "personne: UtilisateurId", r.role as "role: Role", r.statut,
                  r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant()) as "tenu!"
           from unnest($1::uuid[], $2::uuid[]) as a (structure, personne)
           join rattachements r on r.structure_id = a.structure and r.utilisateur_id = a.personne and r.statut <> 'supprimee'
           order by r.id for update of r"#,
        &attachements.iter().map(|a| a.structure.0).collect::<Vec<_>>(),
        &attachements.iter().map(|a| a.personne.0).collect::<Vec<_>>()
    )
    .fetch_all(&mut **tx)
    .await?;
    let existants: BTreeMap<_, _> = existants
        .into_iter()
        .map(|l| ((l.structure, l.personne), l))
        .collect();
    attachements
        .iter()
        .map(|a| match existants.get(&(a.structure, a.personne)) {
            None => Ok(Prise {
                id: RattachementId::nouveau(),
                nouveau: true,
                tenu: false,
                arrete: false,
            }),
            Some(l)
                if l.role == Role::Gp
                    && l.statut == "validee"
                    && a.attribution.role != Role::Gp =>
            {
                Err(gp_intouchable())
            }
            Some(l) => Ok(Prise {
                id: l.id,
                nouveau: false,
                tenu: l.tenu,
                arrete: l.statut != "validee",
            }),
        })
        .collect()
}

async fn ecrire(
    tx: &mut Tx,
    attachements: &[Attachement<'_>],
    prises: &[Prise],
) -> Result<(), Erreur> {
    let des = |f: fn(&Attribution) -> String| -> Vec<String> {
        attachements.iter().map(|a| f(a.attribution)).collect()
    };
    let jours = |f: fn(&Attribution) -> Option<time::Date>| -> Vec<Option<time::Date>> {
        attachements.iter().map(|a| f(a.attribution)).collect()
    };
    // What is in force does not stop because more is granted from a later day.
    let debuts_gardes = attachements.iter().zip(prises);
    let debuts_gardes = debuts_gardes.map(|(a, p)| p.tenu && !a.gardes.debut_libre);
    sqlx::query!(
        "insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, capacites, date_debut,
                                    date_fin, commentaire)
         select a.id, a.structure, a.personne, a.role, 'validee', a.maille, string_to_array(a.capacites, ','),
                debut_du_jour(coalesce(a.debut, aujourdhui())), debut_du_jour(a.fin + 1), nullif(a.commentaire, '')
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bool[], $6::text[], $7::date[], $8::date[], $9::text[])
              as a (id, structure, personne, role, maille, capacites, debut, fin, commentaire)
         on conflict (id) do update set role = excluded.role, maille_structure = excluded.maille_structure,
           capacites = excluded.capacites,
           date_debut = case when rattachements.id = any ($10) then least(rattachements.date_debut, excluded.date_debut)
                             else excluded.date_debut end,
           date_fin = case when rattachements.id = any ($11) then rattachements.date_fin else excluded.date_fin end,
           commentaire = excluded.commentaire, modifie_le = maintenant()",
        &prises.iter().map(|p| p.id.0).collect::<Vec<_>>(),
        &attachements.iter().map(|a| a.structure.0).collect::<Vec<_>>(),
        &attachements.iter().map(|a| a.personne.0).collect::<Vec<_>>(),
        &des(|a| a.role.code().to_owned()),
        &attachements.iter().map(|a| a.attribution.maille_structure).collect::<Vec<_>>(),
        &des(|a| a.capacites.iter().map(|c| c.code()).collect::<Vec<_>>().join(",")),
        &jours(|a| a.debut) as &[Option<time::Date>],
        &jours(|a| a.fin) as &[Option<time::Date>],
        &des(|a| a.commentaire.clone()),
        &choisies(prises, debuts_gardes),
        &choisies(prises, attachements.iter().map(|a| a.gardes.dates))
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn choisies(prises: &[Prise], voulues: impl Iterator<Item = bool>) -> Vec<Uuid> {
    let choisies = prises.iter().zip(voulues).filter(|(_, voulue)| *voulue);
    choisies.map(|(p, _)| p.id.0).collect()
}

/// The services granted; those that are neither granted nor kept lose their validation.
async fn ecrire_les_services(
    tx: &mut Tx,
    attachements: &[Attachement<'_>],
    prises: &[Prise],
) -> Result<(), Erreur> {
    let (mut accordes, mut gardes) = (Lignes::default(), Lignes::default());
    for (a, prise) in attachements.iter().zip(prises) {
        for service in a.services() {
            accordes.ajouter(prise, service);
            accordes.structures.push(a.structure.0);
            accordes.debuts.push(a.attribution.debut);
            accordes.fins.push(a.attribution.fin);
        }
        for service in &a.gardes.services {
            gardes.ajouter(prise, service);
        }
    }
    let debuts_libres = attachements.iter().map(|a| a.gardes.debut_libre);
    sqlx::query!(
        "with accordes as (
           select distinct * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::date[])
                    as s (rattachement, service, structure, debut, fin)),
         gardes as (select * from unnest($7::uuid[], $8::uuid[]) as g (rattachement, service)),
         retires as (
           delete from rattachement_services rs
           where rs.rattachement_id = any ($1) and rs.statut = 'validee'
             and not exists (select from accordes s where s.rattachement = rs.rattachement_id and s.service = rs.service_id)
             and not exists (select from gardes g where g.rattachement = rs.rattachement_id and g.service = rs.service_id))
         insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut, date_fin)
         select s.rattachement, s.structure, s.service, 'validee', debut_du_jour(coalesce(s.debut, aujourdhui())),
                debut_du_jour(s.fin + 1)
         from accordes s
         on conflict (rattachement_id, service_id) do update set statut = 'validee',
           date_debut = case when rattachement_services.statut = 'validee' and rattachement_services.rattachement_id <> all ($9)
                             then least(rattachement_services.date_debut, excluded.date_debut)
                             else excluded.date_debut end,
           date_fin = excluded.date_fin",
        &prises.iter().map(|p| p.id.0).collect::<Vec<_>>(),
        &accordes.rattachements,
        &accordes.services,
        &accordes.structures,
        &accordes.debuts as &[Option<time::Date>],
        &accordes.fins as &[Option<time::Date>],
        &gardes.rattachements,
        &gardes.services,
        &choisies(prises, debuts_libres)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Services of rattachements, column by column.
#[derive(Default)]
struct Lignes {
    rattachements: Vec<Uuid>,
    services: Vec<Uuid>,
    structures: Vec<Uuid>,
    debuts: Vec<Option<time::Date>>,
    fins: Vec<Option<time::Date>>,
}

impl Lignes {
    fn ajouter(&mut self, prise: &Prise, service: &ServiceId) {
        self.rattachements.push(prise.id.0);
        self.services.push(service.0);
    }
}

/// [`changer_roles`] of one.
pub async fn changer_role(
    tx: &mut Tx,
    rattachement: RattachementId,
    role: Role,
) -> Result<(), Erreur> {
    changer_roles(tx, &[rattachement], role).await
}

/// Changes a role alone; a transfer calls it for the old GP, then for the new one, then moves the pointer: any other
/// order breaks the unique index (decisions 3). The GP is attached to the whole structure and has no end.
pub(super) async fn changer_roles(
    tx: &mut Tx,
    rattachements: &[RattachementId],
    role: Role,
) -> Result<(), Erreur> {
    if rattachements.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rattachements.iter().map(|r| r.0).collect();
    sqlx::query!(
        "update rattachements set role = $2, capacites = '{}',
           maille_structure = maille_structure or $2 = 'gp',
           date_debut = case when $2 = 'gp' then least(date_debut, maintenant()) else date_debut end,
           date_fin = case when $2 = 'gp' then null else date_fin end, modifie_le = maintenant()
         where id = any ($1)",
        &ids,
        role.code()
    )
    .execute(&mut **tx)
    .await?;
    if role == Role::Gp {
        sqlx::query!(
            "delete from rattachement_services where rattachement_id = any ($1)",
            &ids
        )
        .execute(&mut **tx)
        .await?;
    }
    abonnements::recalculer_plusieurs(tx, rattachements).await
}
