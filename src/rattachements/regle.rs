//! What a gestionnaire may grant: one rule, shared by the decision of a request, alone or in bulk, and by the direct
//! rattachement (spec §13: nobody grants a role, a capability, a service or an end date wider than his own).

use std::collections::BTreeSet;

use super::effets::{Attribution, Gardes};
use crate::acces::{Capacite, Droits, Role};
use crate::db::ServiceId;
use crate::web::Erreurs;
use crate::web::texte::date as jour;

/// What the gestionnaire grants, as read from the request screen (seed 001 §2).
#[derive(Clone, Debug)]
pub struct Octroi {
    pub role: Role,
    pub debut: Option<time::Date>,
    pub fin: Option<time::Date>,
    pub commentaire: String,
    pub maille_structure: bool,
    pub services: Vec<ServiceId>,
}

/// What the person holds there already, in force or about to be: a validated rattachement that has not ended.
#[derive(Clone, Default, Debug)]
pub(super) struct Tenu {
    pub role: Option<Role>,
    pub capacites: Vec<String>,
    pub maille_structure: bool,
    pub services: Vec<ServiceId>,
    pub debut: Option<time::Date>,
    pub fin: Option<time::Date>,
    /// It has not begun.
    pub a_venir: bool,
}

/// What the decider holds there, read in the transaction of the act.
#[derive(Clone, Debug)]
pub(super) struct Decideur {
    pub droits: Droits,
    /// Of a rattachement limited to services.
    pub services: Vec<ServiceId>,
    /// Last day of his own rattachement.
    pub fin: Option<time::Date>,
    pub aujourd_hui: time::Date,
}

impl Decideur {
    pub fn couvre(&self, service: &ServiceId) -> bool {
        self.droits.maille_structure || self.services.contains(service)
    }

    /// Services of the person that this gestionnaire neither sees nor changes (decisions 12).
    pub fn hors_portee(&self, tenu: &Tenu) -> Vec<ServiceId> {
        tenu.services
            .iter()
            .copied()
            .filter(|s| !self.couvre(s))
            .collect()
    }

    /// The lines that the list of services of the screen does not show (active services within reach only).
    pub fn gardes(&self, tenu: &Tenu, octroi: &Octroi, actifs: &BTreeSet<ServiceId>) -> Gardes {
        if octroi.maille_structure {
            return Gardes::default();
        }
        let cachee = |s: &&ServiceId| !self.couvre(s) || !actifs.contains(s);
        Gardes {
            services: tenu.services.iter().filter(cachee).copied().collect(),
            dates: !self.hors_portee(tenu).is_empty(),
            debut_libre: false,
        }
    }

    /// Every sentence a screen may show at a field; nothing has been written yet.
    pub fn controler(
        &self,
        tenu: &Tenu,
        octroi: &Octroi,
        actifs: &BTreeSet<ServiceId>,
    ) -> Result<(), Erreurs> {
        let mut erreurs = Erreurs::default();
        self.controler_role(&mut erreurs, tenu, octroi);
        self.controler_services(&mut erreurs, tenu, octroi, actifs);
        self.controler_dates(&mut erreurs, octroi);
        erreurs.verdict()
    }

    fn controler_role(&self, erreurs: &mut Erreurs, tenu: &Tenu, octroi: &Octroi) {
        let nomme = self.droits.a(Capacite::NommerGestionnairesSecondaires);
        if octroi.role == Role::Gp {
            erreurs.ajouter(
                "role",
                "Le rôle de gestionnaire principal se donne par un transfert.",
            );
        }
        if octroi.role == Role::Gs && !nomme {
            erreurs.ajouter(
                "role",
                "Il vous manque le droit de nommer des gestionnaires secondaires. Choisissez « Utilisateur simple ».",
            );
        }
        if tenu.role == Some(Role::Gs) {
            // Whoever cannot name a GS cannot unmake one by the way, nor spread rights he does not hold himself.
            if !nomme {
                erreurs.ajouter(
                    "role",
                    "Cette personne est gestionnaire secondaire : seul un gestionnaire qui peut en nommer change son rattachement.",
                );
            }
            let tient = |c: &String| self.droits.capacites.iter().any(|m| m.code() == c);
            if octroi.role == Role::Gs && !tenu.capacites.iter().all(tient) {
                erreurs.ajouter(
                    "role",
                    "Cette personne a des droits que vous n’avez pas : le gestionnaire principal doit traiter ce rattachement.",
                );
            }
        }
        if tenu.role.is_some_and(|role| role != octroi.role) && !self.hors_portee(tenu).is_empty() {
            erreurs.ajouter(
                "role",
                "Cette personne a aussi des services qui ne sont pas les vôtres : son rôle ne change pas ici.",
            );
        }
    }

    fn controler_services(
        &self,
        erreurs: &mut Erreurs,
        tenu: &Tenu,
        octroi: &Octroi,
        actifs: &BTreeSet<ServiceId>,
    ) {
        let mut refuser = |phrase| erreurs.ajouter("services", phrase);
        if octroi.maille_structure && !octroi.services.is_empty() {
            refuser(
                "« Rattacher à la structure » vaut pour tous les services : décochez l’un ou les autres.",
            );
        }
        if octroi.maille_structure && !self.droits.maille_structure {
            refuser(
                "Vous gérez seulement des services : vous ne pouvez pas rattacher à toute la structure.",
            );
        }
        if !octroi.maille_structure && octroi.services.is_empty() {
            refuser("Cochez au moins un service, ou « Rattacher à la structure ».");
        }
        if octroi.services.iter().any(|s| !self.couvre(s)) {
            refuser("Un des services cochés n’est pas dans vos services.");
        }
        if octroi
            .services
            .iter()
            .any(|s| !actifs.contains(s) && !tenu.services.contains(s))
        {
            refuser("Un des services cochés n’est plus actif. Rechargez la page.");
        }
        if tenu.maille_structure && !self.droits.maille_structure {
            refuser(
                "Cette personne est rattachée à toute la structure : seul un gestionnaire de toute la structure change son rattachement.",
            );
        }
    }

    fn controler_dates(&self, erreurs: &mut Erreurs, octroi: &Octroi) {
        if let Some(fin) = octroi.fin {
            if octroi.debut.is_some_and(|debut| fin < debut) {
                erreurs.ajouter("date_fin", "La date de fin précède la date de début.");
            } else if fin < self.aujourd_hui {
                erreurs.ajouter(
                    "date_fin",
                    "La date de fin est déjà passée : ce rattachement n’ouvrirait rien.",
                );
            }
        }
        if let Some(ma_fin) = self.fin {
            if octroi.fin.is_none_or(|fin| fin > ma_fin) {
                erreurs.ajouter(
                    "date_fin",
                    &format!(
                        "Votre propre rattachement se termine le {} : choisissez une date de fin qui ne le dépasse pas.",
                        jour(ma_fin)
                    ),
                );
            }
            if octroi.debut.is_some_and(|debut| debut > ma_fin) {
                erreurs.ajouter(
                    "date_debut",
                    "Votre propre rattachement sera alors terminé.",
                );
            }
        }
    }

    /// The rattachement that results, once controlled. A GS keeps the capabilities he has, otherwise he gets the preset,
    /// at most the namer's.
    pub fn attribution(&self, tenu: &Tenu, octroi: &Octroi) -> Attribution {
        let capacites = match (octroi.role, tenu.role) {
            (Role::Gs, Some(Role::Gs)) => Capacite::TOUTES
                .into_iter()
                .filter(|c| tenu.capacites.iter().any(|t| t == c.code()))
                .collect(),
            (Role::Gs, _) => self.droits.capacites.clone(),
            _ => Vec::new(),
        };
        Attribution {
            role: octroi.role,
            capacites,
            maille_structure: octroi.maille_structure,
            services: octroi.services.clone(),
            debut: octroi.debut,
            fin: octroi.fin,
            commentaire: octroi.commentaire.clone(),
        }
    }
}

impl Decideur {
    /// The capabilities a person holds already; none for whoever is not GS.
    pub fn droits_tenus(&self, tenu: &Tenu) -> Vec<Capacite> {
        Capacite::TOUTES
            .into_iter()
            .filter(|c| tenu.role == Some(Role::Gs) && tenu.capacites.iter().any(|t| t == c.code()))
            .collect()
    }
}

/// « valider les demandes de rattachement, gérer la structure », for the historique and the mails.
pub(super) fn en_mots(capacites: &[Capacite]) -> String {
    let mots: Vec<&str> = capacites.iter().map(|c| c.libelle()).collect();
    if mots.is_empty() {
        "aucun".to_owned()
    } else {
        mots.join(", ")
    }
}

/// « du 01/12/2026 au 31/12/2026 », for the historique.
pub(super) fn periode(debut: Option<time::Date>, fin: Option<time::Date>) -> String {
    match (debut, fin) {
        (Some(debut), Some(fin)) => format!("du {} au {}", jour(debut), jour(fin)),
        (Some(debut), None) => format!("à partir du {}", jour(debut)),
        (None, Some(fin)) => format!("jusqu’au {}", jour(fin)),
        (None, None) => "sans date de fin".to_owned(),
    }
}
