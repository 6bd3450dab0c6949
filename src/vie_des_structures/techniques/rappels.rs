//! A secret that ends stops an information system: its people are told 60, 30, 15 days and 1 day before.

use super::courriers::TechniqueExpire;
use super::prevenir;
use crate::App;
use crate::acces::{StructureVue, Systeme};
use crate::db::{StructureId, Temps, Tx};
use crate::structures::verrouiller;
use crate::web::Erreur;

/// Secrets with a warning due, `max` at most, those that end first before the others.
///
/// # Errors
/// Those of the database.
pub async fn rappels_dus(
    app: &App,
    _: &Systeme,
    max: i64,
) -> Result<Vec<(StructureId, uuid::Uuid)>, Erreur> {
    Ok(sqlx::query!(
        r#"select c.structure_id as "structure: StructureId", x.id
           from secrets_techniques x
           join comptes_techniques c on c.id = x.compte_id
           join structures s on s.id = c.structure_id
           where x.remplace_le is null and x.rappel_jours > 1 and x.expire_le <= maintenant() + interval '60 days'
             and x.expire_le > maintenant() and x.rappel_jours > rappel_du_secret(x.expire_le)
             and c.statut = 'actif' and s.statut = 'active'
           order by x.expire_le limit $1"#,
        max
    )
    .fetch_all(&app.db)
    .await?
    .into_iter()
    .map(|l| (l.structure, l.id))
    .collect())
}

/// Sends the warning of one secret, the latest due only; false when somebody else did, or when it is due no more.
///
/// # Errors
/// Those of the database.
pub async fn rappeler(
    tx: &mut Tx,
    _: &Systeme,
    structure: StructureId,
    secret: uuid::Uuid,
) -> Result<bool, Erreur> {
    verrouiller(tx, &[structure]).await?;
    let Some(lu) = sqlx::query!(
        r#"update secrets_techniques x set rappel_jours = rappel_du_secret(x.expire_le)
           from comptes_techniques c, structures s
           where x.id = $1 and x.remplace_le is null and x.expire_le > maintenant()
             and x.rappel_jours > rappel_du_secret(x.expire_le)
             and c.id = x.compte_id and c.statut = 'actif' and s.id = c.structure_id and s.statut = 'active'
           returning c.identifiant, c.adresse_contact, temps(x.expire_le) as "expire_le!: Temps",
                     s.id as "structure: StructureId", s.type_identifiant, s.identifiant as numero, s.raison_sociale, s.publique,
                     s.passe_par_pigp"#,
        secret
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Ok(false);
    };
    let structure = StructureVue {
        id: lu.structure,
        type_identifiant: lu.type_identifiant,
        identifiant: lu.numero,
        raison_sociale: lu.raison_sociale,
        publique: lu.publique,
        active: true,
        passe_par_pigp: lu.passe_par_pigp,
    };
    let expire = lu.expire_le.jour_heure();
    prevenir(
        tx,
        uuid::Uuid::now_v7(),
        &structure,
        &lu.adresse_contact,
        |base| TechniqueExpire {
            avis: base,
            identifiant: lu.identifiant.clone(),
            expire: expire.clone(),
        },
    )
    .await?;
    Ok(true)
}
