//! What every act on a sollicitation begins and ends with: the locked row, the line of the thread, the line of the
//! historique.

use uuid::Uuid;

use super::etat::Statut;
use crate::acces::Connecte;
use crate::db::{SollicitationId, Temps, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Details, Entree};
use crate::utilisateurs::Agent;
use crate::web::Erreur;

/// A sollicitation, locked.
pub(super) struct Tenue {
    pub id: SollicitationId,
    pub reference: String,
    pub objet: String,
    pub statut: Statut,
    pub emetteur: UtilisateurId,
    pub emetteur_nom: String,
    pub agent: Option<UtilisateurId>,
    pub agent_nom: Option<String>,
    pub agent_depuis: Option<Temps>,
    /// Within 30 days of its end.
    pub rouvrable: bool,
}

/// Locks a sollicitation sent to the support; 404 when there is none.
pub(super) async fn tenir(tx: &mut Tx, id: SollicitationId) -> Result<Tenue, Erreur> {
    // Locked first, read after: in one statement a row that waited for the lock would keep the names it was joined to before.
    sqlx::query!(
        "select id from sollicitations where id = $1 and destinataire = 'support' for update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    Ok(sqlx::query_as!(
        Tenue,
        r#"select s.id as "id: SollicitationId", s.reference, s.objet, s.statut as "statut: Statut",
                  s.emetteur_id as "emetteur: UtilisateurId", e.prenom || ' ' || e.nom as "emetteur_nom!",
                  s.prise_en_charge_par as "agent: UtilisateurId", a.prenom || ' ' || a.nom as "agent_nom?",
                  temps(s.prise_en_charge_le) as "agent_depuis: Temps",
                  coalesce(greatest(s.resolue_le, s.close_le) > maintenant() - interval '30 days', false) as "rouvrable!"
           from sollicitations s
           join utilisateurs e on e.id = s.emetteur_id
           left join utilisateurs a on a.id = s.prise_en_charge_par
           where s.id = $1"#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The same, for its author: anybody else's does not exist.
pub(super) async fn tenir_la_mienne(
    tx: &mut Tx,
    auteur: &Connecte,
    id: SollicitationId,
) -> Result<Tenue, Erreur> {
    let tenue = tenir(tx, id).await?;
    if tenue.emetteur == auteur.id() {
        Ok(tenue)
    } else {
        Err(Erreur::Introuvable)
    }
}

/// A line of the thread to write.
pub(super) struct Ligne<'a> {
    pub auteur: UtilisateurId,
    pub cote: &'static str,
    pub interne: bool,
    pub acte: Option<&'static str>,
    pub texte: &'a str,
}

/// Writes it, unless it is word for word the last one of this person: a double click says nothing twice.
pub(super) async fn ecrire(
    tx: &mut Tx,
    sollicitation: SollicitationId,
    ligne: &Ligne<'_>,
) -> Result<bool, Erreur> {
    let ecrite = sqlx::query!(
        "insert into sollicitation_messages (id, sollicitation_id, auteur_id, cote, interne, acte, texte)
         select $1, $2, $3, $4, $5, $6, $7
         where not exists (
           select from (select m.auteur_id, m.cote, m.interne, m.acte, m.texte from sollicitation_messages m
                        where m.sollicitation_id = $2 order by m.cree_le desc, m.id desc limit 1) d
           where d.auteur_id = $3 and d.cote = $4 and d.interne = $5 and d.acte is not distinct from $6 and d.texte = $7)",
        Uuid::now_v7(),
        sollicitation.0,
        ligne.auteur.0,
        ligne.cote,
        ligne.interne,
        ligne.acte,
        ligne.texte
    )
    .execute(&mut **tx)
    .await?;
    Ok(ecrite.rows_affected() == 1)
}

/// The act, in the chain of the instance: the sollicitation belongs to its author, not to a structure.
pub(super) async fn noter(
    tx: &mut Tx,
    auteur: impl Into<Auteur>,
    nom: &str,
    concerne: Option<(UtilisateurId, &str)>,
    action: Action,
    reference: &str,
) -> Result<Uuid, Erreur> {
    historique::noter(
        tx,
        auteur,
        Entree {
            structure: None,
            action,
            concerne: concerne.map(|(id, _)| id),
            demande: None,
            details: Details {
                acteur: nom.to_owned(),
                concerne: concerne.map(|(_, nom)| nom.to_owned()).unwrap_or_default(),
                commentaire: reference.to_owned(),
                ..Details::default()
            },
        },
    )
    .await
}

/// The author of a sollicitation, as a mail reaches him.
pub(super) async fn emetteur(tx: &mut Tx, id: UtilisateurId) -> Result<Agent, Erreur> {
    sqlx::query_as!(
        Agent,
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_contact as adresse
           from utilisateurs where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)
}
