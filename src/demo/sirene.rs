//! Two establishments that exist nowhere, as the SIRENE repertory would have them: « Créer une structure » fills in the
//! fiche of the first, and says that the second is closed.

use crate::db::Tx;
use crate::web::Erreur;

/// SIRET, name, closed.
pub const ETABLISSEMENTS: [(&str, &str, bool); 2] = [
    ("99900001100018", "LES PARAPLUIES DE TERNEUIL", false),
    ("99900002900010", "L’ANCIEN COMPTOIR DES PLUIES", true),
];

pub(super) async fn charger(tx: &mut Tx) -> Result<(), Erreur> {
    for (siret, denomination, ferme) in ETABLISSEMENTS {
        sqlx::query!(
            "with unites as (
               insert into sirene_unites_legales (siren, denomination, publique, cessee)
               values (left($1, 9), $2, false, false) on conflict do nothing)
             insert into sirene_etablissements (siret, ferme, adresse, code_postal, ville)
             values ($1, $3, '3 AVENUE DES PARAPLUIES', '97500', 'TERNEUIL SUR SEINE') on conflict do nothing",
            siret,
            denomination,
            ferme
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
