//! Whom an act is told to: always read in the transaction of the act, from the views of rights.

use crate::courrier::{self, Courrier, Destinataire};
use crate::db::{DemandeId, StructureId, Tx, UtilisateurId};
use crate::utilisateurs::Agent;
use crate::web::Erreur;
use uuid::Uuid;

/// Somebody a mail can go to.
#[derive(Clone, Debug)]
pub(super) struct Joignable {
    pub id: UtilisateurId,
    pub nom_complet: String,
    adresse: String,
}

impl From<Agent> for Joignable {
    fn from(agent: Agent) -> Self {
        Self {
            id: agent.id,
            nom_complet: agent.nom_complet,
            adresse: agent.adresse,
        }
    }
}

impl Joignable {
    fn destinataire(&self) -> Destinataire {
        Destinataire {
            utilisateur: Some(self.id.0),
            adresse: self.adresse.clone(),
        }
    }
}

/// One mail of one event to each of them.
pub(super) async fn prevenir<C: Courrier>(
    tx: &mut Tx,
    evenement: Uuid,
    joignables: &[Joignable],
    courrier: impl Fn(&Joignable) -> C,
) -> Result<(), Erreur> {
    if joignables.is_empty() {
        return Ok(());
    }
    let courriers: Vec<_> = joignables
        .iter()
        .map(|j| (j.destinataire(), courrier(j)))
        .collect();
    Ok(courrier::deposer_plusieurs(tx, evenement, &courriers).await?)
}

/// A mail of its own to each, all about one event.
pub(super) async fn envoyer<C: Courrier>(
    tx: &mut Tx,
    evenement: Uuid,
    courriers: Vec<(Joignable, C)>,
) -> Result<(), Erreur> {
    if courriers.is_empty() {
        return Ok(());
    }
    let courriers: Vec<_> = courriers
        .into_iter()
        .map(|(j, c)| (j.destinataire(), c))
        .collect();
    Ok(courrier::deposer_plusieurs(tx, evenement, &courriers).await?)
}

/// Exactly those who can decide this request now (view `decideurs`, decisions 12); nobody where there is no gestionnaire.
pub(super) async fn decideurs(tx: &mut Tx, demande: DemandeId) -> Result<Vec<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from decideurs d join utilisateurs u on u.id = d.decideur_id
           where d.demande_id = $1 order by u.cle_tri, u.id"#,
        demande.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Those who manage something of the structure, whatever it is.
pub(super) async fn gestionnaires(
    tx: &mut Tx,
    structure: StructureId,
) -> Result<Vec<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from rattachements_effectifs r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 and r.capacites <> '{}' order by u.cle_tri, u.id"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The gestionnaire principal, while his account is active.
pub(super) async fn principal(
    tx: &mut Tx,
    structure: StructureId,
) -> Result<Option<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from rattachements_effectifs r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 and r.role = 'gp'"#,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Everybody with a right in force on the structure.
pub(super) async fn membres(tx: &mut Tx, structure: StructureId) -> Result<Vec<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from rattachements_effectifs r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 order by u.cle_tri, u.id"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// One person, whatever the state of the account.
pub(super) async fn personne(tx: &mut Tx, id: UtilisateurId) -> Result<Joignable, Erreur> {
    sqlx::query_as!(
        Joignable,
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_contact as adresse
           from utilisateurs where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// One person, unless the account is closed for good: nothing is written to it any more.
pub(super) async fn ouvert(tx: &mut Tx, id: UtilisateurId) -> Result<Option<Joignable>, Erreur> {
    Ok(sqlx::query_as!(
        Joignable,
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_contact as adresse
           from utilisateurs where id = $1 and statut <> 'clos'"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}
