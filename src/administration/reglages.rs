//! The parameters of the instance (R-ADM): one form, one transaction, one line of the historique of the instance.

use std::collections::BTreeMap;

use sqlx::PgExecutor;

use crate::acces::Administration;
use crate::db::Tx;
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::parametres;
use crate::web::{Erreur, Erreurs, empreinte};

/// Those that are set, by key.
///
/// # Errors
/// Those of the database.
pub async fn poses(
    db: impl PgExecutor<'_>,
    _: &Administration,
) -> Result<BTreeMap<String, String>, Erreur> {
    Ok(
        sqlx::query!("select cle, valeur from parametres order by cle")
            .fetch_all(db)
            .await?
            .into_iter()
            .map(|l| (l.cle, l.valeur))
            .collect(),
    )
}

/// Names the state that a form was filled from.
pub fn version(poses: &BTreeMap<String, String>) -> String {
    empreinte(poses.iter().flat_map(|(c, v)| [c.clone(), v.clone()]))
}

/// Key of the advisory lock of the parameters: rows that do not exist yet cannot be locked.
const VERROU: i64 = 0x7661_6e74_0010;

/// Sets what the form holds: an empty value goes back to what the operator configured. Nothing happens where nothing differs.
/// `lue`: the version that was on the form. Answers whether something changed.
///
/// # Errors
/// `Invalide`, in general: somebody changed them since they were read.
pub async fn enregistrer(
    tx: &mut Tx,
    administration: &Administration,
    valeurs: &BTreeMap<String, String>,
    lue: &str,
    motif: &str,
) -> Result<bool, Erreur> {
    sqlx::query!("select pg_advisory_xact_lock($1)", VERROU)
        .execute(&mut **tx)
        .await?;
    let avant = poses(&mut **tx, administration).await?;
    if version(&avant) != lue {
        return Err(Erreur::Invalide(Erreurs::generale(
            "Les paramètres ont changé depuis que vous avez ouvert cette page. Rien n’est enregistré\u{202F}: relisez-les, puis enregistrez pour les remplacer.",
        )));
    }
    let vide = String::new();
    let mut changements = Vec::new();
    for cle in parametres::groupes().iter().flat_map(|g| &g.cles) {
        let ancienne = avant.get(&cle.code).unwrap_or(&vide);
        let nouvelle = valeurs.get(&cle.code).unwrap_or(&vide);
        if ancienne == nouvelle {
            continue;
        }
        changements.push(Changement::new(cle.libelle, ancienne, nouvelle));
        if nouvelle.is_empty() {
            sqlx::query!("delete from parametres where cle = $1", cle.code)
                .execute(&mut **tx)
                .await?;
        } else {
            sqlx::query!(
                "insert into parametres (cle, valeur, modifie_par) values ($1, $2, $3)
                 on conflict (cle) do update set valeur = excluded.valeur, modifie_par = excluded.modifie_par,
                   modifie_le = maintenant()",
                cle.code,
                nouvelle,
                administration.id().0
            )
            .execute(&mut **tx)
            .await?;
        }
    }
    if changements.is_empty() {
        return Ok(false);
    }
    historique::noter(
        tx,
        administration,
        Entree {
            structure: None,
            action: Action::ParametresModifies,
            concerne: None,
            demande: None,
            details: Details {
                acteur: administration.personne().nom_complet(),
                motif: motif.to_owned(),
                changements,
                ..Details::default()
            },
        },
    )
    .await?;
    Ok(true)
}
