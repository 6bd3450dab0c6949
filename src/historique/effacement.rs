use uuid::Uuid;

use crate::acces::Systeme;
use crate::db::{StructureId, Tx, UtilisateurId};
use crate::web::Erreur;

/// Blanks salt and data of every line that a person signed or that is about him, and of the lines of these structures whose
/// text holds one of `mentions` (his names, his addresses). The commitments stay, so every chain stays true (decisions 6).
/// Answers what the mails of those acts are filed under: lines and requests.
///
/// # Errors
/// Those of the database.
pub async fn effacer(
    tx: &mut Tx,
    _: &Systeme,
    personne: UtilisateurId,
    structures: &[StructureId],
    mentions: &[String],
) -> Result<Vec<Uuid>, Erreur> {
    let structures: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    // The data are JSON text: a quotation mark in a name is escaped there.
    let mut ecrites = Vec::with_capacity(mentions.len());
    for mention in mentions {
        let json = serde_json::to_string(mention)?;
        ecrites.push(json.trim_matches('"').to_owned());
    }
    sqlx::query!(
        "with visees as (
           select id from historique where acteur_id = $1
           union select id from historique where concerne_id = $1
           union select h.id from historique h join historique_donnees d on d.historique_id = h.id
                 where h.chaine = any ($2) and d.donnees is not null
                   and exists (select from unnest($3::text[]) as m (mention)
                               where position(lower(m.mention) in lower(d.donnees)) > 0))
         update historique_donnees d set sel = null, donnees = null from visees v
         where d.historique_id = v.id and d.donnees is not null",
        personne.0,
        &structures,
        &ecrites
    )
    .execute(&mut **tx)
    .await?;
    Ok(sqlx::query_scalar!(
        r#"select id as "id!" from historique where acteur_id = $1
           union select id from historique where concerne_id = $1
           union select demande_id from historique where demande_id is not null and (acteur_id = $1 or concerne_id = $1)
           union select id from demandes_rattachement where utilisateur_id = $1"#,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?)
}
