//! Aide en ligne, « Posez-moi vos questions » and actualités (R-AIDE, spec §4 and §13 « Header and domains »).
//!
//! Articles ship with the application (`articles/*.md`, see [`livraison`]); an administrateur changes them and writes
//! others (`administration`). Reading and searching work signed out.

pub mod actualites;
mod article;
mod audience;
mod lecture;
pub mod livraison;
mod pages;
pub mod recherche;
pub mod redaction;

use crate::acces::Administration;
use crate::db::{Temps, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::Erreur;

pub use article::{Article, GUIDES, Slug, Statut, Theme};
pub use audience::Audience;
pub use lecture::{Ligne, Rayon, de_l_ecran, par_slug, rayons};
pub use pages::routes;

/// Two people write the same text: the second is told who was first, and loses nothing of what he typed.
fn depasse(par: Option<&str>, quand: &Temps) -> Erreur {
    let par = par.unwrap_or("Une nouvelle version du portail");
    Erreur::Conflit(format!(
        "{par} a modifié ce texte le {} pendant que vous écriviez.",
        quand.jour_heure()
    ))
}

/// One act on the texts of the instance, in its historique.
async fn journaliser(
    tx: &mut Tx,
    administration: &Administration,
    action: Action,
    fait: String,
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    let entree = Entree {
        structure: None,
        action,
        concerne: None,
        demande: None,
        details: Details {
            acteur: administration.personne().nom_complet(),
            commentaire: fait,
            changements,
            ..Details::default()
        },
    };
    historique::noter(tx, administration, entree).await?;
    Ok(())
}
