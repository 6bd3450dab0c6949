//! A handover stands on people and a structure that may change before its day.

use super::courriers::PassationCaduque;
use super::{Programmee, les_deux, programmee};
use crate::acces::Systeme;
use crate::db::{StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Details, Entree};
use crate::rattachements::{joignables, transfert};
use crate::web::Erreur;

/// Reads again what the programmed handover of a structure stands on, and makes it void where that is gone: both people
/// are told why. Every act that changes the gestionnaire principal or closes the structure calls it, at its end; the
/// jobs call it too, for accounts that were closed meanwhile. The structure must be locked.
///
/// Answers whether a handover became void.
///
/// # Errors
/// Those of the database.
pub async fn caduques(tx: &mut Tx, structure: StructureId) -> Result<bool, Erreur> {
    let Some(p) = programmee(tx, structure).await? else {
        return Ok(false);
    };
    let Some(fin) = fin(tx, &p).await? else {
        return Ok(false);
    };
    sqlx::query!(
        "update passations set statut = 'caduque', close_le = maintenant(), motif = $2 where id = $1",
        p.id.0,
        fin.cause
    )
    .execute(&mut **tx)
    .await?;
    let entree = Entree {
        structure: Some(structure),
        action: Action::PassationCaduque,
        concerne: Some(p.successeur),
        demande: None,
        details: Details {
            motif: fin.motif.clone(),
            ..p.details("Système")
        },
    };
    historique::noter(tx, &Systeme::processus(), entree).await?;
    // He became gestionnaire principal before the day: the mails of that transfer say it better.
    if fin.gp == Some(p.successeur) {
        return Ok(true);
    }
    let courriers = les_deux(tx, &p)
        .await?
        .into_iter()
        .map(|(j, pour)| {
            let annonce = p.annonce(tx, pour, &j);
            let motif = fin.motif.clone();
            (j, PassationCaduque { annonce, motif })
        })
        .collect();
    joignables::envoyer(tx, p.id.0, courriers).await?;
    Ok(true)
}

/// Why it is void.
struct Fin {
    /// A sentence, with names: for the mails and the historique, which an erasure blanks.
    motif: String,
    /// The same without a name: the row does not change any more.
    cause: &'static str,
    gp: Option<UtilisateurId>,
}

async fn fin(tx: &mut Tx, p: &Programmee) -> Result<Option<Fin>, Erreur> {
    // Both accounts may be closed at the same time: their state is read under their lock.
    let candidat = transfert::candidat(tx, p.successeur).await?;
    let lue = sqlx::query!(
        r#"select s.statut = 'active' as "active!", s.gp_id is not distinct from $2 as "tient!",
                  g.utilisateur_id as "gp?: UtilisateurId", u.prenom || ' ' || u.nom as "gp_nom?",
                  (select c.statut = 'actif' from utilisateurs c where c.id = $3 for share) as "ouvert!"
           from structures s
           left join rattachements g on g.id = s.gp_id
           left join utilisateurs u on u.id = g.utilisateur_id
           where s.id = $1"#,
        p.structure.0,
        p.rattachement.0,
        p.cedant.0
    )
    .fetch_one(&mut **tx)
    .await?;
    let (cause, motif) = if !lue.active {
        (
            "structure désactivée",
            format!("{} est désactivée.", p.raison_sociale),
        )
    } else if !lue.tient {
        let motif = match &lue.gp_nom {
            Some(nom) => format!("{nom} est désormais gestionnaire principal."),
            None => format!("{} n’est plus gestionnaire principal.", p.cedant_nom),
        };
        ("gestionnaire principal changé", motif)
    } else if !lue.ouvert {
        (
            "compte du gestionnaire principal inactif",
            format!("Le compte de {} n’est plus actif.", p.cedant_nom),
        )
    } else if transfert::eligible(p.cedant, p.successeur, &candidat).is_err() {
        let motif = format!(
            "Le compte de {} ne permet plus d’être gestionnaire principal.",
            p.successeur_nom
        );
        ("compte du successeur inactif", motif)
    } else {
        return Ok(None);
    };
    Ok(Some(Fin {
        motif,
        cause,
        gp: lue.gp,
    }))
}
