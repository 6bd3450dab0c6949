//! Answers between two steps: in the visitor's session on the server, so that neither an address nor a browser carries
//! them. They end with it (30 minutes without a click), with the sign-in, or by « Effacer mes réponses ».

use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use uuid::Uuid;

use super::intention::Intention;
use crate::acces::Personne;
use crate::db::StructureId;
use crate::rattachements::SaisieDemande;
use crate::structures::{SaisieFiche, SaisieIdentifiant, Situee};
use crate::utilisateurs::NouveauCompte;
use crate::web::{Erreur, Erreurs, Saisie as _};

/// Key of the answers in the session.
const CLE: &str = "inscription";

/// Longest « Vos prénom et nom », in characters.
const DEMANDEUR_MAX: usize = 120;

/// Step 1, as typed.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisiePersonne {
    pub adresse_connexion: String,
    pub prenom: String,
    pub nom: String,
    pub adresse_contact: String,
    /// Who asks for somebody else, when not signed in.
    pub demandeur: String,
}

impl SaisiePersonne {
    /// # Errors
    /// At the fields.
    pub fn lire(
        &self,
        pour_autrui: bool,
        createur: Option<&Personne>,
    ) -> Result<NouveauCompte, Erreurs> {
        // Somebody else's contact address is hers to give.
        let contact = if pour_autrui {
            ""
        } else {
            &self.adresse_contact
        };
        let lu = NouveauCompte::lire(&self.adresse_connexion, contact, &self.prenom, &self.nom);
        if !pour_autrui {
            return lu;
        }
        let mut erreurs = lu.as_ref().err().cloned().unwrap_or_default();
        let demandeur = match createur {
            Some(personne) => personne.nom_complet(),
            None => erreurs.ligne(
                "demandeur",
                &self.demandeur,
                DEMANDEUR_MAX,
                "Saisissez vos prénom et nom\u{202F}: le courriel dira qui a demandé ce compte.",
            ),
        };
        erreurs.verdict()?;
        lu.map(|compte| NouveauCompte {
            cree_par: createur.map(|p| p.id),
            demandee_par: Some(demandeur),
            ..compte
        })
    }
}

/// The answer of step 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suite {
    /// « Continuer sans structure ».
    Rien,
    Demande(SaisieDemande),
    Fiche(SaisieFiche),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Brouillon {
    /// Names these very answers, so that a double click sends them once.
    pub cle: Uuid,
    pub pour_autrui: bool,
    pub personne: SaisiePersonne,
    pub identifiant: Option<SaisieIdentifiant>,
    pub suite: Option<Suite>,
    pub envoye: bool,
}

impl Brouillon {
    pub fn nouveau(pour_autrui: bool, personne: SaisiePersonne) -> Self {
        Self {
            cle: Uuid::new_v4(),
            pour_autrui,
            personne,
            identifiant: None,
            suite: None,
            envoye: false,
        }
    }

    /// The answers left in this session.
    pub async fn lire(session: &Session) -> Result<Option<Self>, Erreur> {
        let valeur = session.get_value(CLE).await?;
        // Written by an older version: asked again.
        Ok(valeur.and_then(|v| serde_json::from_value(v).ok()))
    }

    /// Keeps answers that have changed.
    pub async fn garder(&mut self, session: &Session) -> Result<(), Erreur> {
        self.cle = Uuid::new_v4();
        self.envoye = false;
        Ok(session.insert(CLE, &*self).await?)
    }

    /// They were sent: « Précédent » and a reload stay harmless.
    pub async fn noter_l_envoi(&mut self, session: &Session) -> Result<(), Erreur> {
        self.envoye = true;
        Ok(session.insert(CLE, &*self).await?)
    }

    pub async fn effacer(session: &Session) -> Result<(), Erreur> {
        session.remove_value(CLE).await?;
        Ok(())
    }

    /// « Créer un compte », or the same for somebody else: what the pages are part of.
    pub fn parcours(&self) -> &'static str {
        parcours(self.pour_autrui)
    }

    /// What the answers ask for, now that the identifier leads to `situee`; `None` while step 2 is to be answered, or
    /// to be answered again because the structure has changed meanwhile.
    pub fn intention(&self, situee: Option<&Situee>) -> Option<Intention> {
        match (self.suite.as_ref()?, situee) {
            (Suite::Rien, _) => Some(Intention::Rien),
            (Suite::Demande(saisie), Some(Situee::Connue(s))) => {
                saisie.lire().ok().map(|demandee| Intention::Demande {
                    structure: s.id,
                    demandee,
                })
            }
            (Suite::Fiche(saisie), Some(Situee::Libre)) => {
                let identifiant = self.identifiant.as_ref()?.lire().ok()?;
                saisie.lire(&identifiant).ok().map(Intention::Fondation)
            }
            _ => None,
        }
    }

    /// The request typed for this structure, if one was.
    pub fn demande(&self) -> Option<&SaisieDemande> {
        match &self.suite {
            Some(Suite::Demande(saisie)) => Some(saisie),
            _ => None,
        }
    }

    /// The structure whose accounts come from the référent: no account is created here (spec §13).
    pub fn par_pigp(situee: Option<&Situee>) -> Option<StructureId> {
        match situee {
            Some(Situee::ParPigp(s)) => Some(s.id),
            _ => None,
        }
    }
}

pub fn parcours(pour_autrui: bool) -> &'static str {
    if pour_autrui {
        "Créer le compte d’une autre personne"
    } else {
        "Créer un compte"
    }
}
