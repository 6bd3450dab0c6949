//! « Pourquoi ai-je / n'ai-je pas accès ? »: the judgement that authorises, put into words with the next step (spec §1, §3).
//!
//! Nothing is decided here: the rattachement is judged by `acces::Situation`, an espace by the view `abonnements_effectifs`.

mod lecture;
mod mots;

use lecture::Ouverture;
pub use lecture::{Espace, Examen, Structures, catalogue, examiner, mes_structures};
pub use mots::{Etape, Suite};

use crate::abonnements::Droit;
use crate::acces::{Capacite, Exigence, Obstacle, Usage};

/// Why an espace is closed although the rattachement is in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ferme {
    Rattachement(Obstacle),
    /// It exists for public structures only.
    PubliqueSeulement,
    /// It was opened on services the person no longer holds, or that are no longer active.
    ServiceNonTenu(String),
    ServiceInactif(String),
    /// It was asked for; nobody has decided yet.
    EnAttente,
    /// Nobody opened it.
    JamaisOuvert,
}

/// The answer for one espace on one structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reponse {
    /// The widest right, and whether the deactivated structure reduces it to consulting.
    Oui {
        droit: Droit,
        fige: bool,
    },
    Non(Ferme),
}

impl Reponse {
    pub fn oui(&self) -> bool {
        matches!(self, Self::Oui { .. })
    }
}

/// Espaces that no row opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Regle {
    /// Belongs to every active account (spec §13).
    ToutCompte,
    /// Exists for whoever holds a capability (spec §1).
    UneCapacite,
    /// Opened by an abonnement.
    Abonnement,
}

fn regle(espace: &str) -> Regle {
    match espace {
        "sollicitations_emises" => Regle::ToutCompte,
        "activites_du_gestionnaire" => Regle::UneCapacite,
        _ => Regle::Abonnement,
    }
}

impl Examen {
    /// Has the person this espace on this structure, now?
    pub fn espace(&self, espace: &Espace) -> Reponse {
        let fige = !self.situation.structure.active;
        match regle(&espace.code) {
            Regle::ToutCompte => match self.situation.compte_actif {
                true => Reponse::Oui {
                    droit: Droit::Modification,
                    fige: false,
                },
                false => Reponse::Non(Ferme::Rattachement(Obstacle::CompteInactif)),
            },
            Regle::UneCapacite => {
                match self
                    .situation
                    .juger(Exigence::UneCapacite, Usage::Consulter)
                {
                    Ok(_) => Reponse::Oui {
                        droit: Droit::Modification,
                        fige,
                    },
                    Err(obstacle) => Reponse::Non(Ferme::Rattachement(obstacle)),
                }
            }
            Regle::Abonnement => {
                let siennes = || self.ouvertures.iter().filter(|o| o.espace == espace.code);
                if let Some(droit) = siennes().filter(|o| o.effective).map(|o| o.droit).max() {
                    return Reponse::Oui { droit, fige };
                }
                if let Err(obstacle) = self.situation.en_vigueur() {
                    return Reponse::Non(Ferme::Rattachement(obstacle));
                }
                if espace.publique_seulement && !self.situation.structure.publique {
                    return Reponse::Non(Ferme::PubliqueSeulement);
                }
                let perdue = siennes().find(|o| o.service.is_some());
                Reponse::Non(match perdue {
                    Some(Ouverture {
                        service: Some(service),
                        service_actif: false,
                        ..
                    }) => Ferme::ServiceInactif(service.clone()),
                    Some(Ouverture {
                        service: Some(service),
                        ..
                    }) => Ferme::ServiceNonTenu(service.clone()),
                    _ if espace.demande => Ferme::EnAttente,
                    _ => Ferme::JamaisOuvert,
                })
            }
        }
    }

    /// The capabilities held and missing, for whoever asks what he may manage.
    pub fn capacites(&self) -> Vec<(Capacite, Option<Obstacle>)> {
        Capacite::TOUTES
            .into_iter()
            .map(|c| {
                let verdict = self
                    .situation
                    .juger(Exigence::Capacite(c), Usage::Modifier)
                    .err();
                (c, verdict)
            })
            .collect()
    }
}
