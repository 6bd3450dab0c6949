//! The machinery of a structure: whether it is open, where it is paid, who invoices for it, the account of its information system, its change
//! of identifier (spec §6 R-STR-BANQUE, R-STR-MANDAT, R-STR-TECHNIQUE, R-STR-SIRET; seed 001 §9 and §11).
//!
//! Every act begins with [`prendre`]: the structures are locked in id order, then the right is judged again under the lock.

pub mod coordonnees;
mod etat;
pub mod identifiant;
pub mod mandats;
pub mod techniques;

use crate::acces::{Action, Droits, Membre, Situation, StructureVue, Usage};
use crate::courrier::Joignable;
use crate::db::{StructureId, Tx, UtilisateurId};
use crate::routes::Routes;
use crate::structures;
use crate::web::{Erreur, Erreurs};

pub fn routes() -> Routes {
    Routes::new()
        .et(etat::routes())
        .et(coordonnees::routes())
        .et(mandats::routes())
        .et(techniques::routes())
        .et(identifiant::routes())
}

/// Locks the structure of the proof, and the others an act writes to; then judges the action again, since the right may
/// have gone between the two.
///
/// # Errors
/// Those of the judgement: no longer attached, right withdrawn, structure deactivated meanwhile.
async fn prendre(
    tx: &mut Tx,
    membre: &Membre,
    action: Action,
    autres: &[StructureId],
) -> Result<StructureVue, Erreur> {
    let mut toutes = vec![membre.structure().id];
    toutes.extend_from_slice(autres);
    structures::verrouiller(tx, &toutes).await?;
    let situation = Situation::lire(&mut **tx, membre.id(), membre.structure().id)
        .await?
        .ok_or(Erreur::Introuvable)?;
    let lien = situation.juger(action.exige(), Usage::Modifier)?;
    entiere(&lien.droits)?;
    Ok(situation.structure)
}

/// What belongs to the whole structure is not managed through some of its services.
fn entiere(droits: &Droits) -> Result<(), Erreur> {
    if droits.maille_structure {
        return Ok(());
    }
    Err(Erreur::Interdit(
        "Ces données concernent toute la structure\u{202F}: votre rattachement porte sur certains de ses services seulement. Le gestionnaire principal de la structure peut l’étendre."
            .to_owned(),
    ))
}

/// Those who manage the whole structure, the author left out: whoever answers for its data learns of a change.
async fn autres_gestionnaires(
    tx: &mut Tx,
    structure: StructureId,
    auteur: UtilisateurId,
) -> Result<Vec<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from rattachements_effectifs r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 and r.maille_structure and 'gerer_structure' = any (r.capacites) and u.id <> $2
           order by u.cle_tri, u.id"#,
        structure.0,
        auteur.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// For the summary of a form: (field, sentence), the field empty for what concerns the whole.
fn resume(erreurs: &Erreurs) -> Vec<(String, String)> {
    erreurs
        .generales()
        .iter()
        .map(|p| (String::new(), p.clone()))
        .chain(erreurs.champs().iter().cloned())
        .collect()
}

/// Of a refusal in the transaction, what a form shows again; anything else goes on.
///
/// # Errors
/// Whatever is not bad input.
fn refus<T>(issue: Result<T, Erreur>) -> Result<Result<T, Erreurs>, Erreur> {
    match issue {
        Ok(fait) => Ok(Ok(fait)),
        Err(Erreur::Invalide(erreurs)) => Ok(Err(erreurs)),
        Err(autre) => Err(autre),
    }
}
