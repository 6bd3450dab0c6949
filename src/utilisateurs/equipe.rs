//! The staff that an act is told to.

use sqlx::PgConnection;

use super::Equipe;
use crate::courrier::{Destinataire, Joignable};
use crate::db::UtilisateurId;
use crate::web::Erreur;

/// A member of the staff, as a mail reaches him.
#[derive(Clone, Debug)]
pub struct Agent {
    pub id: UtilisateurId,
    pub nom_complet: String,
    pub adresse: String,
}

impl Agent {
    pub fn destinataire(&self) -> Destinataire {
        Destinataire {
            utilisateur: Some(self.id.0),
            adresse: self.adresse.clone(),
        }
    }
}

/// The active accounts of a team.
pub async fn agents(tx: &mut PgConnection, equipe: Equipe) -> Result<Vec<Agent>, Erreur> {
    Ok(sqlx::query_as!(
        Agent,
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_contact as adresse
           from utilisateurs where equipe = $1 and statut = 'actif' order by cle_tri, id limit 200"#,
        equipe.code()
    )
    .fetch_all(tx)
    .await?)
}

impl From<Agent> for Joignable {
    fn from(agent: Agent) -> Self {
        Self {
            id: agent.id,
            nom_complet: agent.nom_complet,
            adresse: agent.adresse,
        }
    }
}
