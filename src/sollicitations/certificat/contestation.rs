//! The gestionnaire principal who is replaced, or is about to be, says that he does not agree (R-SUP-CONTESTATION).

use super::JOURS_POUR_CONTESTER;
use crate::acces::Connecte;
use crate::db::{CertificatId, SollicitationId, StructureId, Temps, Tx, UtilisateurId};
use crate::identifiants::Siret;
use crate::sollicitations::depot::{self, Demandee, Deposee};
use crate::sollicitations::{Categorie, Destinataire};
use crate::web::Erreur;

/// A change that the reader may contest.
pub struct Contestable {
    pub structure: StructureId,
    pub raison_sociale: String,
    identifiant: String,
    pub successeur: String,
    reference: String,
    /// It has taken effect.
    pub execute_le: Option<Temps>,
    /// What was sent already.
    pub contestation: Option<SollicitationId>,
}

/// For the gestionnaire principal it named, until it was refused, or 30 days after its execution.
///
/// # Errors
/// `Introuvable`: nobody else's; `Conflit`: too late, or nothing changes.
pub async fn contestable(
    tx: &mut Tx,
    connecte: &Connecte,
    id: CertificatId,
) -> Result<Contestable, Erreur> {
    let l = sqlx::query!(
        r#"select c.structure_id as "structure: StructureId", t.raison_sociale, t.identifiant,
                  u.prenom || ' ' || u.nom as "successeur!", s.reference, c.statut = 'refuse' as "refuse!",
                  case when c.statut = 'execute' then temps(c.tranche_le) end as "execute_le: Temps",
                  coalesce(c.tranche_le <= maintenant() - make_interval(days => $3), false) as "tard!",
                  c.contestation_id as "contestation: SollicitationId"
           from certificats c
           join structures t on t.id = c.structure_id
           join sollicitations s on s.id = c.sollicitation_id
           join utilisateurs u on u.id = c.successeur_id
           where c.id = $1 and c.ancien_id = $2"#,
        id.0,
        connecte.id().0,
        JOURS_POUR_CONTESTER
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if l.refuse {
        return Err(Erreur::Conflit(
            "Ce changement a été refusé\u{202F}: vous restez gestionnaire principal.".to_owned(),
        ));
    }
    if l.tard && l.contestation.is_none() {
        return Err(Erreur::Conflit(format!(
            "Le délai de {JOURS_POUR_CONTESTER} jours est passé\u{202F}: écrivez au support."
        )));
    }
    Ok(Contestable {
        structure: l.structure,
        raison_sociale: l.raison_sociale,
        identifiant: l.identifiant,
        successeur: l.successeur,
        reference: l.reference,
        execute_le: l.execute_le,
        contestation: l.contestation,
    })
}

/// « Contester »: a sollicitation of its own to the support; nothing is executed while it is open. Twice is once.
///
/// # Errors
/// Those of [`contestable`].
pub async fn contester(
    tx: &mut Tx,
    connecte: &Connecte,
    id: CertificatId,
    texte: &str,
) -> Result<SollicitationId, Erreur> {
    let vu = contestable(tx, connecte, id).await?;
    crate::rattachements::verrouiller(tx, &[vu.structure]).await?;
    let vu = contestable(tx, connecte, id).await?;
    if let Some(deja) = vu.contestation {
        return Ok(deja);
    }
    let qui: UtilisateurId = connecte.id();
    let demandee = Demandee {
        destinataire: Destinataire::Support,
        categorie: Categorie::Contestation,
        sous_categorie: "",
        objet: format!(
            "Contestation du changement de gestionnaire principal de {}",
            vu.raison_sociale
        ),
        texte: texte.to_owned(),
        donnees: serde_json::json!({ "certificat": id, "reference": vu.reference, "ancien": qui }),
        siret: Siret::lire(&vu.identifiant).ok(),
        brouillon: None,
        piece: None,
    };
    let Deposee {
        id: contestation, ..
    } = depot::deposer(tx, connecte, &demandee).await?;
    sqlx::query!(
        "update certificats set contestation_id = $2 where id = $1 and contestation_id is null",
        id.0,
        contestation.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(contestation)
}
