//! What every act on a sollicitation begins and ends with: the locked row, the line of the thread, the line of the
//! historique.

use uuid::Uuid;

use super::etat::{Destinataire, Statut};
use super::traitant::Traitant;
use crate::acces::Connecte;
use crate::db::{PerimetreId, SollicitationId, StructureId, Temps, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Details, Entree};
use crate::pieces::{self, Lieu, Nouvelle};
use crate::utilisateurs::{self, Agent, Equipe};
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
    /// Its author may reopen it.
    pub rouvrable: bool,
    /// The public structure it is sent to; `None`: the support.
    pub structure: Option<StructureId>,
    /// The périmètre whose référents it is sent to.
    pub perimetre: Option<PerimetreId>,
    /// Name of the structure, or of the référents.
    pub raison_sociale: Option<String>,
}

/// As the mails name the support.
pub(super) const SUPPORT: &str = "Le support";

impl Tenue {
    pub(super) fn destinataire(&self) -> Destinataire {
        match self.perimetre {
            Some(perimetre) => Destinataire::Referent(perimetre),
            None => Destinataire::de(self.structure),
        }
    }

    /// « Le support », or the structure: who answers.
    pub(super) fn qui(&self) -> String {
        self.raison_sociale
            .clone()
            .unwrap_or_else(|| SUPPORT.to_owned())
    }

    /// # Errors
    /// `Conflit`, unless somebody still has something to do.
    pub(super) fn encore_ouverte(&self) -> Result<(), Erreur> {
        if self.statut.ouverte() {
            return Ok(());
        }
        Err(Erreur::Conflit(format!(
            "Cette sollicitation est {}\u{202F}: seul son auteur peut la rouvrir.",
            self.statut.libelle().to_lowercase()
        )))
    }
}

/// Locks a sollicitation; 404 when there is none.
pub(super) async fn tenir(tx: &mut Tx, id: SollicitationId) -> Result<Tenue, Erreur> {
    // Locked first, read after: in one statement a row that waited for the lock would keep the names it was joined to before.
    sqlx::query!(
        "select id from sollicitations where id = $1 for update",
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
                  temps(s.prise_en_charge_le) as "agent_depuis: Temps", sollicitation_rouvrable(s) as "rouvrable!",
                  s.destinataire_structure_id as "structure: StructureId", s.perimetre_id as "perimetre: PerimetreId",
                  coalesce(d.raison_sociale, 'Le référent (' || p.nom || ')') as raison_sociale
           from sollicitations s
           join utilisateurs e on e.id = s.emetteur_id
           left join utilisateurs a on a.id = s.prise_en_charge_par
           left join structures d on d.id = s.destinataire_structure_id
           left join perimetres p on p.id = s.perimetre_id
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

/// The same, for who answers it, as his rights are now: what is sent to others does not exist.
pub(super) async fn tenir_a_traiter(
    tx: &mut Tx,
    traitant: &Traitant<'_>,
    id: SollicitationId,
) -> Result<Tenue, Erreur> {
    let tenue = tenir(tx, id).await?;
    traitant.peut_traiter(tx, tenue.destinataire()).await?;
    Ok(tenue)
}

/// A line of the thread to write.
pub(super) struct Ligne<'a> {
    /// `None`: the portal.
    pub auteur: Option<UtilisateurId>,
    pub cote: &'static str,
    pub interne: bool,
    pub acte: Option<&'static str>,
    pub texte: &'a str,
}

/// Writes it, unless it is word for word the last one of this person: a double click says nothing twice. Answers its id.
pub(super) async fn ecrire(
    tx: &mut Tx,
    sollicitation: SollicitationId,
    ligne: &Ligne<'_>,
) -> Result<Option<Uuid>, Erreur> {
    Ok(sqlx::query_scalar!(
        "insert into sollicitation_messages (id, sollicitation_id, auteur_id, cote, interne, acte, texte)
         select $1, $2, $3, $4, $5, $6, $7
         where not exists (
           select from (select m.auteur_id, m.cote, m.interne, m.acte, m.texte from sollicitation_messages m
                        where m.sollicitation_id = $2 order by m.cree_le desc, m.id desc limit 1) d
           where d.auteur_id is not distinct from $3 and d.cote = $4 and d.interne = $5
             and d.acte is not distinct from $6 and d.texte = $7)
         returning id",
        Uuid::now_v7(),
        sollicitation.0,
        ligne.auteur.map(|a| a.0),
        ligne.cote,
        ligne.interne,
        ligne.acte,
        ligne.texte
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What somebody writes in a thread: words, and perhaps a file.
#[derive(Clone, Copy)]
pub struct Ecrit<'a> {
    pub texte: &'a str,
    pub piece: Option<&'a Nouvelle>,
}

/// The line and its file; `false`: it was there already.
pub(super) async fn ecrire_avec(
    tx: &mut Tx,
    sollicitation: SollicitationId,
    ligne: &Ligne<'_>,
    piece: Option<&Nouvelle>,
) -> Result<bool, Erreur> {
    let Some(message) = ecrire(tx, sollicitation, ligne).await? else {
        return Ok(false);
    };
    if let (Some(piece), Some(auteur)) = (piece, ligne.auteur) {
        let lieu = Lieu::Sollicitation(sollicitation, Some(message));
        pieces::deposer(tx, auteur, lieu, piece).await?;
    }
    Ok(true)
}

/// The act, in the chain of the instance: the sollicitation belongs to its author, not to a structure.
pub(super) async fn noter(
    tx: &mut Tx,
    auteur: impl Into<Auteur>,
    nom: &str,
    concerne: Option<(UtilisateurId, &str)>,
    action: Action,
    (reference, motif): (&str, &str),
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
                motif: motif.to_owned(),
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

/// Who answers at this recipient, as a mail reaches them.
pub(super) async fn traitants(tx: &mut Tx, ou: Destinataire) -> Result<Vec<Agent>, Erreur> {
    let structure = match ou {
        Destinataire::Support => return utilisateurs::agents(tx, Equipe::Support).await,
        Destinataire::Referent(perimetre) => return referents(tx, perimetre).await,
        Destinataire::Structure(structure) => structure,
    };
    Ok(sqlx::query_as!(
        Agent,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from lecteurs_des_recues l join utilisateurs u on u.id = l.utilisateur_id
           where l.structure_id = $1 and l.traite order by u.cle_tri, u.id limit 200"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The référents of a périmètre now, as a mail reaches them.
///
/// # Errors
/// Those of the database.
pub async fn referents(tx: &mut Tx, perimetre: PerimetreId) -> Result<Vec<Agent>, Erreur> {
    Ok(sqlx::query_as!(
        Agent,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from referents_effectifs r join utilisateurs u on u.id = r.utilisateur_id
           where r.perimetre_id = $1 order by u.cle_tri, u.id limit 200"#,
        perimetre.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Where who answers at this recipient opens it.
pub(super) fn racine(ou: Destinataire) -> &'static str {
    match ou {
        Destinataire::Support => "/support/sollicitations",
        Destinataire::Structure(_) => "/sollicitations-recues",
        Destinataire::Referent(_) => "/referent/sollicitations",
    }
}
