//! The file between its dry run and its application: kept on the server, for its owner alone, one day.

use sqlx::PgPool;
use uuid::Uuid;

use super::super::direct;
use super::super::donneur::Donneur;
use super::super::effets;
use super::super::promesses;
use super::coffre::{self, Lieu, Tiroir};
use super::plan::{self, Effet, Prevu};
use super::{OCTETS_MAX, Plan};
use crate::App;
use crate::acces::compteurs::{self, IMPORTS};
use crate::acces::{Gestion, RattacherUtilisateurs};
use crate::db::{Temps, Tx, en_transaction};
use crate::imports::decoder;
use crate::utilisateurs::{self, Criteres};
use crate::web::Erreur;

/// A deposited file, as its page shows it.
pub struct Depose {
    pub id: Uuid,
    pub nom: String,
    pub plan: Plan,
    pub applique_le: Option<Temps>,
}

/// What an application did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Application {
    Faite,
    /// The second of two clicks.
    DejaFaite,
    /// Something has changed since the plan was shown: nothing was done.
    Perimee,
}

/// Reads the file, plans it, keeps both. Nothing else is written; counted, and journalled with the searches: a file tells which
/// of its addresses have an account (decisions 13).
///
/// # Errors
/// `Invalide` at `fichier`; `TropDeRequetes`; those of [`Donneur::lire`].
pub async fn deposer(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    nom: &str,
    octets: &[u8],
) -> Result<Uuid, Erreur> {
    if octets.len() > OCTETS_MAX {
        let phrase = "Ce fichier est trop gros\u{202F}: découpez-le.";
        return Err(Erreur::champ("fichier", phrase));
    }
    let texte = decoder(octets).map_err(|phrase| Erreur::champ("fichier", phrase))?;
    let nombre = plan::lignes(&texte)?.len();
    compteurs::compter(&app.db, &format!("import:{}", gestion.id()), IMPORTS).await?;
    let id = en_transaction!(app, |tx| {
        let donneur = prendre(tx, gestion).await?;
        let prevu = plan::planifier(tx, &donneur, plan::lignes(&texte)?).await?;
        tiroir(gestion).poser(tx, (nom, &texte), &prevu.plan).await
    })?;
    let criteres = Criteres {
        identifiant: format!("import de {nombre} lignes"),
        ..Criteres::default()
    };
    utilisateurs::journaliser(app, gestion, &criteres, nombre).await?;
    Ok(id)
}

/// Locks the structure, then reads what the gestionnaire holds.
async fn prendre(tx: &mut Tx, gestion: &Gestion<RattacherUtilisateurs>) -> Result<Donneur, Erreur> {
    effets::verrouiller(tx, &[gestion.structure().id]).await?;
    Donneur::de(tx, gestion).await
}

/// One's own file, for this structure.
///
/// # Errors
/// `Introuvable`: somebody else's, another structure's, or older than a day.
pub async fn lire(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    id: Uuid,
) -> Result<Depose, Erreur> {
    tiroir(gestion).lire(app, id).await
}

/// The file of this person about this structure.
fn tiroir(gestion: &Gestion<RattacherUtilisateurs>) -> Tiroir {
    Tiroir {
        proprietaire: gestion.id(),
        lieu: Lieu::Rattachements(gestion.structure().id),
    }
}

/// « Appliquer »: the plan that was shown, or nothing.
///
/// # Errors
/// `Invalide` at `fichier`: an address was taken while the lines were applied; nothing was done ([`revoir`]).
pub async fn appliquer(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    id: Uuid,
) -> Result<Application, Erreur> {
    let donneur = prendre(tx, gestion).await?;
    let (montre, Some(texte)) = tiroir(gestion).reprendre(tx, id).await? else {
        return Ok(Application::DejaFaite);
    };
    let Prevu { mut plan, effets } = plan::planifier(tx, &donneur, plan::lignes(&texte)?).await?;
    if !plan.comparer(&montre) {
        coffre::garder(tx, id, &plan).await?;
        return Ok(Application::Perimee);
    }
    let auteur = (&***gestion).into();
    let voulus: Vec<_> = effets.iter().filter_map(Effet::voulu).collect();
    direct::appliquer(tx, &donneur, auteur, &voulus).await?;
    let invites = effets.iter().filter_map(Effet::invite);
    let invites: Vec<_> = invites.collect();
    promesses::promettre(tx, &donneur, auteur, &invites)
        .await
        .map_err(|e| match e {
            Erreur::Invalide(_) => {
                Erreur::champ("fichier", "Une des adresses vient d’avoir un compte.")
            }
            autre => autre,
        })?;
    coffre::appliquee(tx, id, &plan).await?;
    Ok(Application::Faite)
}

/// Plans again, and keeps what is to be shown now.
pub async fn revoir(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    id: Uuid,
) -> Result<Application, Erreur> {
    let donneur = prendre(tx, gestion).await?;
    let (montre, Some(texte)) = tiroir(gestion).reprendre(tx, id).await? else {
        return Ok(Application::DejaFaite);
    };
    let mut prevu = plan::planifier(tx, &donneur, plan::lignes(&texte)?).await?;
    prevu.plan.comparer(&montre);
    coffre::garder(tx, id, &prevu.plan).await?;
    Ok(Application::Perimee)
}

/// Erases the files of yesterday: names and addresses have no reader any more.
pub async fn purger(db: &PgPool) -> sqlx::Result<u64> {
    let purges = sqlx::query!(
        "delete from fichiers_deposes where depose_le <= maintenant() - interval '1 day'"
    )
    .execute(db)
    .await?;
    Ok(purges.rows_affected())
}
