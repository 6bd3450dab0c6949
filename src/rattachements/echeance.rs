use super::effets::{Cause, changer_statut};
use crate::acces::Systeme;
use crate::db::{RattachementId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::Erreur;

/// Ends the rattachements of one structure that are past their date: `desactivee`, cause `echeance`, one line each in
/// the historique (decisions 3). Never the gestionnaire principal, who has no end. The caller holds the structure's row;
/// a departure calls it first, the jobs every minute.
///
/// # Errors
/// Those of the database.
pub async fn echoir(tx: &mut Tx, systeme: &Systeme, structure: StructureId) -> Result<u64, Erreur> {
    let echus = sqlx::query!(
        r#"select r.id as "id: RattachementId", r.utilisateur_id as "personne: UtilisateurId", u.prenom || ' ' || u.nom as "qui!",
                  to_char((r.date_fin - interval '1 second') at time zone 'Europe/Paris', 'DD/MM/YYYY') as "fin!"
           from rattachements r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 and r.statut = 'validee' and r.role <> 'gp' and r.date_fin <= maintenant()
           order by r.id for update of r"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut entrees = Vec::new();
    for echu in echus {
        if changer_statut(tx, echu.id, Some(Cause::Echeance)).await? {
            entrees.push(Entree {
                structure: Some(structure),
                action: Action::RattachementDesactive,
                concerne: Some(echu.personne),
                demande: None,
                details: Details {
                    concerne: echu.qui,
                    commentaire: format!("Fin de validité le {}", echu.fin),
                    changements: vec![Changement::new(
                        "Statut du rattachement",
                        "Validé",
                        "Désactivé",
                    )],
                    ..Details::default()
                },
            });
        }
    }
    let nombre = entrees.len() as u64;
    historique::noter_plusieurs(tx, systeme, entrees).await?;
    Ok(nombre)
}
