//! « Certificat administratif » (R-SUP-CERTIFICAT): the gestionnaire principal left without handing over, or there never was
//! one. Two agents replace him, on a document that somebody answers for.
//!
//! ```text
//! changement_gestionnaire ──envoyer──▶ envoye ──approuver (a second agent)──▶ execute: the transfer itself
//!        ▲  its author signs and answers  │ └──refuser──▶ refuse
//!        │                                └─ contester: the gestionnaire principal of then; nothing is executed meanwhile,
//!        └── contested within 7 days of its execution: open again, for a third agent
//! ```
//!
//! The document goes out and comes back through the thread of the sollicitation: it needs no other door, no other reader.

mod contestation;
mod decision;
mod designation;
mod document;
mod envoi;
mod lecture;

pub(super) use contestation::verifier_tiers;
pub use contestation::{Contestable, contestable, contester};
pub use decision::{approuver, refuser};
pub use designation::{Attente, Prete, Refuse, attente, proposer};
pub use document::{Contenu, composer};
pub use envoi::{Faits, envoyer, faits};
pub use lecture::{Certificat, Signee, Statut, lire, signees};

use super::machine;
use crate::acces::Connecte;
use crate::db::{SollicitationId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Details, Entree};
use crate::web::{Erreur, Erreurs};

/// Days left to the former gestionnaire principal to contest what was executed (spec §13 « Support »).
pub const JOURS_POUR_CONTESTER: i32 = 7;

/// Why an agent does it: kept, shown in the historique of the structure.
///
/// # Errors
/// At `motif`.
pub fn motif(saisi: &str) -> Result<String, Erreurs> {
    let mut erreurs = Erreurs::default();
    let motif = erreurs.ligne(
        "motif",
        saisi,
        255,
        "Donnez le motif\u{202F}: il est conservé et montré aux gestionnaires.",
    );
    erreurs.verdict()?;
    Ok(motif)
}

/// The structure first, then the sollicitation: the order of every act.
async fn verrouiller(
    tx: &mut Tx,
    structure: StructureId,
    sollicitation: SollicitationId,
) -> Result<machine::Tenue, Erreur> {
    crate::rattachements::verrouiller(tx, &[structure]).await?;
    machine::tenir(tx, sollicitation).await
}

/// The object of a sollicitation about a structure, whose name may fill the column by itself.
fn objet(debut: &str, raison_sociale: &str) -> String {
    format!("{debut} {raison_sociale}")
        .chars()
        .take(255)
        .collect()
}

/// Nobody judges a change that concerns him: not its author, nor those it names, nor a member of the structure.
///
/// # Errors
/// `Conflit`.
async fn desinteresse(
    tx: &mut Tx,
    agent: &Connecte,
    structure: StructureId,
    nommes: &[UtilisateurId],
) -> Result<(), Erreur> {
    let membre = sqlx::query_scalar!(
        r#"select exists (select from rattachements_effectifs where structure_id = $1 and utilisateur_id = $2) as "membre!""#,
        structure.0,
        agent.id().0
    )
    .fetch_one(&mut **tx)
    .await?;
    if membre || nommes.contains(&agent.id()) {
        return Err(Erreur::Conflit(
            "Ce changement vous concerne\u{202F}: un autre agent du support s’en charge."
                .to_owned(),
        ));
    }
    Ok(())
}

/// A line of the historique of the structure, signed by the agent.
async fn noter(
    tx: &mut Tx,
    auteur: Auteur,
    agent: &str,
    structure: StructureId,
    (action, concerne): (Action, (UtilisateurId, &str)),
    (reference, motif): (&str, &str),
) -> Result<uuid::Uuid, Erreur> {
    historique::noter(
        tx,
        auteur,
        Entree {
            structure: Some(structure),
            action,
            concerne: Some(concerne.0),
            demande: None,
            details: Details {
                acteur: agent.to_owned(),
                concerne: concerne.1.to_owned(),
                commentaire: reference.to_owned(),
                motif: motif.to_owned(),
                ..Details::default()
            },
        },
    )
    .await
}
