//! The vocabulary of the demo world: people, structures, and what happened between them, in minutes before now.
//!
//! Every free text ends with the markers of its structure and of its person, `[terneuil] [julie.bon@terneuil]`: seen on
//! a screen of another structure, one of them is a leak (spec §11).

use super::sollicitations::Sollicitation;
use crate::acces::Role;
use crate::db::{
    DemandeAbonnementId, DemandeId, PassationId, RattachementId, ServiceId, StructureId,
    UtilisateurId,
};
use crate::historique::Action;

/// Minutes before now; negative in the future.
pub type IlYA = i32;

pub const fn heures(n: i32) -> IlYA {
    n * 60
}

pub const fn jours(n: i32) -> IlYA {
    n * 24 * 60
}

/// Index of a person of the world.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct P(pub usize);
/// Index of a structure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct S(pub usize);
/// Index of a service.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct V(pub usize);
/// Index of a rattachement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct R(pub usize);

pub struct Personne {
    pub id: UtilisateurId,
    pub login: &'static str,
    pub prenom: &'static str,
    pub nom: &'static str,
    /// Who it is, for the table of accounts and the manifest; empty: not in the table.
    pub qui: &'static str,
    pub statut: &'static str,
    pub pigp: bool,
    pub equipe: Option<&'static str>,
    pub code_postal: &'static str,
    pub ville: &'static str,
    pub cree: IlYA,
    pub connexion: Option<IlYA>,
    pub desactive: Option<IlYA>,
}

impl Personne {
    /// An active account, created 200 days ago, last seen yesterday.
    pub fn new(login: &'static str, prenom: &'static str, nom: &'static str) -> Self {
        Self {
            id: UtilisateurId::nouveau(),
            login,
            prenom,
            nom,
            qui: "",
            statut: "actif",
            pigp: false,
            equipe: None,
            code_postal: "75011",
            ville: "Paris",
            cree: jours(200),
            connexion: Some(heures(26)),
            desactive: None,
        }
    }

    pub fn qui(self, qui: &'static str) -> Self {
        Self { qui, ..self }
    }

    pub fn a(self, code_postal: &'static str, ville: &'static str) -> Self {
        Self {
            code_postal,
            ville,
            ..self
        }
    }

    pub fn pigp(self) -> Self {
        Self { pigp: true, ..self }
    }

    pub fn equipe(self, equipe: &'static str) -> Self {
        Self {
            equipe: Some(equipe),
            ..self
        }
    }

    pub fn creee(self, cree: IlYA) -> Self {
        Self { cree, ..self }
    }

    pub fn vue(self, connexion: IlYA) -> Self {
        Self {
            connexion: Some(connexion),
            ..self
        }
    }

    /// The activation link was sent, nobody followed it.
    pub fn jamais_activee(self, cree: IlYA) -> Self {
        Self {
            statut: "en_cours_activation",
            cree,
            connexion: None,
            ..self
        }
    }

    pub fn inactive(self, depuis: IlYA) -> Self {
        Self {
            statut: "inactif",
            desactive: Some(depuis),
            connexion: Some(depuis + heures(5)),
            ..self
        }
    }

    pub fn entier(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }

    /// `[julie.bon@terneuil]`: the login without its last label, which is the same for all.
    pub fn marque(&self) -> String {
        let (debut, _) = self.login.rsplit_once('.').unwrap_or((self.login, ""));
        format!("[{debut}]")
    }
}

pub struct Structure {
    pub id: StructureId,
    pub siret: &'static str,
    pub raison_sociale: &'static str,
    pub repere: &'static str,
    pub publique: bool,
    pub pigp: bool,
    pub adresse: &'static str,
    pub code_postal: &'static str,
    pub ville: &'static str,
}

impl Structure {
    pub fn new(siret: &'static str, raison_sociale: &'static str, repere: &'static str) -> Self {
        Self {
            id: StructureId::nouveau(),
            siret,
            raison_sociale,
            repere,
            publique: true,
            pigp: false,
            adresse: "1 place de la Mairie",
            code_postal: "75011",
            ville: "PARIS",
        }
    }

    pub fn privee(self) -> Self {
        Self {
            publique: false,
            ..self
        }
    }

    pub fn pigp(self) -> Self {
        Self { pigp: true, ..self }
    }

    pub fn a(self, adresse: &'static str, code_postal: &'static str, ville: &'static str) -> Self {
        Self {
            adresse,
            code_postal,
            ville,
            ..self
        }
    }

    pub fn marque(&self) -> String {
        format!("[{}]", self.repere)
    }
}

pub struct Service {
    pub id: ServiceId,
    pub structure: S,
    pub code: &'static str,
    pub libelle: &'static str,
    pub description: String,
    pub actif: bool,
}

/// Reach of a rattachement or of a request.
#[derive(Clone)]
pub enum Maille {
    Structure,
    Services(Vec<V>),
}

impl Maille {
    pub fn services(&self) -> &[V] {
        match self {
            Self::Structure => &[],
            Self::Services(services) => services,
        }
    }

    pub fn est_structure(&self) -> bool {
        matches!(self, Self::Structure)
    }
}

pub struct Rattachement {
    pub id: RattachementId,
    pub structure: S,
    pub personne: P,
    pub role: Role,
    pub capacites: Vec<&'static str>,
    pub maille: Maille,
    /// Services of the list above that are deactivated.
    pub services_desactives: Vec<V>,
    pub statut: &'static str,
    pub cause: Option<&'static str>,
    pub debut: IlYA,
    pub fin: Option<IlYA>,
    pub commentaire: String,
    pub modifie: IlYA,
    pub reactive: Option<IlYA>,
}

pub struct Demande {
    pub id: DemandeId,
    pub structure: S,
    pub personne: P,
    pub role: Role,
    pub maille: Maille,
    pub accordes: Vec<V>,
    pub statut: &'static str,
    pub commentaire: String,
    pub creee: IlYA,
    pub relancee: Option<IlYA>,
    /// When the support, or the référents, were told.
    pub signalee: Option<IlYA>,
    pub traitee: Option<IlYA>,
    pub par: Option<P>,
    pub motif: Option<String>,
    pub acte: Option<&'static str>,
    pub rattachement: Option<R>,
}

/// A handover of the role of GP to come.
pub struct Passation {
    pub id: PassationId,
    /// Of the GP.
    pub rattachement: R,
    pub successeur: P,
    /// Days from now.
    pub dans: i32,
    pub creee: IlYA,
}

impl Demande {
    pub fn ouverte(&self) -> bool {
        self.statut == "en_cours_de_validation"
    }

    /// Its automatic reminders have left: nothing is due when the demo starts.
    pub fn rappel(&self) -> i32 {
        [14, 7, 3]
            .into_iter()
            .find(|n| self.ouverte() && self.creee >= jours(*n))
            .unwrap_or(0)
    }
}

/// Espaces asked for: service (none: all of them), code of the espace, right.
pub struct DemandeAbonnement {
    pub id: DemandeAbonnementId,
    pub structure: S,
    pub personne: P,
    pub lignes: Vec<(Option<V>, &'static str, &'static str)>,
    pub statut: &'static str,
    pub commentaire: String,
    pub creee: IlYA,
    pub traitee: Option<IlYA>,
    pub par: Option<P>,
    pub motif: Option<String>,
}

/// A line of the historique to come.
pub struct Acte {
    pub quand: IlYA,
    pub structure: S,
    /// `None`: the system.
    pub par: Option<P>,
    pub action: Action,
    pub concerne: Option<P>,
    pub demande: Option<usize>,
    pub demande_abonnement: Option<usize>,
    pub commentaire: String,
    pub motif: String,
    pub changements: Vec<(&'static str, String, String)>,
}

/// What a person who has not activated her account asked for while it was created.
pub struct Inscription {
    pub personne: P,
    pub structure: S,
    pub commentaire: String,
    /// Who asked for the account.
    pub demandeur: &'static str,
}

#[derive(Default)]
pub struct Monde {
    pub personnes: Vec<Personne>,
    pub structures: Vec<Structure>,
    pub services: Vec<Service>,
    pub rattachements: Vec<Rattachement>,
    pub demandes: Vec<Demande>,
    pub demandes_abonnement: Vec<DemandeAbonnement>,
    pub passations: Vec<Passation>,
    pub inscriptions: Vec<Inscription>,
    pub actes: Vec<Acte>,
    pub sollicitations: Vec<Sollicitation>,
}
