//! Loading of the SIRENE repertory: the file wins, whole; what it does not mention stays.

use std::hash::Hash;

use sqlx::PgConnection;

use super::copie::Copie;
use super::{Bilan, Chargement, doublons};
use crate::imports::Options;
use crate::imports::sirene::{LigneEtablissement, LigneUniteLegale};

/// A table of the repertory: the statements differ by their columns only, and each is a constant.
struct Instructions {
    ecrire: &'static str,
    quoi: &'static str,
}

async fn charger(
    tx: &mut PgConnection,
    copie: Copie,
    lignes: u64,
    i: &Instructions,
) -> sqlx::Result<Bilan> {
    let mut bilan = Bilan::default();
    copie.envoyer(tx, "copy import_lot from stdin").await?;
    let nouvelles = sqlx::query(MEMORISER)
        .persistent(false)
        .execute(&mut *tx)
        .await?;
    if nouvelles.rows_affected() < lignes {
        let doubles: Vec<(i64, i64)> = sqlx::query_as(ECARTER_DOUBLONS)
            .persistent(false)
            .fetch_all(&mut *tx)
            .await?;
        bilan.rejets.extend(doublons(doubles, i.quoi));
    }
    (bilan.creees, bilan.modifiees) = {
        let (creees, modifiees): (i64, i64) = sqlx::query_as(i.ecrire)
            .persistent(false)
            .fetch_one(&mut *tx)
            .await?;
        (creees as u64, modifiees as u64)
    };
    Ok(bilan)
}

const MEMORISER: &str = "insert into import_vus (cle, ligne) select cle, ligne from import_lot order by ligne on conflict do nothing";

const ECARTER_DOUBLONS: &str = "
delete from import_lot l using import_vus v where v.cle = l.cle and v.ligne <> l.ligne returning l.ligne, v.ligne";

fn facultatif(copie: &mut Copie, valeur: Option<&str>) {
    match valeur {
        Some(texte) => copie.texte(texte),
        None => copie.nul(),
    };
}

fn booleen(vrai: bool) -> &'static str {
    if vrai { "t" } else { "f" }
}

impl Chargement for LigneUniteLegale {
    const PREPARATION: &'static str = "
create temporary table import_lot (
  ligne bigint not null, cle text not null, denomination text, publique boolean not null, cessee boolean not null
) on commit delete rows;
create temporary table import_vus (cle text primary key, ligne bigint not null);
";

    fn cle(&self) -> impl Hash {
        &self.siren
    }

    async fn charger(
        tx: &mut PgConnection,
        lignes: &[Self],
        _options: Options,
    ) -> sqlx::Result<Bilan> {
        let mut copie = Copie::default();
        for ligne in lignes {
            copie.texte(&ligne.ligne.to_string()).texte(&ligne.siren);
            facultatif(&mut copie, ligne.denomination.as_deref());
            copie
                .texte(booleen(ligne.publique))
                .texte(booleen(ligne.cessee))
                .fin_de_ligne();
        }
        let instructions = Instructions {
            ecrire: "
with ecrites as (
  insert into sirene_unites_legales as t (siren, denomination, publique, cessee)
  select cle, denomination, publique, cessee from import_lot order by cle
  on conflict (siren) do update set denomination = excluded.denomination, publique = excluded.publique, cessee = excluded.cessee
    where (t.denomination, t.publique, t.cessee)
      is distinct from (excluded.denomination, excluded.publique, excluded.cessee)
  returning t.xmax = 0 as creee)
select count(*) filter (where creee), count(*) filter (where not creee) from ecrites",
            quoi: "SIREN",
        };
        charger(tx, copie, lignes.len() as u64, &instructions).await
    }
}

impl Chargement for LigneEtablissement {
    const PREPARATION: &'static str = "
create temporary table import_lot (
  ligne bigint not null, cle text not null, ferme boolean not null, enseigne text, adresse text, complement text,
  code_postal text, ville text
) on commit delete rows;
create temporary table import_vus (cle text primary key, ligne bigint not null);
";

    fn cle(&self) -> impl Hash {
        self.siret.as_str()
    }

    async fn charger(
        tx: &mut PgConnection,
        lignes: &[Self],
        _options: Options,
    ) -> sqlx::Result<Bilan> {
        let mut copie = Copie::default();
        for ligne in lignes {
            copie
                .texte(&ligne.ligne.to_string())
                .texte(ligne.siret.as_str())
                .texte(booleen(ligne.ferme));
            for valeur in [
                &ligne.enseigne,
                &ligne.adresse,
                &ligne.complement,
                &ligne.code_postal,
                &ligne.ville,
            ] {
                facultatif(&mut copie, valeur.as_deref());
            }
            copie.fin_de_ligne();
        }
        let instructions = Instructions {
            ecrire: "
with ecrites as (
  insert into sirene_etablissements as t (siret, ferme, enseigne, adresse, complement, code_postal, ville)
  select cle, ferme, enseigne, adresse, complement, code_postal, ville from import_lot order by cle
  on conflict (siret) do update set ferme = excluded.ferme, enseigne = excluded.enseigne, adresse = excluded.adresse,
    complement = excluded.complement, code_postal = excluded.code_postal, ville = excluded.ville
    where (t.ferme, t.enseigne, t.adresse, t.complement, t.code_postal, t.ville)
      is distinct from (excluded.ferme, excluded.enseigne, excluded.adresse, excluded.complement, excluded.code_postal,
                        excluded.ville)
  returning t.xmax = 0 as creee)
select count(*) filter (where creee), count(*) filter (where not creee) from ecrites",
            quoi: "SIRET",
        };
        charger(tx, copie, lignes.len() as u64, &instructions).await
    }
}
