//! The mails of accounts. Their links, when they carry one, come from a token (`courrier::deposer_avec_jeton`).

use crate::courrier::{Usage, gabarit};

/// A new account: choose a password (R-COMPTE-ACTIVER). With a token [`Usage::Activation`].
#[derive(Debug, Clone)]
pub struct Activation {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Who asked for it, as that person wrote it, when it was somebody else (R-COMPTE-TIERS).
    pub demandeur: Option<String>,
    /// Name of the site.
    pub marque: String,
}

impl Activation {
    fn validite(&self) -> &'static str {
        Usage::Activation.validite()
    }
}

gabarit!(
    Activation,
    "activation",
    "courriers/activation.txt",
    "courriers/activation.html",
    |c| format!("{}\u{202F}: activez votre compte", c.marque)
);

/// Forgotten password. With a token [`Usage::MotDePasse`].
#[derive(Debug, Clone)]
pub struct MotDePasseOublie {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
}

impl MotDePasseOublie {
    fn validite(&self) -> &'static str {
        Usage::MotDePasse.validite()
    }
}

gabarit!(
    MotDePasseOublie,
    "mot_de_passe_oublie",
    "courriers/mot_de_passe_oublie.txt",
    "courriers/mot_de_passe_oublie.html",
    |c| format!("{}\u{202F}: choisissez un nouveau mot de passe", c.marque)
);

/// Tells the owner that the password changed (AU5). No token.
#[derive(Debug, Clone)]
pub struct MotDePasseModifie {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
}

gabarit!(
    MotDePasseModifie,
    "mot_de_passe_modifie",
    "courriers/mot_de_passe_modifie.txt",
    "courriers/mot_de_passe_modifie.html",
    |c| format!("{}\u{202F}: votre mot de passe a été modifié", c.marque),
    lien: |_c| "/connexion"
);

/// Somebody asked for an account with an address that has one. The page answers as if it were free, so that nobody
/// learns who has an account (AU1); the owner reads this. No token.
#[derive(Debug, Clone)]
pub struct AdresseDejaConnue {
    /// First name of the owner.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
}

gabarit!(
    AdresseDejaConnue,
    "adresse_deja_connue",
    "courriers/adresse_deja_connue.txt",
    "courriers/adresse_deja_connue.html",
    |c| format!("{}\u{202F}: vous avez déjà un compte", c.marque),
    lien: |_c| "/connexion"
);
