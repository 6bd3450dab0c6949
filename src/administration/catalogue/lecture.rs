use sqlx::PgExecutor;

use super::DU_PORTAIL;
use crate::acces::Administration;
use crate::web::{Erreur, empreinte};

/// An espace of the catalogue.
#[derive(Clone, Debug)]
pub struct LigneEspace {
    pub code: String,
    pub nom: String,
    pub description: String,
    pub ordre: i32,
    pub adresse: Option<String>,
    pub publique_seulement: bool,
    pub defaut_gp: bool,
    pub defaut_gs: bool,
    pub defaut_us: bool,
    /// A change of who has it without asking is being carried to the rattachements in force.
    pub en_cours: bool,
}

impl LigneEspace {
    /// It is a part of the portal.
    pub fn du_portail(&self) -> bool {
        DU_PORTAIL.contains(&self.code.as_str())
    }

    /// Names the state that a form was filled from.
    pub fn version(&self) -> String {
        empreinte([
            self.nom.clone(),
            self.description.clone(),
            self.ordre.to_string(),
            self.adresse.clone().unwrap_or_default(),
            self.par_defaut(),
        ])
    }

    /// Who has it without asking.
    pub fn par_defaut(&self) -> String {
        let roles: Vec<_> = [
            (self.defaut_gp, "gestionnaire principal"),
            (self.defaut_gs, "gestionnaires secondaires"),
            (self.defaut_us, "utilisateurs simples"),
        ]
        .into_iter()
        .filter(|(oui, _)| *oui)
        .map(|(_, role)| role)
        .collect();
        if roles.is_empty() {
            "Sur demande".to_owned()
        } else {
            format!("Par défaut\u{202F}: {}", roles.join(", "))
        }
    }
}

/// All of them, in the order of the menus.
///
/// # Errors
/// Those of the database.
pub async fn tous(db: impl PgExecutor<'_>, _: &Administration) -> Result<Vec<LigneEspace>, Erreur> {
    Ok(sqlx::query_as!(
        LigneEspace,
        r#"select e.code, e.nom, e.description, e.ordre, e.adresse, e.publique_seulement, e.defaut_gp, e.defaut_gs, e.defaut_us,
                  exists (select from catalogue_a_appliquer c where c.espace = e.code) as "en_cours!"
           from espaces e order by e.ordre, e.code limit 500"#
    )
    .fetch_all(db)
    .await?)
}

/// One of them.
///
/// # Errors
/// `Introuvable`: none has this code.
pub async fn lire(
    db: impl PgExecutor<'_>,
    _: &Administration,
    code: &str,
) -> Result<LigneEspace, Erreur> {
    sqlx::query_as!(
        LigneEspace,
        r#"select e.code, e.nom, e.description, e.ordre, e.adresse, e.publique_seulement, e.defaut_gp, e.defaut_gs, e.defaut_us,
                  exists (select from catalogue_a_appliquer c where c.espace = e.code) as "en_cours!"
           from espaces e where e.code = $1"#,
        code
    )
    .fetch_optional(db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// How many rattachements in force have one of these roles (`gp`, `gs`, `us`), on a structure where the espace exists; no more
/// than 10 001 are counted.
///
/// # Errors
/// Those of the database.
pub async fn concernes(
    db: impl PgExecutor<'_>,
    espace: &LigneEspace,
    roles: &[String],
) -> Result<i64, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "nombre!" from (
             select from rattachements r join structures s on s.id = r.structure_id
             where r.statut = 'validee' and r.role = any ($1) and (s.publique or not $2) limit 10001) x"#,
        roles,
        espace.publique_seulement
    )
    .fetch_one(db)
    .await?)
}
