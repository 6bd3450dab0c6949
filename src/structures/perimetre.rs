//! Which périmètre covers a structure (R-REF): the view `structures_des_perimetres` is the rule, read here and by the référents.

use sqlx::PgExecutor;

use crate::db::{PerimetreId, StructureId};
use crate::web::Erreur;

/// What a référent answers for, as anybody may read it: no address, no name of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Perimetre {
    pub id: PerimetreId,
    /// « Académie de Lyon ».
    pub nom: String,
}

/// The périmètre that covers this structure; `None`: nobody's.
///
/// # Errors
/// Those of the database.
pub async fn perimetre(
    db: impl PgExecutor<'_>,
    structure: StructureId,
) -> Result<Option<Perimetre>, Erreur> {
    Ok(sqlx::query_as!(
        Perimetre,
        r#"select perimetre_id as "id!: PerimetreId", nom as "nom!" from structures_des_perimetres where structure_id = $1"#,
        structure.0
    )
    .fetch_optional(db)
    .await?)
}
