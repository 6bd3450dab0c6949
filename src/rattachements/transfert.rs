//! The role of gestionnaire principal changes hands, at once (R-COMPTE-TRANSFERT, decisions 3 and 14, failure-modes O1–O5).

use super::courriers::{RoleChange, RoleRecu, RoleTransmis};
use super::effets::{self, Attribution};
use super::substitution::Agent;
use super::{joignables, passations, reponses};
use crate::acces::{Connecte, GestionPrincipale, Role, Systeme};
use crate::db::{RattachementId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::web::{Erreur, Erreurs};

/// What a transfer did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transferee {
    pub raison_sociale: String,
    pub successeur: String,
    /// False when it had been done already, to the same person (a double click).
    pub nouvelle: bool,
}

/// The transfer as an act of its own.
///
/// # Errors
/// `Conflit`: the author is no longer the GP; it says who is. `Invalide` at `successeur`: who may not be one, and why.
pub async fn transferer(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    successeur: UtilisateurId,
) -> Result<Transferee, Erreur> {
    let structure = gestion.structure().id;
    effets::verrouiller(tx, &[structure]).await?;
    sous_verrou(tx, &Cedant::en_personne(gestion), structure, successeur).await
}

/// Who hands the role over: the gestionnaire principal himself, or the portal on the day he chose.
pub(super) struct Cedant {
    pub id: UtilisateurId,
    pub nom: String,
    auteur: Auteur,
    /// Who signs: himself, or the agent who does it in his place.
    signe: String,
    /// Empty when he does it himself.
    commentaire: String,
    /// The agent who does it in his place, and why.
    agent: Option<(UtilisateurId, String)>,
}

impl Cedant {
    pub fn en_personne(auteur: &Connecte) -> Self {
        Self {
            id: auteur.id(),
            nom: auteur.personne().nom_complet(),
            auteur: auteur.into(),
            signe: auteur.personne().nom_complet(),
            commentaire: String::new(),
            agent: None,
        }
    }

    /// The portal signs: nobody clicks at midnight.
    pub fn programme(
        systeme: &Systeme,
        id: UtilisateurId,
        nom: String,
        commentaire: String,
    ) -> Self {
        Self {
            id,
            signe: nom.clone(),
            nom,
            auteur: systeme.into(),
            commentaire,
            agent: None,
        }
    }

    /// He left: an agent does it, on a document that somebody signed.
    pub fn remplace(agent: &Agent, id: UtilisateurId, nom: String) -> Self {
        Self {
            id,
            nom,
            auteur: agent.auteur,
            signe: agent.nom.clone(),
            commentaire: agent.reference.clone(),
            agent: Some((agent.id, agent.motif.clone())),
        }
    }
}

/// Where a person stands on the structure, under its lock.
pub(super) struct Tenant {
    pub raison_sociale: String,
    pub active: bool,
    pub rattachement: RattachementId,
    pub est_gp: bool,
    gp: Option<UtilisateurId>,
    gp_nom: Option<String>,
}

impl Tenant {
    /// « Vous n’êtes plus gestionnaire principal de … : … l’est désormais. »
    pub fn plus_gp(&self) -> Erreur {
        Erreur::Conflit(format!(
            "Vous n’êtes plus gestionnaire principal de {}\u{202F}: {} l’est désormais. Rien n’a changé.",
            self.raison_sociale,
            self.gp_nom.as_deref().unwrap_or("personne ne")
        ))
    }
}

/// Is the author the gestionnaire principal of all of these? Asked before a confirmation; the act asks again.
///
/// # Errors
/// `Conflit`: of one of them he is no longer; it says who is. `Introuvable`: one he is not attached to.
pub async fn verifier_principal(
    tx: &mut Tx,
    auteur: &Connecte,
    structures: &[StructureId],
) -> Result<(), Erreur> {
    for structure in structures {
        let tenant = tenant(tx, auteur.id(), *structure).await?;
        if !tenant.est_gp {
            return Err(tenant.plus_gp());
        }
    }
    Ok(())
}

pub(super) async fn tenant(
    tx: &mut Tx,
    personne: UtilisateurId,
    structure: StructureId,
) -> Result<Tenant, Erreur> {
    sqlx::query_as!(
        Tenant,
        r#"select s.raison_sociale, s.statut = 'active' as "active!", r.id as "rattachement: RattachementId",
                  (s.gp_id is not distinct from r.id) as "est_gp!", g.utilisateur_id as "gp?: UtilisateurId",
                  u.prenom || ' ' || u.nom as "gp_nom?"
           from rattachements r
           join structures s on s.id = r.structure_id
           left join rattachements g on g.id = s.gp_id
           left join utilisateurs u on u.id = g.utilisateur_id
           where r.structure_id = $1 and r.utilisateur_id = $2 and r.statut <> 'supprimee'"#,
        structure.0,
        personne.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)
}

pub(super) struct Candidat {
    pub nom_complet: String,
    pub adresse_connexion: String,
    pub statut: String,
    equipe: bool,
}

/// Locks the account as well: it may be deactivated at the same time.
pub(super) async fn candidat(tx: &mut Tx, id: UtilisateurId) -> Result<Candidat, Erreur> {
    sqlx::query_as!(
        Candidat,
        r#"select prenom || ' ' || nom as "nom_complet!", adresse_connexion, statut, equipe is not null as "equipe!"
           from utilisateurs where id = $1 for share"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| Erreur::champ("successeur", "Ce compte n’existe pas."))
}

/// Why this person may not be the gestionnaire principal.
pub(super) fn eligible(
    cedant: UtilisateurId,
    id: UtilisateurId,
    candidat: &Candidat,
) -> Result<(), Erreurs> {
    let phrase = if id == cedant {
        "Vous êtes déjà gestionnaire principal\u{202F}: choisissez une autre personne.".to_owned()
    } else if candidat.equipe {
        "Ce compte est celui d’un agent du portail\u{202F}: il ne peut pas être gestionnaire principal."
            .to_owned()
    } else if candidat.statut == "en_cours_activation" {
        format!(
            "Le compte de {} n’est pas encore activé. Demandez-lui de l’activer, puis recommencez.",
            candidat.nom_complet
        )
    } else if candidat.statut != "actif" {
        "Ce compte n’est plus actif\u{202F}: choisissez une autre personne.".to_owned()
    } else {
        return Ok(());
    };
    Err(Erreurs::une("successeur", &phrase))
}

/// May this person become a gestionnaire principal? Asked before the confirmation; the transfer asks again.
///
/// # Errors
/// `Invalide` at `successeur`: why not.
pub async fn verifier_successeur(
    tx: &mut Tx,
    auteur: &Connecte,
    successeur: UtilisateurId,
) -> Result<(), Erreur> {
    let candidat = candidat(tx, successeur).await?;
    Ok(eligible(auteur.id(), successeur, &candidat)?)
}

/// The transfer itself; the structure must be locked. He who hands over becomes utilisateur simple there.
pub(super) async fn sous_verrou(
    tx: &mut Tx,
    cedant: &Cedant,
    structure: StructureId,
    successeur: UtilisateurId,
) -> Result<Transferee, Erreur> {
    let tenant = tenant(tx, cedant.id, structure).await?;
    let candidat = candidat(tx, successeur).await?;
    if !tenant.est_gp {
        if tenant.gp == Some(successeur) {
            return Ok(Transferee {
                raison_sociale: tenant.raison_sociale,
                successeur: candidat.nom_complet,
                nouvelle: false,
            });
        }
        return Err(tenant.plus_gp());
    }
    eligible(cedant.id, successeur, &candidat)?;
    let (avant, promu) = rattacher(tx, structure, successeur, tenant.active).await?;
    // The order that the unique index allows (decisions 3).
    effets::changer_role(tx, tenant.rattachement, Role::Us).await?;
    effets::changer_role(tx, promu, Role::Gp).await?;
    sqlx::query!(
        "update structures set gp_id = $2 where id = $1",
        structure.0,
        promu.0
    )
    .execute(&mut **tx)
    .await?;
    let demande = reponses::clore_la_demande(
        tx,
        structure,
        successeur,
        Some(cedant.agent.as_ref().map_or(cedant.id, |(id, _)| *id)),
        promu,
        "Transfert du rôle de gestionnaire principal",
    )
    .await?;
    let ancien = cedant.nom.clone();
    let ligne = historique::noter(
        tx,
        cedant.auteur,
        Entree {
            structure: Some(structure),
            action: Action::RoleTransfere,
            concerne: Some(successeur),
            demande,
            details: Details {
                acteur: cedant.signe.clone(),
                motif: cedant
                    .agent
                    .as_ref()
                    .map(|(_, motif)| motif.clone())
                    .unwrap_or_default(),
                concerne: candidat.nom_complet.clone(),
                commentaire: cedant.commentaire.clone(),
                changements: vec![
                    Changement::new("Gestionnaire principal", &*ancien, &*candidat.nom_complet),
                    Changement::new(
                        &format!("Rôle de {}", candidat.nom_complet),
                        avant,
                        Role::Gp.libelle(),
                    ),
                    Changement::new(
                        &format!("Rôle de {ancien}"),
                        Role::Gp.libelle(),
                        Role::Us.libelle(),
                    ),
                ],
            },
        },
    )
    .await?;
    prevenir(tx, cedant, structure, successeur, &tenant, &candidat, ligne).await?;
    passations::caduques(tx, structure).await?;
    Ok(Transferee {
        raison_sociale: tenant.raison_sociale,
        successeur: candidat.nom_complet,
        nouvelle: true,
    })
}

/// The successor's rattachement, validated, and the role he had: a GP is attached by the transfer itself.
async fn rattacher(
    tx: &mut Tx,
    structure: StructureId,
    successeur: UtilisateurId,
    active: bool,
) -> Result<(String, RattachementId), Erreur> {
    let existant = sqlx::query!(
        r#"select id as "id: RattachementId", role as "role: Role", statut from rattachements
           where structure_id = $1 and utilisateur_id = $2 and statut <> 'supprimee' for update"#,
        structure.0,
        successeur.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(ligne) = &existant
        && ligne.statut == "validee"
    {
        return Ok((ligne.role.libelle().to_owned(), ligne.id));
    }
    if !active {
        return Err(Erreur::champ(
            "successeur",
            "Cette structure est désactivée\u{202F}: elle ne peut être confiée qu’à une personne qui y est déjà rattachée.",
        ));
    }
    if let Some(ligne) = existant {
        effets::changer_statut(tx, ligne.id, None).await?;
        return Ok((format!("{} (désactivé)", ligne.role.libelle()), ligne.id));
    }
    let attribution = Attribution {
        role: Role::Us,
        capacites: Vec::new(),
        maille_structure: true,
        services: Vec::new(),
        debut: None,
        fin: None,
        commentaire: "Transfert du rôle de gestionnaire principal".to_owned(),
    };
    let rattache = effets::attacher(tx, structure, successeur, &attribution).await?;
    Ok(("Non rattaché".to_owned(), rattache.id))
}

/// Old, new, and the other gestionnaires (spec §9).
async fn prevenir(
    tx: &mut Tx,
    cedant: &Cedant,
    structure: StructureId,
    successeur: UtilisateurId,
    tenant: &Tenant,
    candidat: &Candidat,
    evenement: uuid::Uuid,
) -> Result<(), Erreur> {
    let marque = tx.marque.to_string();
    // Where an agent does it in his place, the certificate tells him, with what he may do about it.
    if cedant.agent.is_none() {
        let ancien = joignables::personne(tx, cedant.id).await?;
        joignables::prevenir(tx, evenement, &[ancien], |j| RoleTransmis {
            marque: marque.clone(),
            nom_complet: j.nom_complet.clone(),
            structure: tenant.raison_sociale.clone(),
            successeur: candidat.nom_complet.clone(),
            adresse: candidat.adresse_connexion.clone(),
        })
        .await?;
    }
    let nouveau = joignables::personne(tx, successeur).await?;
    joignables::prevenir(tx, evenement, &[nouveau], |j| RoleRecu {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: tenant.raison_sociale.clone(),
        par: cedant.signe.clone(),
    })
    .await?;
    let mut autres = joignables::gestionnaires(tx, structure).await?;
    autres.retain(|j| j.id != successeur && j.id != cedant.id);
    joignables::prevenir(tx, evenement, &autres, |j| RoleChange {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: tenant.raison_sociale.clone(),
        ancien: cedant.signe.clone(),
        successeur: candidat.nom_complet.clone(),
        adresse: candidat.adresse_connexion.clone(),
    })
    .await
}
