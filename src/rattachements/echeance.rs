//! The end of a rattachement: what time does by itself, and who is told before (R-GEST-ECHEANCES).

use super::courriers_membres::{FinProche, FinProcheGestionnaire};
use super::effets::{self, Cause, changer_statut};
use super::joignables::{self, Joignable};
use crate::App;
use crate::acces::Systeme;
use crate::courrier;
use crate::db::{RattachementId, StructureId, Temps, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::noms_des_decideurs;
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

/// The rattachements whose end is to be told now, 30 or 7 days before, at most `limite`. A rattachement made or changed after
/// such a moment is not warned of it: its end has just been chosen.
///
/// # Errors
/// Those of the database.
pub async fn fins_a_annoncer(
    app: &App,
    _: &Systeme,
    limite: i64,
) -> Result<Vec<(StructureId, RattachementId)>, Erreur> {
    let lignes = sqlx::query!(
        r#"select r.structure_id as "structure: StructureId", r.id as "id: RattachementId"
           from rattachements r
           join structures s on s.id = r.structure_id and s.statut = 'active'
           join utilisateurs u on u.id = r.utilisateur_id and u.statut = 'actif'
           where r.statut = 'validee' and r.role <> 'gp' and r.date_fin > maintenant()
             and r.date_fin <= maintenant() + interval '31 days'
             and case when jours_avant(r.date_fin, 7) <= maintenant()
                      then r.modifie_le < jours_avant(r.date_fin, 7)
                           and (r.fin_avertie is distinct from r.date_fin or r.fin_avertie_jours <> 7)
                      else jours_avant(r.date_fin, 30) <= maintenant() and r.modifie_le < jours_avant(r.date_fin, 30)
                           and r.fin_avertie is distinct from r.date_fin end
           order by r.date_fin, r.id limit $1"#,
        limite
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes.into_iter().map(|l| (l.structure, l.id)).collect())
}

/// Tells the person, and the gestionnaires who can extend it, once. `false`: it changed meanwhile, or another instance did it.
///
/// # Errors
/// Those of the database.
pub async fn annoncer_la_fin(
    tx: &mut Tx,
    _: &Systeme,
    structure: StructureId,
    rattachement: RattachementId,
) -> Result<bool, Erreur> {
    effets::verrouiller(tx, &[structure]).await?;
    let Some(l) = sqlx::query!(
        r#"with du as (
             select r.id, case when jours_avant(r.date_fin, 7) <= maintenant() then 7 else 30 end::smallint as seuil
             from rattachements r
             join structures s on s.id = r.structure_id and s.statut = 'active'
             join utilisateurs u on u.id = r.utilisateur_id and u.statut = 'actif'
             where r.id = $1 and r.structure_id = $2 and r.statut = 'validee' and r.role <> 'gp' and r.date_fin > maintenant()
               and jours_avant(r.date_fin, 30) <= maintenant())
           update rattachements r set fin_avertie = r.date_fin, fin_avertie_jours = du.seuil
           from du, structures s, utilisateurs u
           where r.id = du.id and s.id = r.structure_id and u.id = r.utilisateur_id
             and r.modifie_le < jours_avant(r.date_fin, du.seuil)
             and (r.fin_avertie is distinct from r.date_fin or r.fin_avertie_jours > du.seuil)
           returning u.id as "personne: UtilisateurId", u.prenom || ' ' || u.nom as "nom!", u.adresse_contact as adresse,
                     s.raison_sociale, temps(r.date_fin - interval '1 microsecond') as "fin!: Temps",
                     ((r.date_fin at time zone 'Europe/Paris')::date - aujourdhui())::smallint as "jours!""#,
        rattachement.0,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Ok(false);
    };
    let gestionnaires = sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from portees_membres p join utilisateurs u on u.id = p.gestionnaire_id
           where p.structure_id = $1 and p.id = $2 and p.entiere and p.gestionnaire_id <> p.utilisateur_id
             and 'rattacher_utilisateurs' = any (p.gestionnaire_capacites)
             and (p.role <> 'gs' or 'nommer_gestionnaires_secondaires' = any (p.gestionnaire_capacites))
           order by u.cle_tri, u.id"#,
        structure.0,
        rattachement.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let marque = tx.marque.to_string();
    // A new event: the same person is mailed again at 7 days what she was mailed at 30.
    let evenement = uuid::Uuid::now_v7();
    let personne = Joignable {
        id: l.personne,
        nom_complet: l.nom.clone(),
        adresse: l.adresse,
    };
    joignables::prevenir(tx, evenement, &[personne], |j| FinProche {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: l.raison_sociale.clone(),
        jours: l.jours,
        fin: l.fin.jour(),
        gestionnaires: if gestionnaires.is_empty() {
            "un gestionnaire de la structure".to_owned()
        } else {
            noms_des_decideurs(&courrier::noms(&gestionnaires))
        },
    })
    .await?;
    joignables::prevenir(tx, evenement, &gestionnaires, |j| FinProcheGestionnaire {
        marque: marque.clone(),
        structure_id: structure,
        nom_complet: j.nom_complet.clone(),
        utilisateur: l.nom.clone(),
        structure: l.raison_sociale.clone(),
        jours: l.jours,
        fin: l.fin.jour(),
        chemin: format!("/structures/{structure}/utilisateurs/{rattachement}"),
    })
    .await?;
    Ok(true)
}
