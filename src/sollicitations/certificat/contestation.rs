//! The gestionnaire principal who is replaced, or is about to be, says that he does not agree (R-SUP-CONTESTATION). It
//! changes no right by itself: it holds back what was not executed, it opens again what was, for a third agent.

use super::{JOURS_POUR_CONTESTER, objet};
use crate::acces::Connecte;
use crate::courrier;
use crate::db::{CertificatId, SollicitationId, StructureId, Temps, Tx, UtilisateurId};
use crate::historique::Action;
use crate::identifiants::Siret;
use crate::sollicitations::courriers::SollicitationRepondue;
use crate::sollicitations::depot::{self, Demandee, Deposee};
use crate::sollicitations::machine::{self, Ligne};
use crate::sollicitations::{Categorie, Destinataire};
use crate::web::Erreur;

/// A change that the reader may contest.
pub struct Contestable {
    pub structure: StructureId,
    pub raison_sociale: String,
    identifiant: String,
    pub successeur: String,
    sollicitation: SollicitationId,
    reference: String,
    /// It has taken effect.
    pub execute_le: Option<Temps>,
    /// What was sent already.
    pub contestation: Option<SollicitationId>,
}

/// For the gestionnaire principal it named, until it was refused, or 7 days after its execution.
///
/// # Errors
/// `Introuvable`: nobody else's; `Conflit`: too late, or nothing changes.
pub async fn contestable(
    tx: &mut Tx,
    connecte: &Connecte,
    id: CertificatId,
) -> Result<Contestable, Erreur> {
    let l = sqlx::query!(
        r#"select c.structure_id as "structure: StructureId", t.raison_sociale, t.identifiant,
                  u.prenom || ' ' || u.nom as "successeur!", s.reference,
                  s.id as "sollicitation: SollicitationId", c.statut = 'refuse' as "refuse!",
                  case when c.statut = 'execute' then temps(c.tranche_le) end as "execute_le: Temps",
                  coalesce(c.tranche_le <= maintenant() - make_interval(days => $3), false) as "tard!",
                  c.contestation_id as "contestation: SollicitationId"
           from certificats c
           join structures t on t.id = c.structure_id
           join sollicitations s on s.id = c.sollicitation_id
           join utilisateurs u on u.id = c.successeur_id
           where c.id = $1 and c.ancien_id = $2"#,
        id.0,
        connecte.id().0,
        JOURS_POUR_CONTESTER
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if l.refuse {
        return Err(Erreur::Conflit(
            "Ce changement a été refusé\u{202F}: vous restez gestionnaire principal.".to_owned(),
        ));
    }
    if l.tard && l.contestation.is_none() {
        return Err(Erreur::Conflit(format!(
            "Le délai de {JOURS_POUR_CONTESTER} jours est passé\u{202F}: écrivez au support."
        )));
    }
    Ok(Contestable {
        structure: l.structure,
        raison_sociale: l.raison_sociale,
        identifiant: l.identifiant,
        successeur: l.successeur,
        sollicitation: l.sollicitation,
        reference: l.reference,
        execute_le: l.execute_le,
        contestation: l.contestation,
    })
}

/// « Contester »: a sollicitation of its own to the support; nothing is executed while it is open, and what was executed is
/// open again. Twice is once.
///
/// # Errors
/// Those of [`contestable`].
pub async fn contester(
    tx: &mut Tx,
    connecte: &Connecte,
    id: CertificatId,
    texte: &str,
) -> Result<SollicitationId, Erreur> {
    let vu = contestable(tx, connecte, id).await?;
    crate::rattachements::verrouiller(tx, &[vu.structure]).await?;
    let vu = contestable(tx, connecte, id).await?;
    if let Some(deja) = vu.contestation {
        return Ok(deja);
    }
    let qui: UtilisateurId = connecte.id();
    let demandee = Demandee {
        destinataire: Destinataire::Support,
        categorie: Categorie::Contestation,
        sous_categorie: "",
        objet: objet(
            "Contestation du changement de gestionnaire principal de",
            &vu.raison_sociale,
        ),
        texte: texte.to_owned(),
        donnees: serde_json::json!({ "certificat": id, "reference": vu.reference, "ancien": qui }),
        siret: Siret::lire(&vu.identifiant).ok(),
        brouillon: None,
        piece: None,
    };
    let Deposee {
        id: contestation, ..
    } = depot::deposer(tx, connecte, &demandee).await?;
    sqlx::query!(
        "update certificats set contestation_id = $2 where id = $1 and contestation_id is null",
        id.0,
        contestation.0
    )
    .execute(&mut **tx)
    .await?;
    if vu.execute_le.is_some() {
        rouvrir(tx, connecte, vu.sollicitation).await?;
    }
    Ok(contestation)
}

/// The file of an executed certificate is open again, without its agent; its author reads why.
async fn rouvrir(tx: &mut Tx, connecte: &Connecte, id: SollicitationId) -> Result<(), Erreur> {
    let tenue = machine::tenir(tx, id).await?;
    sqlx::query!(
        "update sollicitations set statut = 'nouvelle', prise_en_charge_par = null, prise_en_charge_le = null,
           resolue_le = null, close_le = null, close_par_le_portail = false, modifiee_le = maintenant()
         where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    let texte = "Le gestionnaire principal remplacé conteste ce changement. Un autre agent du support reprend le dossier\u{202F}; aucun droit ne change d’ici là.";
    let ligne = Ligne {
        auteur: None,
        cote: "portail",
        interne: false,
        acte: Some("reouverture"),
        texte,
    };
    machine::ecrire(tx, id, &ligne).await?;
    let evenement = machine::noter(
        tx,
        connecte,
        &connecte.personne().nom_complet(),
        Some((tenue.emetteur, &tenue.emetteur_nom)),
        Action::SollicitationRouverte,
        (&tenue.reference, ""),
    )
    .await?;
    let auteur = machine::emetteur(tx, tenue.emetteur).await?;
    let courrier = SollicitationRepondue {
        marque: tx.marque.to_string(),
        qui: tenue.qui(),
        nom_complet: tenue.emetteur_nom,
        reference: tenue.reference,
        objet: tenue.objet,
        texte: texte.to_owned(),
        sollicitation: id,
    };
    Ok(courrier::deposer(tx, evenement, &auteur.destinataire(), &courrier).await?)
}

/// A contestation, and the file it opened again, are a third agent's (view `agents_ecartes`).
///
/// # Errors
/// `Conflit`: this agent sent the certificate, or approved it.
pub(in crate::sollicitations) async fn verifier_tiers(
    tx: &mut Tx,
    id: SollicitationId,
    agent: UtilisateurId,
) -> Result<(), Erreur> {
    let ecarte = sqlx::query_scalar!(
        r#"select exists (select from agents_ecartes where sollicitation_id = $1 and agent_id = $2) as "ecarte!""#,
        id.0,
        agent.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if ecarte {
        return Err(Erreur::Conflit(TIERS.to_owned()));
    }
    Ok(())
}

/// Said to whom sent or approved the certificate.
const TIERS: &str = "Le certificat contesté a été envoyé ou approuvé par cet agent\u{202F}: un troisième agent traite la contestation.";
