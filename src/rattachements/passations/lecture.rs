//! What the screens show of the handovers to come.

use crate::App;
use crate::acces::{Connecte, GestionPrincipale};
use crate::db::{PassationId, StructureId};
use crate::web::Erreur;

/// A handover to come, as the two people concerned see it.
pub struct PassationVue {
    pub id: PassationId,
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub cedant: String,
    pub successeur: String,
    pub successeur_adresse: String,
    /// JJ/MM/AAAA.
    pub jour: String,
    /// The reader hands the role over; otherwise he receives it.
    pub je_cede: bool,
}

impl PassationVue {
    /// « Vous deviendrez gestionnaire principal de … le … », or what I hand over.
    pub fn phrase(&self) -> String {
        if self.je_cede {
            format!(
                "{} deviendra gestionnaire principal de {} le {}. Vous y deviendrez utilisateur simple.",
                self.successeur, self.raison_sociale, self.jour
            )
        } else {
            format!(
                "Vous deviendrez gestionnaire principal de {} le {}. Jusque-là, {} garde ce rôle et peut annuler la passation.",
                self.raison_sociale, self.jour, self.cedant
            )
        }
    }
}

/// Those I give and those I receive, the nearest first.
///
/// # Errors
/// Those of the database.
pub async fn les_miennes(app: &App, connecte: &Connecte) -> Result<Vec<PassationVue>, Erreur> {
    Ok(sqlx::query_as!(
        PassationVue,
        r#"select p.id as "id: PassationId", p.structure_id as "structure: StructureId", s.identifiant, s.raison_sociale,
                  c.prenom || ' ' || c.nom as "cedant!", u.prenom || ' ' || u.nom as "successeur!",
                  u.adresse_connexion as successeur_adresse, to_char(p.le, 'DD/MM/YYYY') as "jour!",
                  p.cedant_id = $1 as "je_cede!"
           from passations p
           join structures s on s.id = p.structure_id
           join utilisateurs c on c.id = p.cedant_id
           join utilisateurs u on u.id = p.successeur_id
           where p.statut = 'programmee' and (p.cedant_id = $1 or p.successeur_id = $1)
           order by p.le, s.cle_tri, p.id limit 100"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// The one of the structure of the proof.
///
/// # Errors
/// Those of the database.
pub async fn de_la_structure(
    app: &App,
    gestion: &GestionPrincipale,
) -> Result<Option<PassationVue>, Erreur> {
    let structure = gestion.structure().id;
    let miennes = les_miennes(app, gestion).await?;
    Ok(miennes
        .into_iter()
        .find(|p| p.structure == structure && p.je_cede))
}
