//! What a person without account asks of a référent (R-REF-DEMANDE): deposited by anybody, confirmed by the link of a mail,
//! answered once. Nobody learns here who has an account: the page, its status, its time and the number of mails are the same.

mod depot;
mod file;
mod lecture;
mod routage;
mod traitement;

pub use depot::{AConfirmer, Demandee, a_confirmer, confirmer, deposer};
pub use file::{Comptes, Ligne, Vue, comptes, fenetre, lignes};
pub use lecture::{DemandeVue, SollicitationVue, demande, piece, sollicitation};
pub use routage::{
    oublier_les_anciennes, passer_au_support, passer_les_orphelines, pour_la_structure,
};
pub use traitement::{accepter, refuser, tenir, transmettre};
