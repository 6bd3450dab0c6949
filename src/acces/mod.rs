//! Who may do what: sessions, passwords, proofs, the table of rights, and what every page shows of the person.

pub mod compteurs;
mod droits;
mod en_personne;
mod equipe;
mod espace;
mod habillage;
mod identite;
pub mod message;
pub mod mot_de_passe;
pub mod page;
mod permission;
mod preuves;
mod probleme;
mod regard;
mod reouverture;
pub mod sessions;
mod situation;
mod systeme;
mod technique;

pub use droits::{Action, Capacite, Droits, Exigence, Role};
pub use en_personne::EnPersonne;
pub use equipe::{Administration, Referent, Support};
pub use espace::{Espace, EspaceConnu, SollicitationsRecues};
pub use habillage::habiller;
pub use identite::Personne;
pub use message::Message;
pub use page::Page;
pub use permission::Permission;
pub use preuves::{
    Capable, Connecte, DesignerDesGestionnaires, GererStructure, Gestion, GestionPrincipale,
    Identifie, Membre, Portee, Preuve, RattacherUtilisateurs, StructureVue, ToutGestionnaire,
    ValiderAbonnements, ValiderRattachements, Visiteur,
};
pub use regard::{FIN as FIN_DU_REGARD, Regard, Regardant, cesser, regarder};
pub use reouverture::Reouverture;
pub use situation::{Arret, Lien, Obstacle, Situation, Usage};
pub use systeme::Systeme;
pub use technique::{Technique, empreinte_du_secret};
