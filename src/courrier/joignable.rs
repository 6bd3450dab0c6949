//! Somebody an act is told to.

use uuid::Uuid;

use super::{Courrier, Destinataire, deposer_en_masse, deposer_plusieurs};
use crate::db::{Tx, UtilisateurId};
use crate::web::Erreur;

/// Somebody a mail can go to, read in the transaction of the act.
#[derive(Clone, Debug)]
pub struct Joignable {
    pub id: UtilisateurId,
    pub nom_complet: String,
    /// Contact address.
    pub adresse: String,
}

impl Joignable {
    fn destinataire(&self) -> Destinataire {
        Destinataire {
            utilisateur: Some(self.id.0),
            adresse: self.adresse.clone(),
        }
    }
}

/// Their names, in the order given.
pub fn noms(joignables: &[Joignable]) -> Vec<String> {
    joignables.iter().map(|j| j.nom_complet.clone()).collect()
}

/// One mail of one event to each of them.
///
/// # Errors
/// Those of the database.
pub async fn prevenir<C: Courrier>(
    tx: &mut Tx,
    evenement: Uuid,
    joignables: &[Joignable],
    courrier: impl Fn(&Joignable) -> C,
) -> Result<(), Erreur> {
    if joignables.is_empty() {
        return Ok(());
    }
    let courriers: Vec<_> = joignables
        .iter()
        .map(|j| (j.destinataire(), courrier(j)))
        .collect();
    Ok(deposer_plusieurs(tx, evenement, &courriers).await?)
}

/// A mail of its own to each, all about one event.
///
/// # Errors
/// Those of the database.
pub async fn envoyer<C: Courrier>(
    tx: &mut Tx,
    evenement: Uuid,
    courriers: Vec<(Joignable, C)>,
) -> Result<(), Erreur> {
    if courriers.is_empty() {
        return Ok(());
    }
    let courriers: Vec<_> = courriers
        .into_iter()
        .map(|(j, c)| (j.destinataire(), c))
        .collect();
    Ok(deposer_plusieurs(tx, evenement, &courriers).await?)
}

/// One mail to each, about an event of his own each, in one statement: a bulk act. The template is one that nobody can
/// refuse.
///
/// # Errors
/// Those of the database.
pub async fn prevenir_chacun<C: Courrier>(
    tx: &mut Tx,
    courriers: Vec<(Uuid, &Joignable, C)>,
) -> Result<(), Erreur> {
    let courriers: Vec<_> = courriers
        .into_iter()
        .map(|(evenement, j, c)| (evenement, j.destinataire(), c))
        .collect();
    Ok(deposer_en_masse(tx, &courriers).await?)
}
