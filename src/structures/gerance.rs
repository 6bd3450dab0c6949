//! What somebody may do with a structure itself, read again under its lock: the page was shown some time ago.

use super::decision::verrouiller;
use crate::acces::{Action, Connecte, Droits, Lien, Situation, StructureVue, Usage};
use crate::db::{StructureId, Tx};
use crate::web::Erreur;

/// Locks the structure, then reads what this person holds on it now.
///
/// # Errors
/// As the proof `Gestion<GererStructure>` answers.
pub async fn gerer(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
) -> Result<(StructureVue, Lien), Erreur> {
    verrouiller(tx, &[structure]).await?;
    let situation = Situation::lire(&mut **tx, auteur.id(), structure)
        .await?
        .ok_or(Erreur::Introuvable)?;
    let lien = situation
        .juger(Action::ModifierStructure.exige(), Usage::Modifier)
        .map_err(Erreur::from)?
        .clone();
    Ok((situation.structure, lien))
}

/// The fiche, new services and imports belong to who manages the whole structure (spec §1: a capability has the reach of
/// the rattachement).
///
/// # Errors
/// `Interdit`, for a reach of some services only.
pub fn structure_entiere(droits: &Droits) -> Result<(), Erreur> {
    if droits.maille_structure {
        Ok(())
    } else {
        Err(Erreur::Interdit(
            "Votre rattachement porte sur des services\u{202F}: cette action demande un rattachement à toute la structure. Le gestionnaire principal peut vous le donner."
                .to_owned(),
        ))
    }
}
