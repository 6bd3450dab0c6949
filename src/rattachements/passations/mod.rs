//! « Passation programmée »: the role of gestionnaire principal changes hands on a chosen day (R-COMPTE-TRANSFERT,
//! decisions 14: no acceptance step, the successor is warned and may transfer in turn).
//!
//! ```text
//! programmee ──its day, first instant in Paris──▶ executee     (the ordinary transfer, signed by the portal)
//!      ├── by the GP, or replaced by another ───▶ annulee
//!      └── what it stood on is gone ────────────▶ caduque      (both are told why)
//! ```
//!
//! It gives no right before. At most one per structure. Whether it still stands is read again under the lock of the
//! structure by [`caduques`], which every act that changes the gestionnaire principal or closes the structure calls.

mod actes;
mod caducite;
pub mod courriers;
mod echeance;
mod lecture;

pub use actes::{Programmation, annuler, programmer, verifier_jour};
pub use caducite::caduques;
pub use echeance::{Suite, a_suivre, suivre};
pub use lecture::{PassationVue, de_la_structure, les_miennes};

use self::courriers::{Annonce, Pour};
use super::joignables::{self, Joignable};
use crate::db::{PassationId, RattachementId, StructureId, Tx, UtilisateurId};
use crate::historique::{Changement, Details};
use crate::web::Erreur;

/// A handover under the lock of its structure, with its row locked.
struct Programmee {
    id: PassationId,
    structure: StructureId,
    raison_sociale: String,
    rattachement: RattachementId,
    cedant: UtilisateurId,
    cedant_nom: String,
    successeur: UtilisateurId,
    successeur_nom: String,
    successeur_adresse: String,
    /// JJ/MM/AAAA.
    jour: String,
    le: time::Date,
    /// Days left, in Paris.
    dans: i32,
    echue: bool,
}

impl Programmee {
    /// What every mail about it says.
    fn annonce(&self, tx: &Tx, pour: Pour, joignable: &Joignable) -> Annonce {
        Annonce {
            marque: tx.marque.to_string(),
            nom_complet: joignable.nom_complet.clone(),
            structure: self.raison_sociale.clone(),
            cedant: self.cedant_nom.clone(),
            successeur: self.successeur_nom.clone(),
            adresse: self.successeur_adresse.clone(),
            le: self.jour.clone(),
            pour,
        }
    }

    fn details(&self, acteur: &str) -> Details {
        Details {
            acteur: acteur.to_owned(),
            concerne: self.successeur_nom.clone(),
            changements: vec![Changement::new(
                &format!("Gestionnaire principal le {}", self.jour),
                &*self.cedant_nom,
                &*self.successeur_nom,
            )],
            ..Details::default()
        }
    }
}

/// The handover to come of a structure, if there is one. The structure must be locked.
async fn programmee(tx: &mut Tx, structure: StructureId) -> Result<Option<Programmee>, Erreur> {
    Ok(sqlx::query_as!(
        Programmee,
        r#"select p.id as "id: PassationId", p.structure_id as "structure: StructureId", s.raison_sociale,
                  p.rattachement_id as "rattachement: RattachementId", p.cedant_id as "cedant: UtilisateurId",
                  c.prenom || ' ' || c.nom as "cedant_nom!", p.successeur_id as "successeur: UtilisateurId",
                  u.prenom || ' ' || u.nom as "successeur_nom!", u.adresse_connexion as successeur_adresse,
                  to_char(p.le, 'DD/MM/YYYY') as "jour!", p.le, p.le - aujourdhui() as "dans!",
                  debut_du_jour(p.le) <= maintenant() as "echue!"
           from passations p
           join structures s on s.id = p.structure_id
           join utilisateurs c on c.id = p.cedant_id
           join utilisateurs u on u.id = p.successeur_id
           where p.structure_id = $1 and p.statut = 'programmee' for update of p"#,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The two people of a handover who can still be written to: a closed account has no address.
async fn les_deux(tx: &mut Tx, p: &Programmee) -> Result<Vec<(Joignable, Pour)>, Erreur> {
    let mut deux = Vec::with_capacity(2);
    for (id, pour) in [(p.cedant, Pour::Cedant), (p.successeur, Pour::Successeur)] {
        if let Some(joignable) = joignables::ouvert(tx, id).await? {
            deux.push((joignable, pour));
        }
    }
    Ok(deux)
}

/// The other gestionnaires of the structure.
async fn les_autres(tx: &mut Tx, p: &Programmee) -> Result<Vec<(Joignable, Pour)>, Erreur> {
    let gestionnaires = joignables::gestionnaires(tx, p.structure).await?;
    Ok(gestionnaires
        .into_iter()
        .filter(|j| j.id != p.cedant && j.id != p.successeur)
        .map(|j| (j, Pour::Autre))
        .collect())
}
