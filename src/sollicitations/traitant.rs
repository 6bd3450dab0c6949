//! Who answers: an agent of the desk, a référent, or a user of the public structure it was sent to (R-SOL-RECEVOIR).

use super::etat::Destinataire;
use crate::acces::{Connecte, Espace, Referent, SollicitationsRecues, Support};
use crate::db::Tx;
use crate::historique::Auteur;
use crate::web::Erreur;

/// Built from the proof of who answers.
#[derive(Clone, Copy)]
pub enum Traitant<'a> {
    Support(&'a Support),
    Structure(&'a Espace<SollicitationsRecues>),
    Referent(&'a Referent),
}

impl<'a> From<&'a Support> for Traitant<'a> {
    fn from(support: &'a Support) -> Self {
        Self::Support(support)
    }
}

impl<'a> From<&'a Espace<SollicitationsRecues>> for Traitant<'a> {
    fn from(espace: &'a Espace<SollicitationsRecues>) -> Self {
        Self::Structure(espace)
    }
}

impl<'a> From<&'a Referent> for Traitant<'a> {
    fn from(referent: &'a Referent) -> Self {
        Self::Referent(referent)
    }
}

impl From<&Traitant<'_>> for Auteur {
    fn from(traitant: &Traitant<'_>) -> Self {
        match traitant {
            Traitant::Support(support) => Self::from(*support),
            Traitant::Structure(espace) => Self::from(&***espace),
            Traitant::Referent(referent) => Self::from(*referent),
        }
    }
}

impl Traitant<'_> {
    pub(super) fn connecte(&self) -> &Connecte {
        match self {
            Self::Support(support) => support,
            Self::Structure(espace) => espace,
            Self::Referent(referent) => referent,
        }
    }

    /// On which side of the thread he speaks.
    pub(super) fn cote(&self) -> &'static str {
        match self {
            Self::Support(_) => "support",
            Self::Structure(_) => "structure",
            Self::Referent(_) => "referent",
        }
    }

    /// He answers what is sent there, now.
    ///
    /// # Errors
    /// `Introuvable`: he does not read it. `Interdit`: he reads it only.
    pub(super) async fn peut_traiter(&self, tx: &mut Tx, ou: Destinataire) -> Result<(), Erreur> {
        match (self, ou) {
            (Self::Support(_), Destinataire::Support) => Ok(()),
            (Self::Structure(espace), Destinataire::Structure(structure)) => {
                let traite = sqlx::query_scalar!(
                    r#"select traite as "traite!" from lecteurs_des_recues where structure_id = $1 and utilisateur_id = $2"#,
                    structure.0,
                    espace.id().0
                )
                .fetch_optional(&mut **tx)
                .await?;
                match traite {
                    Some(true) => Ok(()),
                    Some(false) => Err(Erreur::Interdit(LECTURE_SEULE.to_owned())),
                    None => Err(Erreur::Introuvable),
                }
            }
            (Self::Referent(referent), Destinataire::Referent(perimetre)) => {
                let le_sien = sqlx::query_scalar!(
                    r#"select true as "oui!" from referents_effectifs where perimetre_id = $1 and utilisateur_id = $2"#,
                    perimetre.0,
                    referent.id().0
                )
                .fetch_optional(&mut **tx)
                .await?;
                le_sien.map(|_| ()).ok_or(Erreur::Introuvable)
            }
            _ => Err(Erreur::Introuvable),
        }
    }
}

const LECTURE_SEULE: &str = "Vous consultez les sollicitations de cette structure sans pouvoir y répondre. Un gestionnaire peut vous ouvrir l’espace «\u{202F}Sollicitations reçues\u{202F}» en modification, si la structure est active.";
