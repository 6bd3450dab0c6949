use super::store::MaStructure;
use crate::acces::{Capacite, Exigence};

/// The two halves of « Organisation ».
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Domaine {
    Structures,
    Utilisateurs,
}

impl Domaine {
    pub const TOUS: [Self; 2] = [Self::Structures, Self::Utilisateurs];

    pub fn code(self) -> &'static str {
        match self {
            Self::Structures => "structures",
            Self::Utilisateurs => "utilisateurs",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Structures => "Structures",
            Self::Utilisateurs => "Utilisateurs",
        }
    }

    /// Its purpose, in the words of seed 004.
    pub fn objet(self) -> &'static str {
        match self {
            Self::Structures => "Gestion des structures",
            Self::Utilisateurs => "Gestion des utilisateurs",
        }
    }

    /// « Accéder à la documentation ».
    pub fn documentation(self) -> &'static str {
        match self {
            Self::Structures => "/aide?theme=structures",
            Self::Utilisateurs => "/aide?theme=gestion",
        }
    }
}

/// One thing to do.
pub struct Application {
    pub code: &'static str,
    pub domaine: Domaine,
    pub libelle: &'static str,
    /// Its purpose, in one line.
    pub objet: &'static str,
    exige: Exigence,
    ou: Ou,
}

/// Where it is done.
enum Ou {
    /// At one address, whoever asks.
    Partout(&'static str),
    /// At one address, which asks for the structure itself where it needs one.
    PourLesSiennes(&'static str, Sur),
    /// Below a structure, which is asked for first where there are several.
    Dans(&'static str, Sur),
}

/// On which structures it makes sense.
#[derive(Clone, Copy)]
struct Sur {
    /// Where the whole structure is held, not some of its services.
    entiere: bool,
    /// Where it is active.
    active: bool,
}

/// What following an application leads to.
pub enum Suite<'a> {
    Adresse(String),
    /// « Choisir la structure », among those.
    Choix(Vec<&'a MaStructure>),
    /// No structure where this person may do it.
    Interdite,
}

impl Application {
    pub fn lire(code: &str) -> Option<&'static Self> {
        APPLICATIONS.iter().find(|a| a.code == code)
    }

    /// Where the person does it on this structure.
    pub fn adresse(&self, structure: &MaStructure) -> String {
        match self.ou {
            Ou::Partout(href) | Ou::PourLesSiennes(href, _) => href.to_owned(),
            Ou::Dans(chemin, _) => format!("/structures/{}{chemin}", structure.id),
        }
    }

    fn sur(&self, structure: &MaStructure) -> bool {
        let place = match self.ou {
            Ou::Partout(_) => true,
            Ou::PourLesSiennes(_, sur) | Ou::Dans(_, sur) => {
                (structure.droits.maille_structure || !sur.entiere)
                    && (structure.active || !sur.active)
            }
        };
        place && structure.droits.satisfait(self.exige)
    }

    /// Whether it is done below one structure.
    pub fn demande_une_structure(&self) -> bool {
        matches!(self.ou, Ou::Dans(..))
    }

    /// Those of these structures where the person may do it.
    pub fn siennes<'a>(&self, structures: &'a [MaStructure]) -> Vec<&'a MaStructure> {
        structures.iter().filter(|s| self.sur(s)).collect()
    }

    /// For the person who holds these rattachements.
    pub fn suite<'a>(&self, structures: &'a [MaStructure]) -> Suite<'a> {
        if let Ou::Partout(href) = self.ou {
            return Suite::Adresse(href.to_owned());
        }
        let siennes = self.siennes(structures);
        match (&self.ou, &siennes[..]) {
            (_, []) => Suite::Interdite,
            (Ou::Dans(..), [seule]) => Suite::Adresse(self.adresse(seule)),
            (Ou::Dans(..), _) => Suite::Choix(siennes),
            (Ou::Partout(href) | Ou::PourLesSiennes(href, _), _) => {
                Suite::Adresse((*href).to_owned())
            }
        }
    }

    /// Those that this person may use.
    pub fn utilisables(structures: &[MaStructure]) -> Vec<&'static Self> {
        APPLICATIONS
            .iter()
            .filter(|a| !matches!(a.suite(structures), Suite::Interdite))
            .collect()
    }
}

/// « Fonctionnalités les plus utilisées » (seed 004), the most frequent first.
pub const PLUS_UTILISEES: [&str; 4] = [
    "gerer-les-utilisateurs",
    "rattacher-un-utilisateur",
    "gerer-une-structure",
    "creer-une-structure",
];

/// In the order of R-DOMAINES; labels and purposes of seed 004.
pub static APPLICATIONS: [Application; 9] = [
    Application {
        code: "creer-une-structure",
        domaine: Domaine::Structures,
        libelle: "Créer une structure",
        objet: "Créer une nouvelle structure.",
        exige: Exigence::Rattachement,
        ou: Ou::Partout("/structures/nouvelle"),
    },
    Application {
        code: "gerer-une-structure",
        domaine: Domaine::Structures,
        libelle: "Gérer une structure",
        objet: "Consulter, modifier, activer, désactiver une structure.",
        exige: GERER,
        ou: Ou::Dans("", ENTIERE),
    },
    Application {
        code: "creer-un-service",
        domaine: Domaine::Structures,
        libelle: "Créer un service",
        objet: "Créer un nouveau service lié à une structure.",
        exige: GERER,
        ou: Ou::PourLesSiennes("/services/nouveau", ENTIERE_ET_ACTIVE),
    },
    Application {
        code: "gerer-un-service",
        domaine: Domaine::Structures,
        libelle: "Gérer un service",
        objet: "Consulter, modifier, activer, désactiver un service lié à une structure.",
        exige: GERER,
        ou: Ou::Dans("/services", TOUTES),
    },
    Application {
        code: "creer-une-coordonnee-bancaire",
        domaine: Domaine::Structures,
        libelle: "Créer une coordonnée bancaire",
        objet: "Créer une nouvelle coordonnée bancaire liée à une structure.",
        exige: GERER,
        ou: Ou::Dans("/coordonnees-bancaires/nouvelle", ENTIERE_ET_ACTIVE),
    },
    Application {
        code: "gerer-une-coordonnee-bancaire",
        domaine: Domaine::Structures,
        libelle: "Gérer une coordonnée bancaire",
        objet: "Consulter, modifier, activer, désactiver une coordonnée bancaire liée à une structure.",
        exige: GERER,
        ou: Ou::Dans("/coordonnees-bancaires", ENTIERE),
    },
    Application {
        code: "rattacher-un-utilisateur",
        domaine: Domaine::Utilisateurs,
        libelle: "Rattacher un utilisateur",
        objet: "Rattacher un utilisateur à une structure ou à un service, par son adresse électronique.",
        exige: RATTACHER,
        ou: Ou::PourLesSiennes("/activites/rattachement", ACTIVE),
    },
    Application {
        code: "gerer-les-utilisateurs",
        domaine: Domaine::Utilisateurs,
        libelle: "Gérer les utilisateurs",
        objet: "Rechercher, consulter, désactiver, réactiver les utilisateurs de vos structures.",
        exige: Exigence::UneCapacite,
        ou: Ou::PourLesSiennes("/activites/utilisateurs", TOUTES),
    },
    Application {
        code: "gerer-les-droits",
        domaine: Domaine::Utilisateurs,
        libelle: "Gérer les droits",
        objet: "Changer le rôle, les services et les droits des utilisateurs d’une structure.",
        exige: RATTACHER,
        ou: Ou::Dans("/utilisateurs", TOUTES),
    },
];

const TOUTES: Sur = Sur {
    entiere: false,
    active: false,
};
const ACTIVE: Sur = Sur {
    entiere: false,
    active: true,
};
const ENTIERE: Sur = Sur {
    entiere: true,
    active: false,
};
const ENTIERE_ET_ACTIVE: Sur = Sur {
    entiere: true,
    active: true,
};
const GERER: Exigence = Exigence::Capacite(Capacite::GererStructure);
const RATTACHER: Exigence = Exigence::Capacite(Capacite::RattacherUtilisateurs);
