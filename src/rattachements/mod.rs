//! Who may act for a structure.
//!
//! ```text
//! demande:      en_cours_de_validation → validee | refusee | retiree      (decided once, terminal)
//! rattachement: validee → desactivee ⇄ validee, → supprimee                (right only while validee, inside its dates)
//! ```
//!
//! Every act locks the row of the structure first (decisions 16), changes the state by a guarded update, then writes the
//! effects, the historique line and the mails in the same transaction.

mod absence;
mod annulation;
mod attente;
mod carte;
pub mod courriers;
pub mod courriers_absence;
pub mod courriers_annulation;
pub mod courriers_membres;
pub mod courriers_structures;
mod d_office;
mod decision;
mod depart;
mod depot;
mod designation;
mod direct;
mod donneur;
mod echeance;
mod effets;
mod en_cours;
mod etat;
mod fermeture;
mod fiche_directe;
pub mod fichier;
mod fondation;
mod joignables;
mod lecture;
pub mod membres;
mod oubli;
pub mod passations;
mod promesses;
mod regle;
mod relance;
mod reponses;
mod saisie;
mod statuts;
mod substitution;
mod transfert;

pub use absence::{
    Geste, Retrouvailles, prendre_les_structures, prendre_pour_le_retour, retrouver, suspendre,
};
pub use attente::{Signalement, rappeler, rappels_dus};
pub use carte::{Carte, carte};
pub use d_office::suspendre_d_office;
pub use decision::Demandes;
pub use depart::{Fait, Ligne, Succession, quitter};
pub use depot::{Demandee, Deposee, deja_rattache, deposer, suite};
pub use designation::{Designation, designer};
pub use direct::{rattacher, rattacher_simplement};
pub use donneur::ouverte;
pub use echeance::{annoncer_la_fin, echoir, fins_a_annoncer};
pub use effets::{
    Attribution, Cause, Rattache, attacher, changer_role, changer_statut, verrouiller,
};
pub use etat::Statut;
pub use fermeture::{
    Cloture, MOTIF_STRUCTURE_DESACTIVEE, a_annoncer, annoncer_l_import, clore_ce_qui_attend,
    desactiver, reactiver,
};
pub use fiche_directe::{FicheRattachement, aujourd_hui, fiche};
pub use fondation::{Fondation, fonder};
pub use joignables::{membres, principal};
pub use lecture::{DemandeVue, ServiceDemande, StatutService, demande, services};
pub use oubli::effacer;
pub use promesses::{
    Creation, Promesse, Tenue, creer, oublier_les_promesses, promesses as promesses_de, tenir,
};
pub use regle::Octroi;
pub use relance::{relancer, retirer};
pub use saisie::{SaisieDemande, ServiceDemandable, offre_des_services};
pub use substitution::{Agent, Remplacement, remplacer};
pub use transfert::{Transferee, transferer, verifier_principal, verifier_successeur};
