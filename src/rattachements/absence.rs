//! An account is deactivated, or comes back within 60 days: what becomes of its rattachements and requests
//! (R-COMPTE-DESACTIVER, decisions 4, failure-modes O2 and L3).
//!
//! Order of the locks in every act here: structures in id order, then the account, then the rows. The transfer takes the
//! account after its structure too, so that nobody inactive is ever named gestionnaire principal.

use std::collections::{BTreeMap, BTreeSet};

use super::courriers_absence::{CompteAbsent, CompteDeRetour};
use super::depart::{self, Mien};
use super::effets::{self, Cause};
use super::{Fait, Succession, echeance, joignables, relance};
use crate::abonnements;
use crate::acces::{Connecte, Role, Systeme};
use crate::db::{DemandeId, RattachementId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::web::Erreur;

/// Locks every structure where the person has a rattachement or an open request, and ends what is past its date there. The
/// account is to be locked next, then [`suspendre`] reads again.
///
/// # Errors
/// Those of the database.
pub async fn prendre_les_structures(
    tx: &mut Tx,
    personne: UtilisateurId,
) -> Result<BTreeSet<StructureId>, Erreur> {
    let structures = sqlx::query_scalar!(
        r#"select structure_id as "structure!: StructureId" from rattachements
           where utilisateur_id = $1 and statut <> 'supprimee'
           union
           select structure_id from demandes_rattachement
           where utilisateur_id = $1 and statut = 'en_cours_de_validation' order by 1"#,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?;
    effets::verrouiller(tx, &structures).await?;
    for structure in &structures {
        echeance::echoir(tx, &Systeme::processus(), *structure).await?;
    }
    Ok(structures.into_iter().collect())
}

/// Who stops the account or brings it back, in the words of the historique.
#[derive(Clone, Copy)]
pub struct Geste<'a> {
    pub auteur: Auteur,
    pub acteur: &'a str,
    pub commentaire: &'a str,
    /// Of the staff; empty where the person does it.
    pub motif: &'a str,
}

async fn miens(tx: &mut Tx, auteur: &Connecte) -> Result<Vec<Mien>, Erreur> {
    let ids = sqlx::query_scalar!(
        "select id from rattachements where utilisateur_id = $1 and statut <> 'supprimee'",
        auteur.id().0
    )
    .fetch_all(&mut **tx)
    .await?;
    depart::charger(tx, auteur, &ids).await
}

async fn demandes(tx: &mut Tx, auteur: &Connecte) -> Result<Vec<(DemandeId, StructureId)>, Erreur> {
    Ok(sqlx::query!(
        r#"select id as "id: DemandeId", structure_id as "structure: StructureId" from demandes_rattachement
           where utilisateur_id = $1 and statut = 'en_cours_de_validation' order by id"#,
        auteur.id().0
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(|d| (d.id, d.structure))
    .collect())
}

/// Hands over or closes what the author is gestionnaire principal of, stops his rattachements (cause `compte`) and withdraws
/// his open requests. Structures and account must be locked.
///
/// # Errors
/// `Conflit`: he is GP of a structure of which nothing was said, or something was given to him meanwhile. `Invalide` at
/// `s-{structure}`: who cannot succeed.
pub async fn suspendre(
    tx: &mut Tx,
    auteur: &Connecte,
    verrouillees: &BTreeSet<StructureId>,
    successions: &BTreeMap<StructureId, Succession>,
) -> Result<Vec<Fait>, Erreur> {
    let miens = miens(tx, auteur).await?;
    let demandes = demandes(tx, auteur).await?;
    let ailleurs = |structure: &StructureId| !verrouillees.contains(structure);
    if miens.iter().any(|m| ailleurs(&m.structure)) || demandes.iter().any(|(_, s)| ailleurs(s)) {
        return Err(Erreur::Conflit(
            "Vos rattachements viennent de changer. Rechargez la page pour voir la situation actuelle. Rien n’a changé."
                .to_owned(),
        ));
    }
    for (demande, _) in demandes {
        relance::retirer(tx, auteur, demande).await?;
    }
    let mut faits = Vec::new();
    for mien in miens.into_iter().filter(|m| m.statut == "validee") {
        let issue = stopper(tx, auteur, &mien, successions.get(&mien.structure)).await?;
        faits.push(Fait {
            raison_sociale: mien.raison_sociale,
            issue,
        });
    }
    Ok(faits)
}

async fn stopper(
    tx: &mut Tx,
    auteur: &Connecte,
    mien: &Mien,
    succession: Option<&Succession>,
) -> Result<String, Erreur> {
    let issue = match (mien.role, succession) {
        (Role::Gp, None) => {
            return Err(Erreur::Conflit(format!(
                "Vous êtes gestionnaire principal de {}\u{202F}: désignez un nouveau gestionnaire principal avant de désactiver votre compte. Rien n’a changé.",
                mien.raison_sociale
            )));
        }
        (Role::Gp, Some(Succession::Successeur(successeur))) => {
            let issue = depart::ceder(tx, auteur, mien, *successeur).await?;
            effets::changer_statut(tx, mien.id, Some(Cause::Compte)).await?;
            issue
        }
        (Role::Gp, Some(Succession::Desactiver)) => {
            depart::fermer(tx, auteur, mien, Cause::Compte).await?;
            "la structure est désactivée.".to_owned()
        }
        _ => {
            effets::changer_statut(tx, mien.id, Some(Cause::Compte)).await?;
            "votre rattachement est désactivé.".to_owned()
        }
    };
    let nom = auteur.personne().nom_complet();
    let geste = Geste {
        auteur: auteur.into(),
        acteur: &nom,
        commentaire: "Compte désactivé par son titulaire",
        motif: "",
    };
    let arrete = Arrete {
        structure: mien.structure,
        raison_sociale: mien.raison_sociale.clone(),
        role: mien.role,
    };
    annoncer_l_arret(tx, &geste, (auteur.id(), &nom), &arrete).await?;
    Ok(issue)
}

/// A rattachement that stopped with the account.
pub(super) struct Arrete {
    pub structure: StructureId,
    pub raison_sociale: String,
    pub role: Role,
}

/// The line of the structure, and the mail to its gestionnaire principal.
pub(super) async fn annoncer_l_arret(
    tx: &mut Tx,
    geste: &Geste<'_>,
    (personne, nom): (UtilisateurId, &str),
    mien: &Arrete,
) -> Result<(), Erreur> {
    let ligne = historique::noter(
        tx,
        geste.auteur,
        Entree {
            structure: Some(mien.structure),
            action: Action::RattachementDesactive,
            concerne: Some(personne),
            demande: None,
            details: Details {
                acteur: geste.acteur.to_owned(),
                concerne: nom.to_owned(),
                commentaire: geste.commentaire.to_owned(),
                motif: geste.motif.to_owned(),
                changements: vec![Changement::new(
                    "Statut du rattachement",
                    "Validé",
                    "Désactivé",
                )],
            },
        },
    )
    .await?;
    let marque = tx.marque.to_string();
    let gp = joignables::principal(tx, mien.structure).await?;
    let gp: Vec<_> = gp.into_iter().filter(|j| j.id != personne).collect();
    joignables::prevenir(tx, ligne, &gp, |j| CompteAbsent {
        marque: marque.clone(),
        structure_id: mien.structure,
        nom_complet: j.nom_complet.clone(),
        partant: nom.to_owned(),
        structure: mien.raison_sociale.clone(),
        role: mien.role.libelle(),
    })
    .await
}

/// Locks the structures of the rattachements that stopped with the account. The account is to be locked next.
///
/// # Errors
/// Those of the database.
pub async fn prendre_pour_le_retour(tx: &mut Tx, personne: UtilisateurId) -> Result<(), Erreur> {
    let structures = sqlx::query_scalar!(
        r#"select distinct structure_id as "structure: StructureId" from rattachements
           where utilisateur_id = $1 and statut = 'desactivee' and cause = 'compte' order by 1"#,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?;
    effets::verrouiller(tx, &structures).await?;
    Ok(())
}

/// What a return gave back, and what it could not.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Retrouvailles {
    /// Raison sociale and role of what is in force again.
    pub retrouves: Vec<(String, &'static str)>,
    /// Raison sociale, and what to do.
    pub perdus: Vec<(String, &'static str)>,
}

struct Suspendu {
    id: RattachementId,
    structure: StructureId,
    raison_sociale: String,
    role: Role,
    active: bool,
    a_gp: bool,
    echu: bool,
}

impl Suspendu {
    /// Why it stays as it is, as the person reads it.
    fn empechement(&self) -> Option<&'static str> {
        if !self.active {
            Some("la structure est désactivée. Demandez sa réactivation au support.")
        } else if !self.a_gp {
            Some(
                "la structure n’a plus de gestionnaire principal. Déposez une nouvelle demande de rattachement.",
            )
        } else if self.echu {
            Some(
                "votre rattachement a pris fin pendant votre absence. Déposez une nouvelle demande de rattachement.",
            )
        } else {
            None
        }
    }
}

/// Restores the rattachements with cause `compte`, as utilisateur simple where the person was GP, where the structure is active and
/// has a GP (decisions 4). The person, who proved himself by a password or by a link, or a référent signs. Structures and account
/// are locked.
///
/// # Errors
/// Those of the database.
pub async fn retrouver(
    tx: &mut Tx,
    personne: UtilisateurId,
    nom_complet: &str,
    geste: &Geste<'_>,
) -> Result<Retrouvailles, Erreur> {
    let suspendus = sqlx::query_as!(
        Suspendu,
        r#"select r.id as "id: RattachementId", r.structure_id as "structure: StructureId", s.raison_sociale, r.role as "role: Role",
                  s.statut = 'active' as "active!", s.a_gp as "a_gp!",
                  coalesce(r.date_fin <= maintenant(), false) as "echu!"
           from rattachements r join structures s on s.id = r.structure_id
           where r.utilisateur_id = $1 and r.statut = 'desactivee' and r.cause = 'compte'
           order by r.structure_id"#,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut issue = Retrouvailles::default();
    for suspendu in suspendus {
        if let Some(quoi_faire) = suspendu.empechement() {
            issue.perdus.push((suspendu.raison_sociale, quoi_faire));
            continue;
        }
        let role = rendre(tx, geste, (personne, nom_complet), &suspendu).await?;
        issue
            .retrouves
            .push((suspendu.raison_sociale, role.libelle()));
    }
    Ok(issue)
}

async fn rendre(
    tx: &mut Tx,
    geste: &Geste<'_>,
    (personne, nom_complet): (UtilisateurId, &str),
    suspendu: &Suspendu,
) -> Result<Role, Erreur> {
    let role = if suspendu.role == Role::Gp {
        effets::changer_role(tx, suspendu.id, Role::Us).await?;
        Role::Us
    } else {
        suspendu.role
    };
    effets::changer_statut(tx, suspendu.id, None).await?;
    abonnements::recalculer(tx, suspendu.id).await?;
    let ligne = historique::noter(
        tx,
        geste.auteur,
        Entree {
            structure: Some(suspendu.structure),
            action: Action::RattachementReactive,
            concerne: Some(personne),
            demande: None,
            details: Details {
                acteur: geste.acteur.to_owned(),
                concerne: nom_complet.to_owned(),
                commentaire: geste.commentaire.to_owned(),
                motif: geste.motif.to_owned(),
                changements: vec![Changement::new(
                    "Statut du rattachement",
                    "Désactivé",
                    "Validé",
                )],
            },
        },
    )
    .await?;
    let marque = tx.marque.to_string();
    let gp = joignables::principal(tx, suspendu.structure).await?;
    let gp: Vec<_> = gp.into_iter().collect();
    joignables::prevenir(tx, ligne, &gp, |j| CompteDeRetour {
        marque: marque.clone(),
        structure_id: suspendu.structure,
        nom_complet: j.nom_complet.clone(),
        revenant: nom_complet.to_owned(),
        structure: suspendu.raison_sociale.clone(),
        role: role.libelle(),
    })
    .await?;
    Ok(role)
}
