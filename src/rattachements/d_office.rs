//! A référent stops the account of somebody (R-REF): her rattachements stop with it, her open requests are withdrawn. He hands
//! nothing over: the role of gestionnaire principal is transferred first (spec §13).

use std::collections::BTreeSet;

use super::absence::{Arrete, Geste, annoncer_l_arret};
use super::effets::{self, Cause};
use crate::acces::Role;
use crate::db::{DemandeId, RattachementId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Details, Entree};
use crate::web::Erreur;

/// Stops what is validated (cause `compte`) and withdraws what waits. Structures and account are locked.
///
/// # Errors
/// `Conflit`: the person is gestionnaire principal somewhere, or was given something since the locks.
pub async fn suspendre_d_office(
    tx: &mut Tx,
    geste: &Geste<'_>,
    (personne, nom): (UtilisateurId, &str),
    verrouillees: &BTreeSet<StructureId>,
) -> Result<(), Erreur> {
    let rattachements = sqlx::query!(
        r#"select r.id as "id: RattachementId", r.structure_id as "structure: StructureId", s.raison_sociale, r.role as "role: Role"
           from rattachements r join structures s on s.id = r.structure_id
           where r.utilisateur_id = $1 and r.statut = 'validee' order by r.structure_id"#,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let demandes = sqlx::query!(
        r#"update demandes_rattachement set statut = 'retiree', traitee_le = maintenant(), traitee_par = $2, acte = 'Compte désactivé'
           where utilisateur_id = $1 and statut = 'en_cours_de_validation'
           returning id as "id: DemandeId", structure_id as "structure: StructureId""#,
        personne.0,
        geste.auteur.id().map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    let ailleurs = |structure: &StructureId| !verrouillees.contains(structure);
    if rattachements.iter().any(|r| ailleurs(&r.structure))
        || demandes.iter().any(|d| ailleurs(&d.structure))
    {
        return Err(Erreur::Conflit(
            "Les rattachements de ce compte viennent de changer. Rechargez la page. Rien n’a changé."
                .to_owned(),
        ));
    }
    let principal: Vec<&str> = rattachements
        .iter()
        .filter(|r| r.role == Role::Gp)
        .map(|r| r.raison_sociale.as_str())
        .collect();
    if !principal.is_empty() {
        return Err(Erreur::Conflit(format!(
            "Ce compte est gestionnaire principal de {}\u{202F}: le rôle se transfère d’abord, par son titulaire dans «\u{202F}Mon compte\u{202F}», ou par une sollicitation «\u{202F}Changement de gestionnaire principal\u{202F}» au support. Rien n’a changé.",
            principal.join(", ")
        )));
    }
    for rattachement in rattachements {
        effets::changer_statut(tx, rattachement.id, Some(Cause::Compte)).await?;
        let arrete = Arrete {
            structure: rattachement.structure,
            raison_sociale: rattachement.raison_sociale,
            role: rattachement.role,
        };
        annoncer_l_arret(tx, geste, (personne, nom), &arrete).await?;
    }
    let entrees = demandes.into_iter().map(|demande| Entree {
        structure: Some(demande.structure),
        action: Action::DemandeRetiree,
        concerne: Some(personne),
        demande: Some(demande.id),
        details: Details {
            acteur: geste.acteur.to_owned(),
            concerne: nom.to_owned(),
            commentaire: geste.commentaire.to_owned(),
            motif: geste.motif.to_owned(),
            ..Details::default()
        },
    });
    historique::noter_plusieurs(tx, geste.auteur, entrees.collect()).await?;
    Ok(())
}
