//! The role of gestionnaire principal given by the support, on a signed document (R-SUP-CERTIFICAT, R-STR-SANS-GP): the
//! transfer itself, or the designation where nobody has the role.

use super::transfert::{self, Cedant};
use super::{designation, joignables};
use crate::acces::Support;
use crate::db::{StructureId, Tx, UtilisateurId};
use crate::historique::Auteur;
use crate::web::Erreur;

/// The agent who does it, what for, and on which sollicitation.
pub struct Agent {
    pub(super) id: UtilisateurId,
    pub(super) auteur: Auteur,
    pub(super) nom: String,
    pub(super) reference: String,
    pub(super) motif: String,
}

impl Agent {
    pub fn nouveau(support: &Support, reference: &str, motif: &str) -> Self {
        Self {
            id: support.id(),
            auteur: Auteur::from(support),
            nom: format!("Le support ({})", support.personne().nom_complet()),
            reference: reference.to_owned(),
            motif: motif.to_owned(),
        }
    }
}

/// What a replacement did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remplacement {
    pub raison_sociale: String,
    pub successeur: String,
}

/// Gives the role to `successeur`, from the gestionnaire principal that the document names, or from nobody. The structure
/// must be locked. Everybody is told as by a transfer, except the one who is replaced: he may contest, and the certificate
/// says where.
///
/// # Errors
/// `Conflit`: the gestionnaire principal is not that one any more; `Invalide` at `successeur`: who may not be one, and why.
pub async fn remplacer(
    tx: &mut Tx,
    agent: &Agent,
    structure: StructureId,
    ancien: Option<UtilisateurId>,
    successeur: UtilisateurId,
) -> Result<Remplacement, Erreur> {
    let actuel = sqlx::query_scalar!(
        r#"select r.utilisateur_id as "gp?: UtilisateurId" from structures s left join rattachements r on r.id = s.gp_id
           where s.id = $1"#,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if actuel != ancien {
        return Err(Erreur::Conflit(
            "Le gestionnaire principal a changé depuis l’envoi du certificat\u{202F}: refusez-le, puis envoyez-en un autre si le changement reste utile."
                .to_owned(),
        ));
    }
    let Some(ancien) = ancien else {
        let faite = designation::sous_verrou(
            tx,
            agent.auteur,
            &agent.nom,
            structure,
            (successeur, &agent.motif),
        )
        .await?;
        return Ok(Remplacement {
            raison_sociale: faite.raison_sociale,
            successeur: faite.gestionnaire,
        });
    };
    let nom = joignables::personne(tx, ancien).await?.nom_complet;
    let cedant = Cedant::remplace(agent, ancien, nom);
    let faite = transfert::sous_verrou(tx, &cedant, structure, successeur).await?;
    Ok(Remplacement {
        raison_sociale: faite.raison_sociale,
        successeur: faite.successeur,
    })
}
