//! What may be done to whom: one rule, for the confirmation that names the refusals and for the act itself.

use uuid::Uuid;

use crate::acces::{Capacite, Role};
use crate::courrier::Joignable;
use crate::db::{ServiceId, UtilisateurId};
use crate::rattachements::Statut;
use crate::rattachements::regle::Decideur;
use crate::utilisateurs;
use crate::web::texte;

/// What the buttons under the ticked lines do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Acte {
    Desactiver,
    Reactiver,
    Supprimer,
}

impl Acte {
    pub const TOUS: [Self; 3] = [Self::Desactiver, Self::Reactiver, Self::Supprimer];

    pub fn code(self) -> &'static str {
        match self {
            Self::Desactiver => "desactiver",
            Self::Reactiver => "reactiver",
            Self::Supprimer => "supprimer",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|a| a.code() == code)
    }
}

/// A user under an act, within the reach of whoever acts.
#[derive(Clone, Debug)]
pub struct Cible {
    pub id: Uuid,
    pub qui: Joignable,
    pub(super) compte: utilisateurs::Statut,
    /// Attached with the activation of his account: no rattachement yet.
    pub promesse: bool,
    pub role: Role,
    pub(super) capacites: Vec<String>,
    pub statut: Statut,
    /// Stopped by a gestionnaire, by its date, with the account.
    pub(super) cause: Option<String>,
    pub(super) maille_structure: bool,
    /// The services he holds, validated or not, within reach.
    pub(super) services: Vec<ServiceId>,
    pub(super) libelles: Vec<String>,
    /// Those of them that are validated.
    pub(super) valides: Vec<ServiceId>,
    /// Nothing he holds is outside the reach.
    pub entiere: bool,
    pub(super) fin: Option<time::Date>,
}

impl Cible {
    /// « toute la structure », or the services within reach.
    pub fn perimetre(&self) -> String {
        if self.maille_structure || self.libelles.is_empty() {
            "toute la structure".to_owned()
        } else {
            self.libelles.join(", ")
        }
    }

    pub(super) fn arretes(&self) -> impl Iterator<Item = &ServiceId> {
        self.services.iter().filter(|s| !self.valides.contains(s))
    }

    /// The whole rattachement stops or comes back, or only the lines within reach.
    pub(super) fn en_entier(&self, acte: Acte) -> bool {
        self.entiere && (acte != Acte::Reactiver || self.statut == Statut::Desactive)
    }
}

impl Acte {
    /// Why this line is left as it is, in a sentence; nothing has been written yet.
    pub(super) fn refus(self, par: &Decideur, moi: UtilisateurId, cible: &Cible) -> Option<String> {
        let refuser = |phrase: &str| Some(phrase.to_owned());
        if cible.qui.id == moi {
            return refuser(
                "c’est votre propre rattachement\u{202F}: il se quitte depuis «\u{202F}Mes rattachements aux structures\u{202F}».",
            );
        }
        if cible.role == Role::Gp && matches!(cible.statut, Statut::Valide | Statut::AVenir) {
            return refuser(
                "c’est le gestionnaire principal\u{202F}: son rattachement ne change que par un transfert du rôle.",
            );
        }
        if cible.role == Role::Gs && !par.droits.a(Capacite::NommerGestionnairesSecondaires) {
            return refuser(
                "c’est un gestionnaire secondaire\u{202F}: il vous manque le droit de nommer des gestionnaires secondaires.",
            );
        }
        match self {
            Self::Desactiver => refus_de_desactiver(cible),
            Self::Reactiver => refus_de_reactiver(par, cible),
            Self::Supprimer => None,
        }
    }
}

fn refus_de_desactiver(cible: &Cible) -> Option<String> {
    let phrase = if cible.promesse {
        "son compte n’est pas encore activé\u{202F}: rien n’est ouvert. Vous pouvez supprimer le rattachement prévu."
    } else if cible.statut == Statut::Desactive {
        match cible.cause.as_deref() {
            // He must not come back with the account.
            Some("compte") if cible.entiere => return None,
            _ => "son rattachement est déjà désactivé.",
        }
    } else if !cible.entiere && cible.valides.is_empty() {
        "il est déjà désactivé sur vos services."
    } else {
        return None;
    };
    Some(phrase.to_owned())
}

fn refus_de_reactiver(par: &Decideur, cible: &Cible) -> Option<String> {
    if cible.promesse {
        return Some(
            "son compte n’est pas encore activé\u{202F}: renvoyez-lui le courriel d’activation."
                .to_owned(),
        );
    }
    if cible.statut == Statut::Echu || cible.cause.as_deref() == Some("echeance") {
        return Some(
            "son rattachement est arrivé à sa date de fin\u{202F}: prolongez-le depuis sa fiche."
                .to_owned(),
        );
    }
    if cible.statut != Statut::Desactive {
        return cible
            .arretes()
            .next()
            .is_none()
            .then(|| "son rattachement est déjà en vigueur.".to_owned());
    }
    if !cible.entiere {
        return Some(
            "il a aussi des services qui ne sont pas les vôtres\u{202F}: un gestionnaire de toute la structure doit le réactiver."
                .to_owned(),
        );
    }
    if !matches!(
        cible.compte,
        utilisateurs::Statut::Actif | utilisateurs::Statut::EnCoursActivation
    ) {
        return Some("son compte n’est pas actif\u{202F}: lui seul peut le réactiver.".to_owned());
    }
    let tient = |c: &String| par.droits.capacites.iter().any(|m| m.code() == c);
    if cible.role == Role::Gs && !cible.capacites.iter().all(tient) {
        return Some(
            "il aurait des droits que vous n’avez pas\u{202F}: le gestionnaire principal doit le réactiver."
                .to_owned(),
        );
    }
    // What he regains ends with what the gestionnaire holds, at the latest (spec §13).
    match par.fin {
        Some(ma_fin) if cible.fin.is_none_or(|fin| fin > ma_fin) => Some(format!(
            "votre propre rattachement se termine le {}, avant le sien.",
            texte::date(ma_fin)
        )),
        _ => None,
    }
}
