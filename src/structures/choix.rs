//! « Choisir la structure * »: where a screen has several to choose from (seed 004).

use crate::App;
use crate::acces::{Capacite, Connecte};
use crate::db::StructureId;
use crate::web::Erreur;

/// A structure of the list.
pub struct Choix {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub publique: bool,
}

/// Structures of a list to choose from at most.
const CHOIX_MAX: i64 = 500;

impl Choix {
    /// For the list: its value and its words.
    pub fn option(&self) -> (String, String) {
        let mots = format!("{} – {}", self.identifiant, self.raison_sociale);
        (self.id.to_string(), mots)
    }

    /// The one to begin with: the only one, or the one the address names.
    pub fn premier<'c>(choix: &'c [Self], demandee: &str) -> Option<&'c Self> {
        match choix {
            [seule] => Some(seule),
            _ => choix.iter().find(|c| c.id.to_string() == demandee),
        }
    }
}

/// The active structures where this person holds a capability, by name; `entiere`: on the whole structure only.
///
/// # Errors
/// Those of the database.
pub async fn a_choisir(
    app: &App,
    connecte: &Connecte,
    capacite: Capacite,
    entiere: bool,
) -> Result<Vec<Choix>, Erreur> {
    Ok(sqlx::query_as!(
        Choix,
        r#"select s.id as "id: StructureId", s.identifiant, s.raison_sociale, s.publique
           from rattachements_effectifs r join structures s on s.id = r.structure_id
           where r.utilisateur_id = $1 and $2 = any (r.capacites) and (r.maille_structure or not $3) and r.structure_active
           order by s.cle_tri, s.id limit $4"#,
        connecte.id().0,
        capacite.code(),
        entiere,
        CHOIX_MAX
    )
    .fetch_all(&app.db)
    .await?)
}
