//! Mails about the accounts of the staff: nobody can refuse them.

use crate::courrier::gabarit;

/// To a member of the staff: an administrateur changed his account.
pub struct EquipeModifiee {
    pub marque: String,
    pub nom_complet: String,
    /// What was done, as a sentence.
    pub fait: String,
    pub par: String,
    pub motif: String,
}

gabarit!(
    EquipeModifiee,
    "equipe_modifiee",
    "courriers/equipe_modifiee.txt",
    "courriers/equipe_modifiee.html",
    |c| format!("{}\u{202F}: votre compte de l’équipe a changé", c.marque),
    lien: |_c| "/connexion"
);
