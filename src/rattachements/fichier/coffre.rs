//! The table of the files that wait between their dry run and their application: each owner his own, for one day.

use sqlx::types::Json;
use uuid::Uuid;

use super::{Depose, Plan};
use crate::App;
use crate::db::{PerimetreId, StructureId, Temps, Tx, UtilisateurId};
use crate::web::Erreur;

/// Where a file belongs: what its lines are about, and who alone reads it.
#[derive(Clone, Copy)]
pub struct Tiroir {
    pub proprietaire: UtilisateurId,
    pub lieu: Lieu,
}

/// What its lines do, and where.
#[derive(Clone, Copy)]
pub enum Lieu {
    Rattachements(StructureId),
    /// Accounts created in this périmètre (R-REF).
    Arrivees(PerimetreId),
}

impl Lieu {
    fn colonnes(self) -> (&'static str, Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Rattachements(structure) => ("rattachements", Some(structure.0), None),
            Self::Arrivees(perimetre) => ("arrivees", None, Some(perimetre.0)),
        }
    }
}

impl Tiroir {
    /// Keeps a file and what was shown of it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn poser(
        self,
        tx: &mut Tx,
        (nom, texte): (&str, &str),
        plan: &Plan,
    ) -> Result<Uuid, Erreur> {
        let id = Uuid::now_v7();
        let (genre, structure, perimetre) = self.lieu.colonnes();
        sqlx::query!(
            "insert into fichiers_deposes (id, utilisateur_id, structure_id, perimetre_id, genre, nom, contenu, plan)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            self.proprietaire.0,
            structure,
            perimetre,
            genre,
            nom,
            texte,
            Json(plan) as _
        )
        .execute(&mut **tx)
        .await?;
        Ok(id)
    }

    /// One's own file, there.
    ///
    /// # Errors
    /// `Introuvable`: somebody else's, another place's, or older than a day.
    pub async fn lire(self, app: &App, id: Uuid) -> Result<Depose, Erreur> {
        let (genre, structure, perimetre) = self.lieu.colonnes();
        let l = sqlx::query!(
            r#"select nom, plan as "plan: Json<Plan>", temps(applique_le) as "applique_le: Temps" from fichiers_deposes
               where id = $1 and utilisateur_id = $2 and structure_id is not distinct from $3
                 and perimetre_id is not distinct from $4 and genre = $5
                 and depose_le > maintenant() - interval '1 day'"#,
            id,
            self.proprietaire.0,
            structure,
            perimetre,
            genre
        )
        .fetch_optional(&app.db)
        .await?
        .ok_or(Erreur::Introuvable)?;
        Ok(Depose {
            id,
            nom: l.nom,
            plan: l.plan.0,
            applique_le: l.applique_le,
        })
    }

    /// The file under its lock: what was shown, and its lines unless it was applied.
    ///
    /// # Errors
    /// `Introuvable`, as [`Self::lire`].
    pub async fn reprendre(self, tx: &mut Tx, id: Uuid) -> Result<(Plan, Option<String>), Erreur> {
        let (genre, structure, perimetre) = self.lieu.colonnes();
        let l = sqlx::query!(
            r#"select plan as "plan: Json<Plan>", contenu from fichiers_deposes
               where id = $1 and utilisateur_id = $2 and structure_id is not distinct from $3
                 and perimetre_id is not distinct from $4 and genre = $5
                 and depose_le > maintenant() - interval '1 day' for update"#,
            id,
            self.proprietaire.0,
            structure,
            perimetre,
            genre
        )
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(Erreur::Introuvable)?;
        Ok((l.plan.0, l.contenu))
    }
}

/// Keeps what is to be shown now.
///
/// # Errors
/// Those of the database.
pub async fn garder(tx: &mut Tx, id: Uuid, plan: &Plan) -> Result<(), Erreur> {
    sqlx::query!(
        "update fichiers_deposes set plan = $2 where id = $1",
        id,
        Json(plan) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// It is applied: its lines are erased, its result stays for the day.
///
/// # Errors
/// Those of the database.
pub async fn appliquee(tx: &mut Tx, id: Uuid, plan: &Plan) -> Result<(), Erreur> {
    sqlx::query!(
        "update fichiers_deposes set contenu = null, plan = $2, applique_le = maintenant() where id = $1",
        id,
        Json(plan) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
