//! What a person gives up: a request that waits, or an espace obtained by request.

use super::courriers::{AbonnementRetire, DemandeAbonnementRetiree};
use super::droit::Droit;
use super::joignables;
use super::lignes::{self, pour_l_historique};
use crate::acces::Connecte;
use crate::courrier::prevenir;
use crate::db::{AbonnementId, DemandeAbonnementId, StructureId, Temps, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures;
use crate::utilisateurs;
use crate::web::Erreur;

/// « Retirer »: terminal; those who could decide are told that nothing waits any more. Answers the raison sociale.
///
/// # Errors
/// `Introuvable`: not one's own. `Conflit`: decided meanwhile. Withdrawing twice is no error: nothing happens the second
/// time.
pub async fn retirer_demande(
    tx: &mut Tx,
    auteur: &Connecte,
    id: DemandeAbonnementId,
) -> Result<String, Erreur> {
    let structure = sqlx::query_scalar!(
        r#"select structure_id as "structure: StructureId" from demandes_abonnement where id = $1 and utilisateur_id = $2"#,
        id.0,
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    structures::verrouiller(tx, &[structure]).await?;
    let lue = sqlx::query!(
        r#"select d.statut, s.raison_sociale, temps(d.traitee_le) as "traitee_le: Temps",
                  t.prenom || ' ' || t.nom as "traitee_par?"
           from demandes_abonnement d join structures s on s.id = d.structure_id
           left join utilisateurs t on t.id = d.traitee_par
           where d.id = $1"#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    match lue.statut.as_str() {
        "en_cours_de_validation" => {}
        "retiree" => return Ok(lue.raison_sociale),
        autre => {
            return Err(Erreur::Conflit(structures::deja_traitee(
                autre,
                lue.traitee_par.as_deref(),
                lue.traitee_le.as_ref(),
            )));
        }
    }
    // Read before: the view knows open requests only.
    let decideurs = joignables::decideurs(tx, id).await?;
    let demandees = lignes::charger(tx, &[id])
        .await?
        .remove(&id)
        .unwrap_or_default();
    let mots = lignes::demandees(&demandees);
    sqlx::query!(
        "with ecartees as (
           update demande_abonnement_lignes set statut = 'ecartee' where demande_id = $1 and statut = 'demandee')
         update demandes_abonnement set statut = 'retiree', traitee_le = maintenant(), traitee_par = $2
         where id = $1 and statut = 'en_cours_de_validation'",
        id.0,
        auteur.id().0
    )
    .execute(&mut **tx)
    .await?;
    let nom = auteur.personne().nom_complet();
    let entree = Entree {
        structure: Some(structure),
        action: Action::DemandeAbonnementRetiree,
        concerne: Some(auteur.id()),
        demande: Some(pour_l_historique(id)),
        details: Details {
            acteur: nom.clone(),
            concerne: nom.clone(),
            changements: mots
                .iter()
                .map(|m| Changement::new("Espace demandé", m, ""))
                .collect(),
            ..Details::default()
        },
    };
    let ligne = historique::noter(tx, auteur, entree).await?;
    let marque = tx.marque.to_string();
    let autres: Vec<_> = decideurs
        .into_iter()
        .filter(|j| j.id != auteur.id())
        .collect();
    prevenir(tx, ligne, &autres, |j| DemandeAbonnementRetiree {
        marque: marque.clone(),
        structure_id: structure,
        nom_complet: j.nom_complet.clone(),
        demandeur: nom.clone(),
        structure: lue.raison_sociale.clone(),
        lignes: mots.clone(),
    })
    .await?;
    Ok(lue.raison_sociale)
}

/// « Retirer cet abonnement »: what the role, the structure or a service gives stays. Answers the name of the espace and
/// the raison sociale.
///
/// # Errors
/// `Introuvable`: not one's own, or gone. `Conflit`: not obtained by request.
pub async fn retirer(
    tx: &mut Tx,
    auteur: &Connecte,
    id: AbonnementId,
) -> Result<(String, String), Erreur> {
    let structure = sqlx::query_scalar!(
        r#"select a.structure_id as "structure: StructureId"
           from abonnements a join rattachements r on r.id = a.rattachement_id
           where a.id = $1 and r.utilisateur_id = $2"#,
        id.0,
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    structures::verrouiller(tx, &[structure]).await?;
    let lu = sqlx::query!(
        r#"select a.origine, a.droit as "droit: Droit", e.nom, s.raison_sociale, s.statut = 'active' as "active!",
                  sv.libelle as "service?"
           from abonnements a
           join espaces e on e.code = a.espace
           join structures s on s.id = a.structure_id
           left join services sv on sv.id = a.service_id
           where a.id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if lu.origine != "demande" {
        return Err(Erreur::Conflit(
            "Cet espace ne vient pas d’une demande\u{202F}: il suit votre rôle ou ce que la structure a réglé. Adressez-vous à un gestionnaire de la structure."
                .to_owned(),
        ));
    }
    if !lu.active {
        return Err(Erreur::Conflit(
            "Cette structure est désactivée\u{202F}: elle se consulte, elle ne se modifie plus."
                .to_owned(),
        ));
    }
    sqlx::query!("delete from abonnements where id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    let service = lu.service.unwrap_or_else(|| "Tous les services".to_owned());
    let mots = format!("{}, en {} ({service})", lu.nom, lu.droit.code());
    let nom = auteur.personne().nom_complet();
    let entree = Entree {
        structure: Some(structure),
        action: Action::AbonnementRetire,
        concerne: Some(auteur.id()),
        demande: None,
        details: Details {
            acteur: nom.clone(),
            concerne: nom,
            changements: vec![Changement::new("Espace", &mots, "")],
            ..Details::default()
        },
    };
    let ligne = historique::noter(tx, auteur, entree).await?;
    let marque = tx.marque.to_string();
    let soi = utilisateurs::joignable(tx, auteur.id()).await?;
    prevenir(tx, ligne, &[soi], |j| AbonnementRetire {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: lu.raison_sociale.clone(),
        ligne: mots.clone(),
    })
    .await?;
    Ok((lu.nom, lu.raison_sociale))
}
