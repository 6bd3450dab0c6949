//! What time does to the handovers: warnings 7 days and 1 day before, then the transfer itself. Called by the jobs, one
//! transaction per structure.

use uuid::Uuid;

use super::courriers::PassationApproche;
use super::{Programmee, caduques, les_deux, programmee};
use crate::App;
use crate::acces::Systeme;
use crate::db::{StructureId, Tx};
use crate::rattachements::transfert::{self, Cedant};
use crate::rattachements::{effets, joignables};
use crate::web::Erreur;

/// What became of the handover of one structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suite {
    /// Nothing was to be done, or somebody else did it.
    Rien,
    Avertie,
    Executee,
    Caduque,
}

/// Structures whose handover has something to do now: its day has come, a warning is due, or an account was closed.
///
/// # Errors
/// Those of the database.
pub async fn a_suivre(app: &App) -> Result<Vec<StructureId>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select p.structure_id as "structure: StructureId"
           from passations p
           join structures s on s.id = p.structure_id
           join utilisateurs c on c.id = p.cedant_id
           join utilisateurs u on u.id = p.successeur_id
           where p.statut = 'programmee'
             and (debut_du_jour(p.le) <= maintenant()
                  or (debut_du_jour(p.le - 1) <= maintenant() and p.avertis_1_le is null and p.creee_le < debut_du_jour(p.le - 1))
                  or (debut_du_jour(p.le - 7) <= maintenant() and debut_du_jour(p.le - 1) > maintenant()
                      and p.avertis_7_le is null and p.creee_le < debut_du_jour(p.le - 7))
                  or s.gp_id is distinct from p.rattachement_id or s.statut <> 'active'
                  or c.statut <> 'actif' or u.statut <> 'actif' or u.equipe is not null)
           order by p.structure_id"#
    )
    .fetch_all(&app.db)
    .await?)
}

/// Everything is read again under the lock of the structure: void, executed, or warned about, in that order.
///
/// # Errors
/// Those of the database; a refusal of the transfer itself cannot be: it was asked just before.
pub async fn suivre(
    tx: &mut Tx,
    systeme: &Systeme,
    structure: StructureId,
) -> Result<Suite, Erreur> {
    effets::verrouiller(tx, &[structure]).await?;
    if caduques(tx, structure).await? {
        return Ok(Suite::Caduque);
    }
    let Some(p) = programmee(tx, structure).await? else {
        return Ok(Suite::Rien);
    };
    if p.echue {
        executer(tx, systeme, &p).await?;
        return Ok(Suite::Executee);
    }
    Ok(if avertir(tx, &p).await? {
        Suite::Avertie
    } else {
        Suite::Rien
    })
}

async fn executer(tx: &mut Tx, systeme: &Systeme, p: &Programmee) -> Result<(), Erreur> {
    // Closed first: the transfer makes void what is still programmed.
    sqlx::query!(
        "update passations set statut = 'executee', close_le = maintenant() where id = $1",
        p.id.0
    )
    .execute(&mut **tx)
    .await?;
    let commentaire = format!(
        "Passation programmée par {} pour le {}",
        p.cedant_nom, p.jour
    );
    let cedant = Cedant::programme(systeme, p.cedant, p.cedant_nom.clone(), commentaire);
    transfert::sous_verrou(tx, &cedant, p.structure, p.successeur).await?;
    Ok(())
}

/// Each warning once. Its moment lasts until the next one: after an outage the late one is sent with the days that are
/// truly left, the one whose moment passed entirely is not sent at all.
async fn avertir(tx: &mut Tx, p: &Programmee) -> Result<bool, Erreur> {
    let due = sqlx::query!(
        "update passations set
           avertis_1_le = case when debut_du_jour(le - 1) <= maintenant() then maintenant() else avertis_1_le end,
           avertis_7_le = case when debut_du_jour(le - 1) > maintenant() then maintenant() else avertis_7_le end
         where id = $1 and statut = 'programmee'
           and ((debut_du_jour(le - 1) <= maintenant() and avertis_1_le is null and creee_le < debut_du_jour(le - 1))
                or (debut_du_jour(le - 7) <= maintenant() and debut_du_jour(le - 1) > maintenant()
                    and avertis_7_le is null and creee_le < debut_du_jour(le - 7)))",
        p.id.0
    )
    .execute(&mut **tx)
    .await?
    .rows_affected()
        == 1;
    if !due {
        return Ok(false);
    }
    let courriers = les_deux(tx, p)
        .await?
        .into_iter()
        .map(|(j, pour)| {
            let annonce = p.annonce(tx, pour, &j);
            let dans = p.dans;
            (j, PassationApproche { annonce, dans })
        })
        .collect();
    // An event of its own: two warnings about one handover are two mails.
    joignables::envoyer(tx, Uuid::now_v7(), courriers).await?;
    Ok(true)
}
