//! « Prolonger », in one step (R-GEST-ECHEANCES): the same role, rights and services, a later end.

use crate::acces::{Gestion, RattacherUtilisateurs, Role, Systeme};
use crate::db::{RattachementId, Tx};
use crate::rattachements::direct::{self, Voulu};
use crate::rattachements::donneur::Donneur;
use crate::rattachements::regle::Octroi;
use crate::rattachements::{echeance, effets};
use crate::web::Erreur;

use super::copie::modele;

const CHAMP: &str = "date_fin";

/// Moves the last day later, or removes it; what has just ended by its date comes back. Answers the name of the person.
///
/// # Errors
/// `Invalide` at `date_fin`, whatever the reason; `Introuvable`: outside the reach, or one's own.
pub async fn prolonger(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    rattachement: RattachementId,
    fin: Option<time::Date>,
) -> Result<String, Erreur> {
    let structure = gestion.structure().id;
    effets::verrouiller(tx, &[structure]).await?;
    echeance::echoir(tx, &Systeme::processus(), structure).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    let tenu = modele(tx, gestion, structure, rattachement).await?;
    let refus = if tenu.role == Role::Gp {
        Some("Le gestionnaire principal n’a pas de date de fin.")
    } else if tenu.personne == donneur.id {
        Some("Personne ne prolonge son propre rattachement.")
    } else if !tenu.entiere {
        Some(
            "Cette personne a aussi des services qui ne sont pas les vôtres\u{202F}: un gestionnaire de toute la structure doit prolonger.",
        )
    } else if !tenu.en_vigueur && tenu.cause.as_deref() != Some("echeance") {
        Some("Ce rattachement est désactivé\u{202F}: réactivez-le d’abord.")
    } else if tenu.fin.is_none() {
        Some("Ce rattachement n’a pas de date de fin.")
    } else if fin
        .zip(tenu.fin)
        .is_some_and(|(nouvelle, actuelle)| nouvelle <= actuelle)
    {
        Some("Choisissez un dernier jour après l’actuel.")
    } else {
        None
    };
    if let Some(phrase) = refus {
        return Err(Erreur::champ(CHAMP, phrase));
    }
    let octroi = Octroi {
        role: tenu.role,
        debut: Some(tenu.debut),
        fin,
        commentaire: format!("Prolongation par {}", donneur.nom),
        maille_structure: tenu.maille_structure,
        services: tenu.services.clone(),
    };
    let capacites = (tenu.role == Role::Gs).then_some(tenu.capacites.as_slice());
    if capacites.is_some_and(|c| c.iter().any(|c| !donneur.decideur.droits.a(*c))) {
        return Err(Erreur::champ(
            CHAMP,
            "Cette personne a des droits que vous n’avez pas\u{202F}: le gestionnaire principal doit prolonger.",
        ));
    }
    let auteur = (&***gestion).into();
    let voulu = Voulu {
        personne: tenu.personne,
        octroi: &octroi,
        capacites,
    };
    direct::appliquer_a(tx, &donneur, auteur, voulu)
        .await
        .map_err(|e| match e {
            Erreur::Invalide(erreurs) => Erreur::champ(CHAMP, &erreurs.phrases().join(" ")),
            autre => autre,
        })
}
