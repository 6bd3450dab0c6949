//! What the SIRENE repertory knows of a SIRET (`vantail import sirene`): the fiche of a private structure begins with it.

use sqlx::PgExecutor;

use super::nouvelle::SaisieFiche;
use crate::identifiants::Identifiant;
use crate::web::Erreur;

/// Why a structure is not created on a SIRET that the INSEE says closed.
pub const RADIEE: &str = "Le répertoire SIRENE donne cet établissement pour fermé\u{202F}: sa fiche ne peut pas être créée. Vérifiez le SIRET\u{202F}: après un déménagement ou une fusion, il a changé.";

/// The fiche as the repertory fills it in; `None` where it does not know the SIRET, or nothing of it that may be shown.
///
/// # Errors
/// Those of the database.
pub async fn pre_remplir(
    db: impl PgExecutor<'_>,
    identifiant: &Identifiant,
) -> Result<Option<SaisieFiche>, Erreur> {
    let Some(siret) = identifiant.siret() else {
        return Ok(None);
    };
    let lu = sqlx::query!(
        r#"select coalesce(u.denomination, e.enseigne, '') as "raison_sociale!",
                  coalesce(concat_ws(', ', e.adresse, e.complement), '') as "adresse!",
                  coalesce(e.code_postal, '') as "code_postal!", coalesce(e.ville, '') as "ville!"
           from sirene_etablissements e left join sirene_unites_legales u on u.siren = left(e.siret, 9)
           where e.siret = $1"#,
        siret.as_str()
    )
    .fetch_optional(db)
    .await?;
    Ok(lu
        .map(|l| SaisieFiche {
            raison_sociale: l.raison_sociale,
            adresse: l.adresse.chars().take(255).collect(),
            code_postal: l.code_postal,
            ville: l.ville,
            ..SaisieFiche::default()
        })
        .filter(|fiche| *fiche != SaisieFiche::default()))
}
