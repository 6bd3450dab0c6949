//! The words: each condition in turn, then the next step. Written once, for the page and for the tests.

use super::lecture::{Espace, Ouverture};
use super::{Examen, Ferme, Regle, Reponse, regle};
use crate::abonnements::Droit;
use crate::acces::{Arret, Obstacle};

/// A condition of the right, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Etape {
    pub tenue: bool,
    pub phrase: String,
}

impl Etape {
    fn oui(phrase: impl Into<String>) -> Self {
        Self {
            tenue: true,
            phrase: phrase.into(),
        }
    }

    fn non(phrase: impl Into<String>) -> Self {
        Self {
            tenue: false,
            phrase: phrase.into(),
        }
    }
}

/// What to do next; `lien`: where to do it, and the words of the button.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suite {
    pub phrase: String,
    pub lien: Option<(String, &'static str)>,
}

impl Suite {
    fn dire(phrase: impl Into<String>) -> Self {
        Self {
            phrase: phrase.into(),
            lien: None,
        }
    }

    fn faire(phrase: impl Into<String>, adresse: String, bouton: &'static str) -> Self {
        Self {
            phrase: phrase.into(),
            lien: Some((adresse, bouton)),
        }
    }
}

const MES_DEMANDES: &str = "/mon-compte/rattachements#demandes";

impl Examen {
    fn raison_sociale(&self) -> &str {
        &self.situation.structure.raison_sociale
    }

    /// « Le gestionnaire principal, Pauline Dufour, », or the words where there is nobody.
    fn le_principal(&self) -> String {
        match &self.principal {
            Some(nom) => format!("Le gestionnaire principal, {nom},"),
            None => "Le gestionnaire principal de la structure".to_owned(),
        }
    }

    /// The headline.
    pub fn titre(&self, espace: &Espace) -> String {
        let (nom, structure) = (&espace.nom, self.raison_sociale());
        match self.espace(espace) {
            Reponse::Oui { fige: true, .. } => {
                format!(
                    "Vous avez accès à «\u{202F}{nom}\u{202F}» pour {structure}, en consultation"
                )
            }
            Reponse::Oui {
                droit: Droit::Modification,
                ..
            } => format!("Vous avez accès à «\u{202F}{nom}\u{202F}» pour {structure}"),
            Reponse::Oui { .. } => {
                format!(
                    "Vous avez accès à «\u{202F}{nom}\u{202F}» pour {structure}, en consultation"
                )
            }
            Reponse::Non(_) => {
                format!("Vous n’avez pas accès à «\u{202F}{nom}\u{202F}» pour {structure}")
            }
        }
    }

    /// In a few words, for the table of all the espaces.
    pub fn resume(&self, espace: &Espace) -> String {
        match self.espace(espace) {
            Reponse::Oui { fige: true, .. } => {
                "Consultation seule\u{202F}: structure désactivée".to_owned()
            }
            Reponse::Oui { droit, .. } => droit.libelle().to_owned(),
            Reponse::Non(Ferme::Rattachement(obstacle)) => match obstacle {
                Obstacle::Capacite(_) => "Aucun droit de gestion".to_owned(),
                autre => autre.phrase(),
            },
            Reponse::Non(Ferme::PubliqueSeulement) => {
                "N’existe que pour les structures publiques".to_owned()
            }
            Reponse::Non(Ferme::ServiceInactif(_)) => "Service inactif".to_owned(),
            Reponse::Non(Ferme::ServiceNonTenu(_)) => "Service retiré ou hors dates".to_owned(),
            Reponse::Non(Ferme::EnAttente) => "Demandé, en cours de validation".to_owned(),
            Reponse::Non(Ferme::JamaisOuvert) => "Pas encore demandé".to_owned(),
        }
    }

    /// The conditions down to the first that fails, or all of them.
    pub fn etapes(&self, espace: &Espace) -> Vec<Etape> {
        let mut etapes = Vec::new();
        if regle(&espace.code) == Regle::ToutCompte {
            etapes.push(Etape::oui("Cet espace appartient à tout compte actif."));
            return etapes;
        }
        match self.situation.en_vigueur() {
            Err(obstacle) => {
                if self.situation.compte_actif {
                    etapes.push(Etape::oui("Votre compte est actif."));
                }
                etapes.push(Etape::non(obstacle.phrase()));
                return etapes;
            }
            Ok(lien) => {
                etapes.push(Etape::oui("Votre compte est actif."));
                let fin = lien
                    .dernier_jour
                    .as_ref()
                    .map_or_else(String::new, |j| format!(", jusqu’au {} inclus", j.jour()));
                etapes.push(Etape::oui(format!(
                    "Votre rattachement est validé\u{202F}: {}, depuis le {}{fin}.",
                    lien.droits.role.libelle().to_lowercase(),
                    lien.debut.jour()
                )));
            }
        }
        if !self.situation.structure.active {
            etapes.push(Etape::non(Obstacle::StructureDesactivee.phrase()));
        }
        match (self.espace(espace), regle(&espace.code)) {
            (Reponse::Oui { .. }, Regle::UneCapacite) => {
                etapes.push(Etape::oui("Vous tenez au moins un droit de gestion."));
            }
            (Reponse::Oui { .. }, _) => etapes.extend(
                self.ouvertures
                    .iter()
                    .filter(|o| o.espace == espace.code && o.effective)
                    .map(|o| Etape::oui(ouverte(o))),
            ),
            (Reponse::Non(ferme), _) => etapes.push(Etape::non(match ferme {
                Ferme::Rattachement(obstacle) => obstacle.phrase(),
                Ferme::PubliqueSeulement => {
                    "Cet espace n’existe que pour les structures publiques.".to_owned()
                }
                Ferme::ServiceInactif(service) => {
                    format!("Il vous était ouvert sur {service}, qui n’est plus actif.")
                }
                Ferme::ServiceNonTenu(service) => format!(
                    "Il vous était ouvert sur {service}, auquel vous n’êtes plus rattaché(e)."
                ),
                Ferme::EnAttente => {
                    "Vous l’avez demandé\u{202F}: un gestionnaire doit encore décider.".to_owned()
                }
                Ferme::JamaisOuvert => "Cet espace ne vous a pas été ouvert.".to_owned(),
            })),
        }
        etapes
    }

    /// What to do about it; nothing where the answer is yes without restriction.
    pub fn suite(&self, espace: &Espace) -> Option<Suite> {
        match self.espace(espace) {
            Reponse::Oui { fige: true, .. } => Some(Suite::dire(format!(
                "{} peut réactiver la structure.",
                self.le_principal()
            ))),
            Reponse::Oui {
                droit: Droit::Modification,
                ..
            } => None,
            Reponse::Oui { .. } => Some(Suite::faire(
                "Pour saisir ou déposer, demandez cet espace en modification.",
                self.ajout(espace),
                "Demander la modification",
            )),
            Reponse::Non(Ferme::Rattachement(obstacle)) => {
                Some(self.suite_du_rattachement(&obstacle))
            }
            Reponse::Non(Ferme::PubliqueSeulement) => None,
            Reponse::Non(Ferme::ServiceInactif(_)) => Some(Suite::dire(format!(
                "{} peut réactiver le service, ou vous rattacher à un autre.",
                self.le_principal()
            ))),
            Reponse::Non(Ferme::ServiceNonTenu(_)) => Some(Suite::faire(
                "Demandez votre rattachement à ce service\u{202F}: l’espace suivra.",
                self.demande(),
                "Demander un rattachement",
            )),
            Reponse::Non(Ferme::EnAttente) => Some(Suite::faire(
                "Suivez votre demande, ou retirez-la.",
                "/mon-compte/abonnements".to_owned(),
                "Voir mes abonnements",
            )),
            Reponse::Non(Ferme::JamaisOuvert) => Some(Suite::faire(
                "Demandez-le\u{202F}: un gestionnaire de la structure décide.",
                self.ajout(espace),
                "Ajouter un espace",
            )),
        }
    }

    fn demande(&self) -> String {
        format!(
            "/mon-compte/rattachements/demande/{}",
            self.situation.structure.id
        )
    }

    fn ajout(&self, espace: &Espace) -> String {
        format!(
            "/mon-compte/abonnements/ajout/{}?espace={}",
            self.situation.structure.id, espace.code
        )
    }

    fn suite_du_rattachement(&self, obstacle: &Obstacle) -> Suite {
        match obstacle {
            Obstacle::CompteInactif => Suite::dire("Réactivez d’abord votre compte."),
            Obstacle::PasEncore(_) => {
                Suite::dire("Rien à faire\u{202F}: vos droits s’ouvriront ce jour-là.")
            }
            Obstacle::Capacite(_) | Obstacle::ReserveAuPrincipal => Suite::dire(format!(
                "{} peut vous nommer gestionnaire secondaire.",
                self.le_principal()
            )),
            Obstacle::StructureDesactivee => Suite::dire(format!(
                "{} peut réactiver la structure.",
                self.le_principal()
            )),
            _ if self.demande_depuis.is_some() => Suite::faire(
                self.demande_depuis
                    .as_ref()
                    .map(|d| {
                        format!(
                            "Votre demande du {} est en cours de validation\u{202F}: voyez qui décide, et relancez une fois par jour.",
                            d.jour()
                        )
                    })
                    .unwrap_or_default(),
                MES_DEMANDES.to_owned(),
                "Suivre ma demande",
            ),
            _ if !self.situation.structure.active => Suite::dire(
                "Cette structure est désactivée\u{202F}: elle n’accepte plus de demande de rattachement.",
            ),
            Obstacle::Desactive(Some(Arret::Gestionnaire)) => Suite::faire(
                format!(
                    "{} peut le réactiver. Vous pouvez aussi redemander votre rattachement.",
                    self.le_principal()
                ),
                self.demande(),
                "Demander un rattachement",
            ),
            _ => Suite::faire(self.avant(), self.demande(), "Demander un rattachement"),
        }
    }

    /// What happened before, then the invitation.
    fn avant(&self) -> String {
        let invitation =
            "Demandez votre rattachement\u{202F}: un gestionnaire de la structure décide.";
        if let Some((quand, motif)) = &self.refus {
            format!(
                "Votre demande a été refusée le {} (motif\u{202F}: {motif}). Quand ce motif est levé, redemandez.",
                quand.jour()
            )
        } else if let (Some(quand), None) = (&self.parti_le, &self.situation.lien) {
            format!(
                "Votre rattachement a été supprimé le {}. {invitation}",
                quand.jour()
            )
        } else {
            invitation.to_owned()
        }
    }
}

fn ouverte(o: &Ouverture) -> String {
    let ou = o
        .service
        .as_ref()
        .map_or_else(String::new, |s| format!(" sur {s}"));
    format!(
        "L’espace est {}, en {}{ou}.",
        o.origine(),
        o.droit.libelle().to_lowercase()
    )
}
