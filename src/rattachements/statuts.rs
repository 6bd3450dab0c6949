//! The state of a rattachement, and what stops with it.

use serde::Serialize;
use uuid::Uuid;

use crate::abonnements::{self, Fin};
use crate::db::{RattachementId, Tx};
use crate::web::Erreur;

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

/// [`changer_statuts`] of one. False: it was so already, or is removed.
pub async fn changer_statut(
    tx: &mut Tx,
    rattachement: RattachementId,
    arret: Option<Cause>,
) -> Result<bool, Erreur> {
    let changes = changer_statuts(tx, &[(rattachement, arret)]).await?;
    Ok(!changes.is_empty())
}

/// The only statement that changes the state of rattachements, each named once: `None` validates, `Some(cause)` stops.
/// Everything open through them closes with them. What stopped with the account stops for good when a gestionnaire says so:
/// the return of the account does not give it back. Answers those that changed.
pub(super) async fn changer_statuts(
    tx: &mut Tx,
    changements: &[(RattachementId, Option<Cause>)],
) -> Result<Vec<RattachementId>, Erreur> {
    if changements.is_empty() {
        return Ok(Vec::new());
    }
    let statut = |arret: &Option<Cause>| match arret {
        None => "validee".to_owned(),
        Some(Cause::Depart) => "supprimee".to_owned(),
        Some(_) => "desactivee".to_owned(),
    };
    let cause = |arret: &Option<Cause>| arret.map(|cause| cause.code().to_owned());
    let changes = sqlx::query_scalar!(
        r#"update rattachements set statut = c.statut, cause = c.cause, modifie_le = maintenant(),
             reactive_le = case when c.statut = 'validee' then maintenant() else reactive_le end
           from unnest($1::uuid[], $2::text[], $3::text[]) as c (id, statut, cause)
           where rattachements.id = c.id and rattachements.statut <> 'supprimee'
             and (rattachements.statut <> c.statut or (rattachements.cause = 'compte' and c.cause = 'gestionnaire'))
           returning rattachements.id as "id: RattachementId""#,
        &changements.iter().map(|(r, _)| r.0).collect::<Vec<_>>(),
        &changements.iter().map(|(_, a)| statut(a)).collect::<Vec<_>>(),
        &changements.iter().map(|(_, a)| cause(a)).collect::<Vec<_>>() as &[Option<String>]
    )
    .fetch_all(&mut **tx)
    .await?;
    let arretes = |voulu: &dyn Fn(Cause) -> bool| -> Vec<RattachementId> {
        let siens = changements.iter().filter(|(_, a)| a.is_some_and(voulu));
        siens
            .map(|(r, _)| *r)
            .filter(|r| changes.contains(r))
            .collect()
    };
    let (avec_le_compte, autres, partis) = (
        arretes(&|cause| cause == Cause::Compte),
        arretes(&|cause| cause != Cause::Compte),
        arretes(&|cause| cause == Cause::Depart),
    );
    abonnements::fermer(tx, &avec_le_compte, Fin::Compte).await?;
    abonnements::fermer(tx, &autres, Fin::Rattachement).await?;
    if !partis.is_empty() {
        let partis: Vec<Uuid> = partis.iter().map(|r| r.0).collect();
        sqlx::query!(
            "delete from rattachement_services where rattachement_id = any ($1)",
            &partis
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(changes)
}
