use crate::App;
use crate::acces::Systeme;
use crate::db::{StructureId, en_transaction};
use crate::rattachements;
use crate::web::Erreur;

/// Every rattachement past its date, one structure at a time, each in a transaction of its own.
pub(super) async fn toutes(app: &App, systeme: &Systeme) -> Result<u64, Erreur> {
    let structures = sqlx::query_scalar!(
        r#"select distinct structure_id as "structure: StructureId" from rattachements
           where statut = 'validee' and role <> 'gp' and date_fin <= maintenant()
           order by structure_id"#
    )
    .fetch_all(&app.db)
    .await?;
    let mut echus = 0;
    for structure in structures {
        echus += en_transaction!(app, |tx| {
            rattachements::verrouiller(tx, &[structure]).await?;
            rattachements::echoir(tx, systeme, structure).await
        })?;
    }
    Ok(echus)
}
