//! Leaving: « Supprimer le rattachement » (R-COMPTE-SUPPRIMER, seeds 000 §3, 001 §10, 003 F).
//!
//! Nobody is ever stuck and no structure is left without a GP: a GP names a successor and becomes utilisateur simple, or,
//! alone there, deactivates the structure and leaves, in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::courriers::{DepartUtilisateur, RattachementSupprime};
use super::effets::{self, Cause};
use super::transfert::Cedant;
use super::{echeance, fermeture, joignables, passations, transfert};
use crate::abonnements;
use crate::acces::{Connecte, Role, Systeme};
use crate::db::{RattachementId, ServiceId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Details, Entree};
use crate::web::{Erreur, Erreurs};

/// A line of the confirmation window: a whole rattachement, or one of its services. Written `id` or `id.service`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ligne {
    pub rattachement: RattachementId,
    pub service: Option<ServiceId>,
}

impl fmt::Display for Ligne {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.service {
            Some(service) => write!(f, "{}.{service}", self.rattachement),
            None => self.rattachement.fmt(f),
        }
    }
}

impl FromStr for Ligne {
    type Err = uuid::Error;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let (rattachement, service) = match s.split_once('.') {
            Some((r, service)) => (r, Some(service.parse()?)),
            None => (s, None),
        };
        Ok(Self {
            rattachement: rattachement.parse()?,
            service,
        })
    }
}

/// What becomes of a structure whose GP leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Succession {
    /// This person becomes GP, the author utilisateur simple.
    Successeur(UtilisateurId),
    /// « Désactiver la structure » and leave: for a GP who is its only validated user.
    Desactiver,
}

/// What was done with one structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fait {
    pub raison_sociale: String,
    pub issue: String,
}

/// One of the author's rattachements, under the lock of its structure.
pub(super) struct Mien {
    pub id: RattachementId,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub statut: String,
    pub role: Role,
    maille_structure: bool,
    services: Vec<ServiceId>,
    /// Those of them that are validated.
    valides: Vec<ServiceId>,
}

/// Leaves the lines, all or nothing, in one transaction; structures are locked in id order and everything is read again.
/// Lines left already are reported as such: a double click does nothing twice.
///
/// # Errors
/// `Introuvable`: a line that is not the author's. `Conflit`: he is GP now and nothing was said of his succession, or is no
/// longer. `Invalide` at `successeur-{structure}`: who cannot succeed.
pub async fn quitter(
    tx: &mut Tx,
    auteur: &Connecte,
    lignes: &[Ligne],
    successions: &BTreeMap<StructureId, Succession>,
) -> Result<Vec<Fait>, Erreur> {
    let mut voulues: BTreeMap<RattachementId, BTreeSet<Option<ServiceId>>> = BTreeMap::new();
    for ligne in lignes {
        voulues
            .entry(ligne.rattachement)
            .or_default()
            .insert(ligne.service);
    }
    let ids: Vec<Uuid> = voulues.keys().map(|r| r.0).collect();
    let structures = structures(tx, auteur, &ids).await?;
    effets::verrouiller(tx, &structures).await?;
    for structure in &structures {
        echeance::echoir(tx, &Systeme::processus(), *structure).await?;
    }
    let miens = charger(tx, auteur, &ids).await?;
    if miens.len() != ids.len() {
        return Err(Erreur::Introuvable);
    }
    let mut faits = Vec::with_capacity(miens.len());
    for mien in miens {
        let voulues = voulues.remove(&mien.id).unwrap_or_default();
        let succession = successions.get(&mien.structure).copied();
        let issue = match succession {
            _ if mien.statut == "supprimee" => "vous n’y étiez déjà plus rattaché(e).".to_owned(),
            Some(Succession::Successeur(successeur)) => {
                ceder(tx, auteur, &mien, successeur).await?
            }
            _ if mien.role == Role::Gp && mien.statut == "validee" => {
                if succession.is_none() {
                    return Err(Erreur::Conflit(format!(
                        "Vous êtes gestionnaire principal de {}\u{202F}: désignez un nouveau gestionnaire principal avant de la quitter. Rien n’a changé.",
                        mien.raison_sociale
                    )));
                }
                fermer_et_partir(tx, auteur, &mien).await?
            }
            Some(Succession::Desactiver) => {
                return Err(Erreur::Conflit(format!(
                    "Vous n’êtes plus gestionnaire principal de {}\u{202F}: vous ne pouvez plus la désactiver. Rien n’a changé.",
                    mien.raison_sociale
                )));
            }
            None => partir(tx, auteur, &mien, &voulues).await?,
        };
        faits.push(Fait {
            raison_sociale: mien.raison_sociale,
            issue,
        });
    }
    Ok(faits)
}

/// Structures of the author's own rows, in id order.
async fn structures(
    tx: &mut Tx,
    auteur: &Connecte,
    ids: &[Uuid],
) -> Result<Vec<StructureId>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select distinct structure_id as "structure: StructureId" from rattachements
           where id = any ($1) and utilisateur_id = $2 order by 1"#,
        ids,
        auteur.id().0
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) async fn charger(
    tx: &mut Tx,
    auteur: &Connecte,
    ids: &[Uuid],
) -> Result<Vec<Mien>, Erreur> {
    Ok(sqlx::query_as!(
        Mien,
        r#"select r.id as "id: RattachementId", r.structure_id as "structure: StructureId", s.raison_sociale, r.statut,
                  r.role as "role: Role", r.maille_structure,
                  array(select rs.service_id from rattachement_services rs
                        where rs.rattachement_id = r.id) as "services!: Vec<ServiceId>",
                  array(select rs.service_id from rattachement_services rs
                        where rs.rattachement_id = r.id and rs.statut = 'validee') as "valides!: Vec<ServiceId>"
           from rattachements r join structures s on s.id = r.structure_id
           where r.id = any ($1) and r.utilisateur_id = $2
           order by r.structure_id, r.id"#,
        ids,
        auteur.id().0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// A refusal of the successor, at the field of its structure.
fn au_champ(structure: StructureId, erreurs: &Erreurs) -> Erreur {
    let phrase = erreurs.phrases().join(" ");
    Erreur::champ(&format!("s-{structure}"), &phrase)
}

pub(super) async fn ceder(
    tx: &mut Tx,
    auteur: &Connecte,
    mien: &Mien,
    successeur: UtilisateurId,
) -> Result<String, Erreur> {
    let cedant = Cedant::en_personne(auteur);
    let fait = transfert::sous_verrou(tx, &cedant, mien.structure, successeur)
        .await
        .map_err(|e| match e {
            Erreur::Invalide(erreurs) => au_champ(mien.structure, &erreurs),
            autre => autre,
        })?;
    Ok(if fait.nouvelle {
        format!(
            "{} est gestionnaire principal, vous êtes utilisateur simple.",
            fait.successeur
        )
    } else {
        format!("{} était déjà gestionnaire principal.", fait.successeur)
    })
}

/// Deactivates the structure of a GP who is its only validated user, and stops his rattachement: nobody is left behind. An
/// inactive structure is just left. Answers whether it was active.
pub(super) async fn fermer(
    tx: &mut Tx,
    auteur: &Connecte,
    mien: &Mien,
    cause: Cause,
) -> Result<bool, Erreur> {
    let autres = sqlx::query_scalar!(
        r#"select count(*) as "autres!" from rattachements where structure_id = $1 and statut = 'validee' and id <> $2"#,
        mien.structure.0,
        mien.id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if autres > 0 {
        return Err(Erreur::Conflit(format!(
            "D’autres personnes sont rattachées à {}\u{202F}: désignez un nouveau gestionnaire principal au lieu de désactiver la structure. Rien n’a changé.",
            mien.raison_sociale
        )));
    }
    let desactivee = fermeture::desactiver(tx, auteur, mien.structure).await?;
    effets::changer_statut(tx, mien.id, Some(cause)).await?;
    sqlx::query!(
        "update structures set gp_id = null where id = $1",
        mien.structure.0
    )
    .execute(&mut **tx)
    .await?;
    passations::caduques(tx, mien.structure).await?;
    Ok(desactivee)
}

async fn fermer_et_partir(tx: &mut Tx, auteur: &Connecte, mien: &Mien) -> Result<String, Erreur> {
    let desactivee = fermer(tx, auteur, mien, Cause::Depart).await?;
    annoncer(
        tx,
        auteur,
        mien,
        Action::RattachementSupprime,
        "toute la structure",
    )
    .await?;
    Ok(if desactivee {
        "la structure est désactivée et votre rattachement est supprimé.".to_owned()
    } else {
        "votre rattachement est supprimé.".to_owned()
    })
}

/// The whole rattachement, or some of its services.
async fn partir(
    tx: &mut Tx,
    auteur: &Connecte,
    mien: &Mien,
    voulues: &BTreeSet<Option<ServiceId>>,
) -> Result<String, Erreur> {
    let quittes: Vec<ServiceId> = mien
        .services
        .iter()
        .copied()
        .filter(|s| voulues.contains(&Some(*s)))
        .collect();
    if mien.maille_structure && !voulues.contains(&None) {
        return Err(Erreur::Conflit(format!(
            "Votre rattachement à {} vaut désormais pour toute la structure. Rien n’a changé.",
            mien.raison_sociale
        )));
    }
    let tout = voulues.contains(&None) || mien.valides.iter().all(|s| quittes.contains(s));
    let noms = libelles(tx, if tout { &mien.services } else { &quittes }).await?;
    let perimetre = if mien.maille_structure || noms.is_empty() {
        "toute la structure".to_owned()
    } else {
        noms.join(", ")
    };
    if tout {
        effets::changer_statut(tx, mien.id, Some(Cause::Depart)).await?;
        annoncer(tx, auteur, mien, Action::RattachementSupprime, &perimetre).await?;
        return Ok("votre rattachement est supprimé.".to_owned());
    }
    if quittes.is_empty() {
        return Ok("vous n’étiez déjà plus rattaché(e) à ces services.".to_owned());
    }
    let ids: Vec<Uuid> = quittes.iter().map(|s| s.0).collect();
    sqlx::query!(
        "with date as (update rattachements set modifie_le = maintenant() where id = $1)
         delete from rattachement_services where rattachement_id = $1 and service_id = any ($2)",
        mien.id.0,
        &ids
    )
    .execute(&mut **tx)
    .await?;
    abonnements::recalculer(tx, mien.id).await?;
    annoncer(tx, auteur, mien, Action::ServicesQuittes, &perimetre).await?;
    Ok(format!("vous quittez {perimetre}."))
}

async fn libelles(tx: &mut Tx, services: &[ServiceId]) -> Result<Vec<String>, Erreur> {
    let ids: Vec<Uuid> = services.iter().map(|s| s.0).collect();
    Ok(sqlx::query_scalar!(
        "select libelle from services where id = any ($1) order by cle_tri, id",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The historique, the person, and the GP who is left with one user less.
async fn annoncer(
    tx: &mut Tx,
    auteur: &Connecte,
    mien: &Mien,
    action: Action,
    perimetre: &str,
) -> Result<(), Erreur> {
    let nom = auteur.personne().nom_complet();
    let ligne = historique::noter(
        tx,
        auteur,
        Entree {
            structure: Some(mien.structure),
            action,
            concerne: Some(auteur.id()),
            demande: None,
            details: Details {
                acteur: nom.clone(),
                concerne: nom.clone(),
                changements: vec![historique::Changement::new("Périmètre", perimetre, "")],
                ..Details::default()
            },
        },
    )
    .await?;
    let marque = tx.marque.to_string();
    let soi = joignables::personne(tx, auteur.id()).await?;
    joignables::prevenir(tx, ligne, &[soi], |j| RattachementSupprime {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: mien.raison_sociale.clone(),
        perimetre: perimetre.to_owned(),
        par: "vous-même".to_owned(),
    })
    .await?;
    let gp = joignables::principal(tx, mien.structure).await?;
    let gp: Vec<_> = gp.into_iter().filter(|j| j.id != auteur.id()).collect();
    joignables::prevenir(tx, ligne, &gp, |j| DepartUtilisateur {
        marque: marque.clone(),
        structure_id: mien.structure,
        nom_complet: j.nom_complet.clone(),
        partant: nom.clone(),
        structure: mien.raison_sociale.clone(),
        perimetre: perimetre.to_owned(),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_ligne_se_relit() {
        let entiere = Ligne {
            rattachement: RattachementId::nouveau(),
            service: None,
        };
        let service = Ligne {
            service: Some(ServiceId::nouveau()),
            ..entiere
        };
        for ligne in [entiere, service] {
            assert_eq!(ligne.to_string().parse::<Ligne>(), Ok(ligne));
        }
        assert!("x".parse::<Ligne>().is_err());
        assert!(
            format!("{}.", entiere.rattachement)
                .parse::<Ligne>()
                .is_err()
        );
    }
}
