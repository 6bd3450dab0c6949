//! Loading of public structures: what the file decides, and what was edited here and stays (spec §13).
//!
//! `structures.importe` remembers what the last import brought. A value of the fiche still equal to it (or to the default of its
//! column) was not edited here: the file replaces it. Any other is kept, and reported when the file has it otherwise.
//!
//! The statut of a structure that has taken another identifier is kept: it never comes back.
//! The statut obeys the same rule otherwise, with one more case: where the file says otherwise than at the last import, the file
//! wins. A structure that its GP deactivated stays so until the directory itself changes its mind.

use std::collections::BTreeMap;
use std::hash::Hash;

use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::copie::Copie;
use super::{Bilan, Chargement, doublons};
use crate::imports::{Difference, LigneStructure, Options};

impl Chargement for LigneStructure {
    const PREPARATION: &'static str = PREPARATION;

    fn cle(&self) -> impl Hash {
        &self.identifiant
    }

    async fn charger(
        tx: &mut PgConnection,
        lignes: &[Self],
        options: Options,
    ) -> sqlx::Result<Bilan> {
        let mut bilan = Bilan::default();
        copier(tx, lignes, options).await?;

        // The table of identifiers met is in the database, where it costs no memory of ours however long the file.
        let nouvelles = sqlx::query(MEMORISER)
            .persistent(false)
            .execute(&mut *tx)
            .await?;
        if nouvelles.rows_affected() < lignes.len() as u64 {
            let doubles: Vec<(i64, i64)> = sqlx::query_as(ECARTER_DOUBLONS)
                .persistent(false)
                .fetch_all(&mut *tx)
                .await?;
            bilan.rejets.extend(doublons(doubles, "Identifiant"));
        }

        let inchangees = sqlx::query(ECARTER_IDENTIQUES)
            .persistent(false)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        bilan.creees = sqlx::query(CREER)
            .persistent(false)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if bilan.creees + inchangees + bilan.rejets.len() as u64 == lignes.len() as u64 {
            return Ok(bilan);
        }
        sqlx::query(ECARTER_CREEES)
            .persistent(false)
            .execute(&mut *tx)
            .await?;

        // Structures are locked in id order everywhere (decisions 16); what follows reads them under the lock.
        sqlx::query(VERROUILLER)
            .persistent(false)
            .execute(&mut *tx)
            .await?;
        bilan.differences = differences(tx).await?;
        bilan.modifiees = sqlx::query(MODIFIER)
            .persistent(false)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        sqlx::query(RETENIR)
            .persistent(false)
            .execute(&mut *tx)
            .await?;
        Ok(bilan)
    }
}

/// What `structures.importe` remembers of a line: its fiche and its statut.
#[derive(Serialize)]
struct Retenue<'a> {
    statut: &'static str,
    #[serde(flatten)]
    fiche: &'a BTreeMap<&'static str, Value>,
}

async fn copier(
    tx: &mut PgConnection,
    lignes: &[LigneStructure],
    options: Options,
) -> sqlx::Result<()> {
    let mut copie = Copie::default();
    for ligne in lignes {
        let statut = if ligne.active { "active" } else { "inactive" };
        copie
            .texte(&ligne.ligne.to_string())
            .texte(&Uuid::now_v7().to_string())
            .texte(ligne.identifiant.type_identifiant().code())
            .texte(ligne.identifiant.valeur())
            .texte(&ligne.raison_sociale)
            .texte(statut)
            .texte(ligne.categorie())
            .texte(if options.pigp { "t" } else { "f" })
            .json(&Retenue {
                statut,
                fiche: &ligne.fiche,
            })?;
        for colonne in FICHE {
            match ligne.fiche.get(colonne) {
                Some(Value::String(texte)) => copie.texte(texte),
                Some(Value::Bool(vrai)) => copie.texte(if *vrai { "t" } else { "f" }),
                _ => copie.nul(),
            };
        }
        copie.fin_de_ligne();
    }
    copie.envoyer(tx, "copy import_lot from stdin").await?;
    Ok(())
}

async fn differences(tx: &mut PgConnection) -> sqlx::Result<Vec<Difference>> {
    type Colonnes = (i64, String, String, Option<String>, Option<String>);
    let lignes: Vec<Colonnes> = sqlx::query_as(DIFFERENCES)
        .persistent(false)
        .fetch_all(tx)
        .await?;
    Ok(lignes
        .into_iter()
        .map(|(ligne, identifiant, colonne, ici, fichier)| Difference {
            ligne: ligne as u64,
            identifiant,
            colonne,
            ici,
            fichier,
        })
        .collect())
}

/// The fiche, in the order of the columns of `import_lot`.
const FICHE: [&str; 17] = [
    "emetteur_edi",
    "recepteur_edi",
    "gestion_statut_mise_en_paiement",
    "gestion_engagement",
    "gestion_service",
    "gestion_service_engagement",
    "est_moa",
    "est_moa_uniquement",
    "adresse",
    "complement_adresse_1",
    "complement_adresse_2",
    "code_postal",
    "ville",
    "telephone",
    "courriel",
    "code_pays",
    "libelle_pays",
];

/// `import_lot`: the batch. The fiche is there twice: as one value, which tells a column absent from the file from an empty one,
/// and in columns, which insert and compare four times faster.
/// `import_comparaison`: for each line of the batch whose structure exists, `ici` the fiche as it is, `retenu` what the file
/// replaces in it, `garde` what it may not. `offset 0` keeps PostgreSQL from building `ici` anew at each mention (measured: 3 ms a
/// line instead of 0.1).
const PREPARATION: &str = "
create temporary table import_lot (
  ligne bigint not null, id uuid not null, type_identifiant text not null, identifiant text not null,
  raison_sociale text not null, statut text not null, categorie text not null, pigp boolean not null, fiche jsonb not null,
  emetteur_edi boolean, recepteur_edi boolean, gestion_statut_mise_en_paiement boolean, gestion_engagement boolean,
  gestion_service boolean, gestion_service_engagement boolean, est_moa boolean, est_moa_uniquement boolean,
  adresse text, complement_adresse_1 text, complement_adresse_2 text, code_postal text, ville text, telephone text,
  courriel text, code_pays text, libelle_pays text
) on commit delete rows;
create temporary table import_vus (
  type_identifiant text, identifiant text, ligne bigint not null, primary key (type_identifiant, identifiant)
);
create function pg_temp.import_fiche(s structures) returns jsonb language sql stable as $$ select jsonb_build_object(
  'statut', s.statut, 'emetteur_edi', s.emetteur_edi, 'recepteur_edi', s.recepteur_edi,
  'gestion_statut_mise_en_paiement', s.gestion_statut_mise_en_paiement, 'gestion_engagement', s.gestion_engagement,
  'gestion_service', s.gestion_service, 'gestion_service_engagement', s.gestion_service_engagement,
  'est_moa', s.est_moa, 'est_moa_uniquement', s.est_moa_uniquement,
  'adresse', s.adresse, 'complement_adresse_1', s.complement_adresse_1, 'complement_adresse_2', s.complement_adresse_2,
  'code_postal', s.code_postal, 'ville', s.ville, 'telephone', s.telephone, 'courriel', s.courriel,
  'code_pays', s.code_pays, 'libelle_pays', s.libelle_pays) $$;
create temporary view import_comparaison as
select l.ligne, l.identifiant, l.raison_sociale, l.statut, l.categorie, l.pigp, l.fiche, s.id as structure_id, ici.fiche as ici, choix.retenu, choix.garde
from import_lot l
join structures s on s.type_identifiant = l.type_identifiant and s.identifiant = l.identifiant
cross join lateral (select pg_temp.import_fiche(s) as fiche offset 0) ici
cross join lateral (select jsonb_build_object(
  'statut', 'active', 'emetteur_edi', false, 'recepteur_edi', false, 'gestion_statut_mise_en_paiement', false, 'gestion_engagement', false,
  'gestion_service', false, 'gestion_service_engagement', false, 'est_moa', false, 'est_moa_uniquement', false,
  'adresse', null, 'complement_adresse_1', null, 'complement_adresse_2', null, 'code_postal', null, 'ville', null,
  'telephone', null, 'courriel', null, 'code_pays', 'FR', 'libelle_pays', 'FRANCE')
  || coalesce(s.importe, '{}') as fiche offset 0) dernier
cross join lateral (
  select coalesce(jsonb_object_agg(f.key, f.value) filter (where suit), '{}') as retenu,
         coalesce(jsonb_object_agg(f.key, f.value) filter (where not suit and ici.fiche -> f.key <> f.value), '{}') as garde
  from jsonb_each(l.fiche) f
  cross join lateral (
    select (ici.fiche -> f.key = dernier.fiche -> f.key
            or (f.key = 'statut' and f.value <> dernier.fiche -> f.key))
           and not (f.key = 'statut' and exists (select from changements_identifiant x where x.ancienne_id = s.id)) as suit) r offset 0) choix;
";

const MEMORISER: &str = "
insert into import_vus (type_identifiant, identifiant, ligne)
select type_identifiant, identifiant, ligne from import_lot order by ligne
on conflict do nothing";

const ECARTER_DOUBLONS: &str = "
delete from import_lot l using import_vus v
where v.type_identifiant = l.type_identifiant and v.identifiant = l.identifiant and v.ligne <> l.ligne
returning l.ligne, v.ligne";

/// The usual case of a second run, read without a lock: nothing differs, nor did when last imported. A file that lacks a
/// column takes the long way, with the same result.
const ECARTER_IDENTIQUES: &str = "
delete from import_lot l using structures s
where s.type_identifiant = l.type_identifiant and s.identifiant = l.identifiant
  and s.raison_sociale = l.raison_sociale and s.statut = l.statut and s.publique and s.categorie is not null
  and (s.passe_par_pigp or not l.pigp)
  and (s.emetteur_edi, s.recepteur_edi, s.gestion_statut_mise_en_paiement, s.gestion_engagement, s.gestion_service,
       s.gestion_service_engagement, s.est_moa, s.est_moa_uniquement, s.adresse, s.complement_adresse_1,
       s.complement_adresse_2, s.code_postal, s.ville, s.telephone, s.courriel, s.code_pays, s.libelle_pays)
    is not distinct from
      (l.emetteur_edi, l.recepteur_edi, l.gestion_statut_mise_en_paiement, l.gestion_engagement, l.gestion_service,
       l.gestion_service_engagement, l.est_moa, l.est_moa_uniquement, l.adresse, l.complement_adresse_1,
       l.complement_adresse_2, l.code_postal, l.ville, l.telephone, l.courriel, l.code_pays, l.libelle_pays)
  and s.importe = l.fiche";

/// In key order, so that two sources of creations cannot deadlock; a structure created elsewhere meanwhile is simply one that
/// exists. The clock is read once: as the default of the column it costs a tenth of the insert.
const CREER: &str = "
insert into structures (id, type_identifiant, identifiant, raison_sociale, publique, categorie, statut, passe_par_pigp,
  emetteur_edi, recepteur_edi, gestion_statut_mise_en_paiement, gestion_engagement, gestion_service,
  gestion_service_engagement, est_moa, est_moa_uniquement, adresse, complement_adresse_1, complement_adresse_2,
  code_postal, ville, telephone, courriel, code_pays, libelle_pays, importe, creee_le)
select l.id, l.type_identifiant, l.identifiant, l.raison_sociale, true, l.categorie, l.statut, l.pigp,
  coalesce(l.emetteur_edi, false), coalesce(l.recepteur_edi, false), coalesce(l.gestion_statut_mise_en_paiement, false),
  coalesce(l.gestion_engagement, false), coalesce(l.gestion_service, false), coalesce(l.gestion_service_engagement, false),
  coalesce(l.est_moa, false), coalesce(l.est_moa_uniquement, false), l.adresse, l.complement_adresse_1,
  l.complement_adresse_2, l.code_postal, l.ville, l.telephone, l.courriel, coalesce(l.code_pays, 'FR'),
  coalesce(l.libelle_pays, 'FRANCE'), l.fiche, (select maintenant())
from import_lot l
where not exists (
  select from structures s where s.type_identifiant = l.type_identifiant and s.identifiant = l.identifiant)
order by l.type_identifiant, l.identifiant
on conflict (type_identifiant, identifiant) do nothing";

const ECARTER_CREEES: &str =
    "delete from import_lot l where exists (select from structures s where s.id = l.id)";

const VERROUILLER: &str = "
select from structures s join import_lot l on s.type_identifiant = l.type_identifiant and s.identifiant = l.identifiant
order by s.id for no key update of s";

const DIFFERENCES: &str = "
select c.ligne, c.identifiant, g.key, c.ici ->> g.key, g.value
from import_comparaison c cross join lateral jsonb_each_text(c.garde) g
order by c.ligne, g.key";

/// Only rows with something to change are written: no dead row, no lock, no line in « modifiées » for the others.
/// Where the statut changes and somebody is concerned, the rest is done by `jobs::annoncer_les_imports`: mails and lines of
/// the historique are signed and rendered, which SQL cannot do.
const MODIFIER: &str = "
update structures s set
  raison_sociale = c.raison_sociale, statut = f.statut, publique = true, categorie = coalesce(s.categorie, c.categorie),
  passe_par_pigp = s.passe_par_pigp or c.pigp,
  emetteur_edi = f.emetteur_edi, recepteur_edi = f.recepteur_edi,
  gestion_statut_mise_en_paiement = f.gestion_statut_mise_en_paiement, gestion_engagement = f.gestion_engagement,
  gestion_service = f.gestion_service, gestion_service_engagement = f.gestion_service_engagement,
  est_moa = f.est_moa, est_moa_uniquement = f.est_moa_uniquement,
  adresse = f.adresse, complement_adresse_1 = f.complement_adresse_1, complement_adresse_2 = f.complement_adresse_2,
  code_postal = f.code_postal, ville = f.ville, telephone = f.telephone, courriel = f.courriel,
  code_pays = f.code_pays, libelle_pays = f.libelle_pays,
  importe = coalesce(s.importe, '{}') || c.fiche,
  statut_a_annoncer = s.statut_a_annoncer or (s.statut <> f.statut and (
    exists (select from rattachements r where r.structure_id = s.id and r.statut = 'validee')
    or exists (select from demandes_rattachement d where d.structure_id = s.id and d.statut = 'en_cours_de_validation')))
from import_comparaison c
cross join lateral jsonb_to_record(c.ici || c.retenu) as f (statut text, emetteur_edi boolean, recepteur_edi boolean,
  gestion_statut_mise_en_paiement boolean, gestion_engagement boolean, gestion_service boolean,
  gestion_service_engagement boolean, est_moa boolean, est_moa_uniquement boolean, adresse text,
  complement_adresse_1 text, complement_adresse_2 text, code_postal text, ville text, telephone text, courriel text,
  code_pays text, libelle_pays text)
where s.id = c.structure_id
  and (not c.ici @> c.retenu or s.raison_sociale <> c.raison_sociale or not s.publique
       or s.categorie is null or (c.pigp and not s.passe_par_pigp))";

/// What the file said is remembered even where nothing shown changes.
const RETENIR: &str = "
update structures s set importe = coalesce(s.importe, '{}') || l.fiche
from import_lot l
where s.type_identifiant = l.type_identifiant and s.identifiant = l.identifiant
  and (s.importe is null or not s.importe @> l.fiche)";
