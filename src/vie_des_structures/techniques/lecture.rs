use crate::App;
use crate::acces::GestionPrincipale;
use crate::db::{StructureId, TechniqueId, Temps, Tx};
use crate::web::Erreur;

/// A technical account (view `utilisateurs_techniques`).
pub struct UtilisateurTechnique {
    pub id: TechniqueId,
    /// Login.
    pub identifiant: String,
    pub adresse_contact: String,
    pub statut: String,
    pub cree_le: Temps,
    /// The current secret: names what a reset replaces, opens nothing.
    pub secret: uuid::Uuid,
    pub secret_expire_le: Temps,
    pub expire: bool,
    pub derniere_utilisation: Option<Temps>,
}

impl UtilisateurTechnique {
    pub fn actif(&self) -> bool {
        self.statut == "actif"
    }

    pub fn libelle_statut(&self) -> &'static str {
        if self.actif() { "Actif" } else { "Inactif" }
    }
}

/// Those of the structure, oldest first; a structure has a few.
///
/// # Errors
/// Those of the database.
pub async fn liste(
    app: &App,
    gestion: &GestionPrincipale,
) -> Result<Vec<UtilisateurTechnique>, Erreur> {
    let mut connexion = app.db.acquire().await?;
    lire(&mut connexion, gestion.structure().id, None).await
}

/// One of this structure.
///
/// # Errors
/// `Introuvable`: not of this structure, or deleted.
pub async fn un(
    app: &App,
    gestion: &GestionPrincipale,
    id: TechniqueId,
) -> Result<UtilisateurTechnique, Erreur> {
    let mut connexion = app.db.acquire().await?;
    let lus = lire(&mut connexion, gestion.structure().id, Some(id)).await?;
    lus.into_iter().next().ok_or(Erreur::Introuvable)
}

pub(super) async fn sous_verrou(
    tx: &mut Tx,
    structure: StructureId,
    id: TechniqueId,
) -> Result<UtilisateurTechnique, Erreur> {
    let lus = lire(tx, structure, Some(id)).await?;
    lus.into_iter().next().ok_or(Erreur::Introuvable)
}

async fn lire(
    db: &mut sqlx::PgConnection,
    structure: StructureId,
    id: Option<TechniqueId>,
) -> Result<Vec<UtilisateurTechnique>, Erreur> {
    Ok(sqlx::query_as!(
        UtilisateurTechnique,
        r#"select id as "id!: TechniqueId", identifiant as "identifiant!", adresse_contact as "adresse_contact!",
                  statut as "statut!", temps(cree_le) as "cree_le!: Temps", secret_id as "secret!",
                  temps(secret_expire_le) as "secret_expire_le!: Temps", secret_expire_le <= maintenant() as "expire!",
                  temps(derniere_utilisation) as "derniere_utilisation: Temps"
           from utilisateurs_techniques
           where structure_id = $1 and ($2::uuid is null or id = $2)
           order by cree_le, id"#,
        structure.0,
        id.map(|i| i.0)
    )
    .fetch_all(db)
    .await?)
}
