//! Attaching somebody on the gestionnaire's own initiative (R-GEST-RATTACHER, seed 001 §7): one by the screens, up to five
//! hundred by a file. One is a lot of one: the statements do not depend on how many they are.

mod ecriture;
mod preparation;

use super::donneur::Donneur;
use super::effets;
use super::regle::Octroi;
use crate::acces::{Capacite, Gestion, RattacherUtilisateurs, Role};
use crate::db::{ServiceId, Tx, UtilisateurId};
use crate::historique::{Auteur, Changement};
use crate::web::Erreur;

/// Somebody to attach to the structure of whoever grants, and with what.
#[derive(Clone, Copy)]
pub(super) struct Voulu<'a> {
    pub personne: UtilisateurId,
    pub octroi: &'a Octroi,
    /// Of a GS; those of his role otherwise.
    pub capacites: Option<&'a [Capacite]>,
}

/// Attaches, or changes the rattachement there is; answers the open request it satisfies; historique and mail in the same
/// transaction. Answers the name of the person.
///
/// # Errors
/// `Invalide` at the fields; `Conflit` for a closed account or the gestionnaire principal; `Introuvable` for oneself.
pub async fn rattacher(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    personne: UtilisateurId,
    octroi: &Octroi,
) -> Result<String, Erreur> {
    effets::verrouiller(tx, &[gestion.structure().id]).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    let voulu = Voulu {
        personne,
        octroi,
        capacites: None,
    };
    appliquer_a(tx, &donneur, (&***gestion).into(), voulu).await
}

/// The shortcut of seed 004 §3: utilisateur simple from today, until the end of whoever grants; somebody who is attached already
/// is changed from his fiche. Answers the name.
///
/// # Errors
/// `Invalide` at `adresse` or at `services`; see [`rattacher`].
pub async fn rattacher_simplement(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    personne: UtilisateurId,
    maille_structure: bool,
    services: &[ServiceId],
) -> Result<String, Erreur> {
    let structure = gestion.structure().id;
    effets::verrouiller(tx, &[structure]).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    let deja = sqlx::query_scalar!(
        r#"select exists (select from rattachements
                          where structure_id = $1 and utilisateur_id = $2 and statut <> 'supprimee') as "deja!""#,
        structure.0,
        personne.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if deja {
        return Err(Erreur::champ(
            "adresse",
            "Cette personne a déjà un rattachement à cette structure\u{202F}: changez-le depuis «\u{202F}Utilisateurs rattachés à la structure\u{202F}».",
        ));
    }
    let octroi = Octroi {
        role: Role::Us,
        debut: Some(donneur.decideur.aujourd_hui),
        fin: donneur.decideur.fin,
        commentaire: donneur.commentaire(),
        maille_structure,
        services: services.to_vec(),
    };
    let voulu = Voulu {
        personne,
        octroi: &octroi,
        capacites: None,
    };
    appliquer_a(tx, &donneur, (&***gestion).into(), voulu).await
}

/// What [`appliquer`] would change, or why it would refuse, person by person; nothing is written.
///
/// # Errors
/// Those of the database.
pub(super) async fn prevoir(
    tx: &mut Tx,
    donneur: &Donneur,
    voulus: &[Voulu<'_>],
) -> Result<Vec<Result<Vec<Changement>, Erreur>>, Erreur> {
    let previsions = preparation::preparer(tx, donneur, voulus).await?;
    let previsions = previsions.into_iter();
    Ok(previsions.map(|p| p.map(|p| p.changements)).collect())
}

/// The same by whoever grants, under the lock of the structure, each person once. What refuses one refuses all: whoever attaches
/// many asks [`prevoir`] before. Answers the names.
///
/// # Errors
/// See [`rattacher`].
pub(super) async fn appliquer(
    tx: &mut Tx,
    donneur: &Donneur,
    auteur: Auteur,
    voulus: &[Voulu<'_>],
) -> Result<Vec<String>, Erreur> {
    let previsions = preparation::preparer(tx, donneur, voulus).await?;
    let previsions: Vec<_> = previsions.into_iter().collect::<Result<_, _>>()?;
    ecriture::ecrire(tx, donneur, auteur, &previsions).await?;
    let noms = previsions.into_iter().map(|p| p.lu.qui.nom_complet);
    Ok(noms.collect())
}

/// [`appliquer`] to one person.
///
/// # Errors
/// See [`rattacher`].
pub(super) async fn appliquer_a(
    tx: &mut Tx,
    donneur: &Donneur,
    auteur: Auteur,
    voulu: Voulu<'_>,
) -> Result<String, Erreur> {
    let noms = appliquer(tx, donneur, auteur, &[voulu]).await?;
    noms.into_iter()
        .next()
        .ok_or_else(|| anyhow::anyhow!("nobody attached").into())
}
