use crate::App;
use crate::acces::Systeme;
use crate::db::{StructureId, Tx, UtilisateurId, transaction};
use crate::historique::{self, Action, Changement, Details, Entree};
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
        echus += transaction(app, async |tx| {
            sqlx::query!(
                "select id from structures where id = $1 for no key update",
                structure.0
            )
            .fetch_one(&mut **tx)
            .await?;
            echoir(tx, systeme, structure).await
        })
        .await?;
    }
    Ok(echus)
}

/// Ends the rattachements of one structure that are past their date: `desactivee`, cause `echeance`, one line each in
/// the historique (decisions 3). Never the gestionnaire principal, who has no end. The caller holds the structure's row.
///
/// # Errors
/// Those of the database.
pub async fn echoir(tx: &mut Tx, systeme: &Systeme, structure: StructureId) -> Result<u64, Erreur> {
    let echus = sqlx::query!(
        r#"with echus as (
             update rattachements set statut = 'desactivee', cause = 'echeance', modifie_le = maintenant()
             where structure_id = $1 and statut = 'validee' and role <> 'gp' and date_fin <= maintenant()
             returning id, utilisateur_id, date_fin)
           select e.utilisateur_id as "personne!: UtilisateurId", u.prenom || ' ' || u.nom as "qui!",
                  to_char((e.date_fin - interval '1 second') at time zone 'Europe/Paris', 'DD/MM/YYYY') as "fin!"
           from echus e join utilisateurs u on u.id = e.utilisateur_id
           order by e.id"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let nombre = echus.len() as u64;
    let entrees = echus
        .into_iter()
        .map(|e| Entree {
            structure: Some(structure),
            action: Action::RattachementDesactive,
            concerne: Some(e.personne),
            demande: None,
            details: Details {
                concerne: e.qui,
                commentaire: format!("Fin de validité le {}", e.fin),
                changements: vec![Changement::new(
                    "Statut du rattachement",
                    "Validé",
                    "Désactivé",
                )],
                ..Details::default()
            },
        })
        .collect();
    historique::noter_plusieurs(tx, systeme, entrees).await?;
    Ok(nombre)
}
