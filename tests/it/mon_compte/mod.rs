//! « Mon compte » and its rattachements: requests, departures, successions, transfers.

mod attente;
mod courses;
mod demandes;
mod departs;
mod ecrans;
mod passations;
mod refus;
mod relances;
mod successions;
mod successions_refus;
mod suivi;
mod transferts;

use vantail::db::StructureId;
use vantail::historique;

use crate::support::{CourrierLu, Portail};

/// A mail as read: greeting to link, without the footer.
pub(crate) fn corps(courrier: &CourrierLu) -> &str {
    courrier
        .texte
        .split("\n\n--\n")
        .next()
        .unwrap_or_default()
        .trim_end()
}

/// The link's marker in a stored mail.
pub(crate) const LIEN: &str = vantail::courrier::LIEN;

/// Every chain of the historique holds.
pub(crate) async fn historique_vrai(portail: &Portail) -> u64 {
    let (lues, defauts) = historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a reading");
    assert!(defauts.is_empty(), "{defauts:?}");
    lues
}

/// Actions of a structure, oldest first.
pub(crate) async fn actions(portail: &Portail, structure: StructureId) -> Vec<String> {
    sqlx::query_scalar("select action from historique where structure_id = $1 order by numero")
        .bind(structure)
        .fetch_all(&portail.db)
        .await
        .expect("the historique")
}

/// « role statut » of the row that counts, or « - ».
pub(crate) async fn etat(portail: &Portail, structure: StructureId, adresse: &str) -> String {
    sqlx::query_scalar(
        "select r.role || ' ' || r.statut from rattachements r join utilisateurs u on u.id = r.utilisateur_id
         where r.structure_id = $1 and u.adresse_connexion = $2
         order by r.statut = 'supprimee', r.cree_le desc limit 1",
    )
    .bind(structure)
    .bind(adresse)
    .fetch_optional(&portail.db)
    .await
    .expect("a row")
    .unwrap_or_else(|| "-".to_owned())
}

/// Login of the gestionnaire principal, through the pointer.
pub(crate) async fn gp_de(portail: &Portail, structure: StructureId) -> Option<String> {
    sqlx::query_scalar(
        "select u.adresse_connexion from structures s join rattachements r on r.id = s.gp_id
           join utilisateurs u on u.id = r.utilisateur_id where s.id = $1",
    )
    .bind(structure)
    .fetch_optional(&portail.db)
    .await
    .expect("a pointer")
}

pub(crate) async fn statut_de_la_structure(portail: &Portail, structure: StructureId) -> String {
    sqlx::query_scalar("select statut from structures where id = $1")
        .bind(structure)
        .fetch_one(&portail.db)
        .await
        .expect("a structure")
}
