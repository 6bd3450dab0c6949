//! Loading of services: the file decides, column by column; what it does not mention stays.

use std::hash::Hash;

use sqlx::PgConnection;
use uuid::Uuid;

use super::copie::Copie;
use super::{Bilan, Chargement, doublons};
use crate::imports::{LigneService, Options, Rejet};

impl Chargement for LigneService {
    const PREPARATION: &'static str = PREPARATION;

    fn cle(&self) -> impl Hash {
        &self.structure
    }

    async fn charger(
        tx: &mut PgConnection,
        lignes: &[Self],
        _options: Options,
    ) -> sqlx::Result<Bilan> {
        let mut bilan = Bilan::default();
        copier(tx, lignes).await?;
        sqlx::query(TROUVER_STRUCTURES)
            .persistent(false)
            .execute(&mut *tx)
            .await?;
        let inconnues: Vec<i64> = sqlx::query_scalar(ECARTER_INCONNUES)
            .persistent(false)
            .fetch_all(&mut *tx)
            .await?;
        bilan.rejets.extend(rejets(
            inconnues,
            "Structure inconnue\u{202f}: importez-la d'abord.",
        ));

        let connues = (lignes.len() - bilan.rejets.len()) as u64;
        let nouvelles = sqlx::query(MEMORISER)
            .persistent(false)
            .execute(&mut *tx)
            .await?;
        if nouvelles.rows_affected() < connues {
            let doubles: Vec<(i64, i64)> = sqlx::query_as(ECARTER_DOUBLONS)
                .persistent(false)
                .fetch_all(&mut *tx)
                .await?;
            bilan
                .rejets
                .extend(doublons(doubles, "Code de service de cette structure"));
        }

        let inchanges = sqlx::query(ECARTER_IDENTIQUES)
            .persistent(false)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if inchanges + bilan.rejets.len() as u64 == lignes.len() as u64 {
            return Ok(bilan);
        }
        // Before any insert that references them, in id order (decisions 16).
        sqlx::query(VERROUILLER)
            .persistent(false)
            .execute(&mut *tx)
            .await?;
        let dates: Vec<i64> = sqlx::query_scalar(ECARTER_DATES)
            .persistent(false)
            .fetch_all(&mut *tx)
            .await?;
        bilan
            .rejets
            .extend(rejets(dates, "DateFin\u{202f}: avant la date de début."));
        bilan.creees = sqlx::query(CREER)
            .persistent(false)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        bilan.modifiees = sqlx::query(MODIFIER)
            .persistent(false)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        Ok(bilan)
    }
}

fn rejets(lignes: Vec<i64>, raison: &str) -> impl Iterator<Item = Rejet> {
    lignes.into_iter().map(move |ligne| Rejet {
        ligne: ligne as u64,
        raison: raison.to_owned(),
    })
}

async fn copier(tx: &mut PgConnection, lignes: &[LigneService]) -> sqlx::Result<()> {
    let mut copie = Copie::default();
    for ligne in lignes {
        copie
            .texte(&ligne.ligne.to_string())
            .texte(&Uuid::now_v7().to_string())
            .texte(ligne.structure.type_identifiant().code())
            .texte(ligne.structure.valeur())
            .texte(&ligne.code)
            .texte(&ligne.libelle)
            .json(&ligne.fiche)?
            .fin_de_ligne();
    }
    let commande = "copy import_lot (ligne, id, type_identifiant, identifiant, code, libelle, fiche) from stdin";
    copie.envoyer(tx, commande).await?;
    Ok(())
}

/// `import_comparaison`: each line of the batch as the service will be, beside the service that exists (`service_id` null when none).
/// Without DateDebut a service begins today; « engagement obligatoire » is for public structures only (seed 004).
const PREPARATION: &str = "
create temporary table import_lot (
  ligne bigint primary key, id uuid not null, type_identifiant text not null, identifiant text not null,
  code text not null, libelle text not null, fiche jsonb not null, structure_id uuid, publique boolean
) on commit delete rows;
create temporary table import_vus (structure_id uuid, code text, ligne bigint not null, primary key (structure_id, code));
create temporary view import_comparaison as
select l.ligne, l.id, l.structure_id, l.code, l.libelle, s.id as service_id,
  case when l.fiche ? 'description' then l.fiche ->> 'description' else s.description end as description,
  coalesce((l.fiche ->> 'engagement_obligatoire')::boolean, s.engagement_obligatoire, false) and l.publique
    as engagement_obligatoire,
  coalesce((l.fiche ->> 'actif')::boolean, s.actif, true) as actif,
  coalesce(debut_du_jour((l.fiche ->> 'date_debut')::date), s.date_debut,
    debut_du_jour(aujourdhui())) as date_debut,
  case when l.fiche ? 'date_fin' then debut_du_jour((l.fiche ->> 'date_fin')::date)
    else s.date_fin end as date_fin
from import_lot l left join services s on s.structure_id = l.structure_id and s.code = l.code;
";

const TROUVER_STRUCTURES: &str = "
update import_lot l set structure_id = s.id, publique = s.publique from structures s
where s.type_identifiant = l.type_identifiant and s.identifiant = l.identifiant";

const ECARTER_INCONNUES: &str = "delete from import_lot where structure_id is null returning ligne";

const MEMORISER: &str = "
insert into import_vus (structure_id, code, ligne) select structure_id, code, ligne from import_lot order by ligne
on conflict do nothing";

const ECARTER_DOUBLONS: &str = "
delete from import_lot l using import_vus v
where v.structure_id = l.structure_id and v.code = l.code and v.ligne <> l.ligne
returning l.ligne, v.ligne";

const ECARTER_IDENTIQUES: &str = "
delete from import_lot l using import_comparaison c, services s
where c.ligne = l.ligne and s.id = c.service_id
  and (s.libelle, s.description, s.engagement_obligatoire, s.actif, s.date_debut, s.date_fin)
    is not distinct from (c.libelle, c.description, c.engagement_obligatoire, c.actif, c.date_debut, c.date_fin)";

const VERROUILLER: &str = "
select from structures where id in (select structure_id from import_lot) order by id for no key update";

const ECARTER_DATES: &str = "
delete from import_lot l using import_comparaison c
where c.ligne = l.ligne and c.date_fin <= c.date_debut
returning l.ligne";

/// Creations of services hold the lock of their structure: no conflict can arise.
const CREER: &str = "
insert into services (id, structure_id, code, libelle, description, engagement_obligatoire, actif, date_debut, date_fin)
select id, structure_id, code, libelle, description, engagement_obligatoire, actif, date_debut, date_fin
from import_comparaison where service_id is null";

const MODIFIER: &str = "
update services s set
  libelle = c.libelle, description = c.description, engagement_obligatoire = c.engagement_obligatoire, actif = c.actif,
  date_debut = c.date_debut, date_fin = c.date_fin
from import_comparaison c
where s.id = c.service_id
  and (s.libelle, s.description, s.engagement_obligatoire, s.actif, s.date_debut, s.date_fin)
    is distinct from (c.libelle, c.description, c.engagement_obligatoire, c.actif, c.date_debut, c.date_fin)";
