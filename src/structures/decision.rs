//! What every decision on a structure begins with, and says.

use uuid::Uuid;

use crate::db::{StructureId, Temps, Tx};
use crate::web::Erreur;

/// Locks the rows of the structures, in id order, before any insert that references them (decisions 16). Without
/// this the races deadlock. Answers how many exist.
pub async fn verrouiller(tx: &mut Tx, structures: &[StructureId]) -> Result<usize, Erreur> {
    let mut ids: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let verrouillees = sqlx::query!(
        "select id from structures where id = any ($1) order by id for no key update",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(verrouillees.len())
}

/// « A, B ou C »: who can decide.
pub fn noms_des_decideurs(noms: &[String]) -> String {
    match noms {
        [] => String::new(),
        [seul] => seul.clone(),
        [debut @ .., dernier] => format!("{} ou {dernier}", debut.join(", ")),
    }
}

/// The sentence of the page and of the mail: who can decide, or that nobody can yet (decisions 3).
pub fn suite(decideurs: &[String]) -> String {
    if decideurs.is_empty() {
        "Cette structure n’a pas de gestionnaire qui puisse décider\u{202F}: votre demande attend qu’un gestionnaire soit désigné."
            .to_owned()
    } else {
        format!(
            "Elle peut être décidée par {}.",
            noms_des_decideurs(decideurs)
        )
    }
}

/// « Cette demande a déjà été traitée par … le … » (spec §8.2).
pub fn deja_traitee(statut: &str, par: Option<&str>, le: Option<&Temps>) -> String {
    let verbe = match statut {
        "retiree" => return "Cette demande a été retirée par son auteur.".to_owned(),
        "refusee" => "refusée",
        _ => "validée",
    };
    let par = par.unwrap_or("le portail");
    let le = le.map(Temps::jour_heure).unwrap_or_default();
    format!("Cette demande a déjà été traitée par {par} le {le}\u{202F}: elle est {verbe}.")
}
