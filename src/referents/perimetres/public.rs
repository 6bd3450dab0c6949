//! What anybody may read of the périmètres (« Trouver mon référent »).

use super::{genres_en_mots, liste};
use crate::App;
use crate::db::StructureId;
use crate::identifiants::Siret;
use crate::web::Erreur;

/// What anybody may read of a périmètre: its name and its reach, nobody's name, nobody's address.
pub struct Public {
    pub nom: String,
    pub departements: Vec<String>,
    pub genres: Vec<String>,
    /// Somebody answers there.
    pub pourvu: bool,
}

impl Public {
    pub fn portee(&self) -> String {
        let departements = liste(&self.departements, "tous les départements");
        format!("{}\u{202F}: {departements}", genres_en_mots(&self.genres))
    }
}

/// The périmètres of a département.
///
/// # Errors
/// Those of the database.
pub async fn du_departement(app: &App, departement: &str) -> Result<Vec<Public>, Erreur> {
    Ok(sqlx::query_as!(
        Public,
        r#"select p.nom, p.departements, p.genres,
                  exists (select from referents_effectifs r where r.perimetre_id = p.id) as "pourvu!"
           from perimetres p where p.departements = '{}' or $1 = any (p.departements)
           order by p.cle_tri, p.id limit 100"#,
        departement
    )
    .fetch_all(&app.db)
    .await?)
}

/// A public structure as the page « Trouver mon référent » answers it.
pub struct StructurePublique {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub active: bool,
    pub passe: bool,
    pub perimetre: Option<String>,
}

/// By its SIRET: what the public directory shows, and its périmètre.
///
/// # Errors
/// Those of the database.
pub async fn de_la_structure(
    app: &App,
    siret: &Siret,
) -> Result<Option<StructurePublique>, Erreur> {
    Ok(sqlx::query_as!(
        StructurePublique,
        r#"select s.id as "id: StructureId", s.identifiant, s.raison_sociale, s.statut = 'active' as "active!",
                  s.passe_par_pigp as passe, v.nom as "perimetre?"
           from structures s left join structures_des_perimetres v on v.structure_id = s.id
           where s.type_identifiant = 'SIRET' and s.identifiant = $1 and s.publique"#,
        siret.as_str()
    )
    .fetch_optional(&app.db)
    .await?)
}
