//! The first person of a private structure that nobody knew creates its fiche and is its gestionnaire principal
//! (R-STR-CREER). On a structure that exists nobody becomes GP this way (failure-modes O7).

use super::courriers_structures::StructureCreee;
use super::effets::{self, Attribution};
use super::joignables;
use crate::acces::{Connecte, Role};
use crate::db::{StructureId, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::{self, NouvelleStructure, Situee};
use crate::web::Erreur;

/// What became of the wish to create a structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fondation {
    Fondee {
        structure: StructureId,
        raison_sociale: String,
    },
    /// Somebody has it, were it since a moment: what remains is to ask.
    Existe(StructureId),
}

/// Creates the structure, with its author as gestionnaire principal. Nobody else can see its row before the commit,
/// which is why it needs no lock.
///
/// # Errors
/// `Invalide` at `identifiant` for a structure of public law; `Conflit` for one that the SIRENE repertory says closed, or when
/// the author's account has just been deactivated.
pub async fn fonder(
    tx: &mut Tx,
    auteur: &Connecte,
    nouvelle: &NouvelleStructure,
) -> Result<Fondation, Erreur> {
    match structures::situer(&mut **tx, &nouvelle.identifiant).await? {
        Situee::PubliqueInconnue => {
            return Err(Erreur::champ("identifiant", structures::PUBLIQUE));
        }
        // A form typed before the repertory said so.
        Situee::Radiee => return Err(Erreur::Conflit(structures::RADIEE.to_owned())),
        Situee::Connue(_) | Situee::Fermee(_) | Situee::ParPigp(_) | Situee::Libre => {}
    }
    let Some(structure) = structures::inserer(tx, nouvelle).await? else {
        return match structures::situer(&mut **tx, &nouvelle.identifiant).await? {
            Situee::Connue(s) | Situee::Fermee(s) | Situee::ParPigp(s) => {
                Ok(Fondation::Existe(s.id))
            }
            Situee::PubliqueInconnue | Situee::Radiee | Situee::Libre => Err(Erreur::Introuvable),
        };
    };
    // His account may be closing in another window: that one waits for this lock, or this one finds it closed.
    sqlx::query_scalar!(
        "select id from utilisateurs where id = $1 and statut = 'actif' for share",
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| {
        Erreur::Conflit("Votre compte n’est plus actif. La structure n’est pas créée.".to_owned())
    })?;
    let attribution = Attribution {
        role: Role::Gp,
        capacites: Vec::new(),
        maille_structure: true,
        services: Vec::new(),
        debut: None,
        fin: None,
        commentaire: String::new(),
    };
    let rattache = effets::attacher(tx, structure, auteur.id(), &attribution).await?;
    sqlx::query!(
        "update structures set gp_id = $2 where id = $1",
        structure.0,
        rattache.id.0
    )
    .execute(&mut **tx)
    .await?;
    let nom = auteur.personne().nom_complet();
    let type_identifiant = nouvelle.identifiant.type_identifiant().libelle();
    let ligne = historique::noter(
        tx,
        auteur,
        Entree {
            structure: Some(structure),
            action: Action::StructureCreee,
            concerne: Some(auteur.id()),
            demande: None,
            details: Details {
                acteur: nom.clone(),
                concerne: nom,
                changements: vec![
                    Changement::new("Type d’identifiant", "", type_identifiant),
                    Changement::new("Identifiant", "", nouvelle.identifiant.valeur()),
                    Changement::new("Raison sociale", "", &*nouvelle.raison_sociale),
                    Changement::new("Adresse", "", nouvelle.adresse_complete()),
                    Changement::new("Rôle", "", Role::Gp.libelle()),
                ],
                ..Details::default()
            },
        },
    )
    .await?;
    let soi = joignables::personne(tx, auteur.id()).await?;
    let marque = tx.marque.to_string();
    joignables::prevenir(tx, ligne, &[soi], |j| StructureCreee {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: nouvelle.raison_sociale.clone(),
        identifiant: format!("{type_identifiant} {}", nouvelle.identifiant),
        fiche: structure,
    })
    .await?;
    Ok(Fondation::Fondee {
        structure,
        raison_sociale: nouvelle.raison_sociale.clone(),
    })
}
