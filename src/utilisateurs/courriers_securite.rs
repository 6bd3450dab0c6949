//! The mails that tell the owner what happened to the security of the account. They go to the login address and cannot be
//! switched off (spec §13).

use crate::courrier::{Usage, gabarit};

/// Confirms a new login address; goes to that address. With a token [`Usage::Adresse`].
#[derive(Debug, Clone)]
pub struct ConfirmationAdresse {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
}

impl ConfirmationAdresse {
    fn validite(&self) -> &'static str {
        Usage::Adresse.validite()
    }
}

gabarit!(
    ConfirmationAdresse,
    "confirmation_adresse",
    "courriers/confirmation_adresse.txt",
    "courriers/confirmation_adresse.html",
    |c| format!(
        "{}\u{202F}: confirmez votre nouvelle adresse de connexion",
        c.marque
    )
);

/// Tells the present address that another one was asked for (AU5). No token.
#[derive(Debug, Clone)]
pub struct AdresseDemandee {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
    /// Address asked for.
    pub nouvelle: String,
}

gabarit!(
    AdresseDemandee,
    "adresse_demandee",
    "courriers/adresse_demandee.txt",
    "courriers/adresse_demandee.html",
    |c| format!("{}\u{202F}: changement d’adresse de connexion demandé", c.marque),
    lien: |_c| "/mon-compte/adresse"
);

/// Tells the former address that it no longer signs in (AU5). No token.
#[derive(Debug, Clone)]
pub struct AdresseModifiee {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
    /// The login address from now on.
    pub nouvelle: String,
}

gabarit!(
    AdresseModifiee,
    "adresse_modifiee",
    "courriers/adresse_modifiee.txt",
    "courriers/adresse_modifiee.html",
    |c| format!("{}\u{202F}: votre adresse de connexion a été modifiée", c.marque),
    lien: |_c| "/connexion"
);

/// Somebody asked to sign in with an address that has an account. The page answered as if it were free (AU1); its owner
/// reads this. No token.
#[derive(Debug, Clone)]
pub struct AdresseDejaPrise {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
}

gabarit!(
    AdresseDejaPrise,
    "adresse_deja_prise",
    "courriers/adresse_deja_prise.txt",
    "courriers/adresse_deja_prise.html",
    |c| format!("{}\u{202F}: votre adresse a déjà un compte", c.marque),
    lien: |_c| "/connexion"
);

/// A sign-in from a browser this account was not known from. No token.
#[derive(Debug, Clone)]
pub struct NouvelleConnexion {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
    /// « 21/11/2026 à 23:57 », in Paris.
    pub quand: String,
    /// The browser in words.
    pub appareil: String,
}

gabarit!(
    NouvelleConnexion,
    "nouvelle_connexion",
    "courriers/nouvelle_connexion.txt",
    "courriers/nouvelle_connexion.html",
    |c| format!("{}\u{202F}: nouvelle connexion à votre compte", c.marque),
    lien: |_c| "/mon-compte/sessions"
);

/// A second factor was set up. No token.
#[derive(Debug, Clone)]
pub struct FacteurActive {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
}

gabarit!(
    FacteurActive,
    "facteur_active",
    "courriers/facteur_active.txt",
    "courriers/facteur_active.html",
    |c| format!("{}\u{202F}: double authentification activée", c.marque),
    lien: |_c| "/mon-compte/double-authentification"
);

/// The second factor was removed. No token.
#[derive(Debug, Clone)]
pub struct FacteurRetire {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
}

gabarit!(
    FacteurRetire,
    "facteur_retire",
    "courriers/facteur_retire.txt",
    "courriers/facteur_retire.html",
    |c| format!("{}\u{202F}: double authentification désactivée", c.marque),
    lien: |_c| "/connexion"
);

/// A recovery code opened a session. No token.
#[derive(Debug, Clone)]
pub struct CodeSecoursUtilise {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
    /// How many still serve.
    pub restants: usize,
}

impl CodeSecoursUtilise {
    fn reste(&self) -> String {
        match self.restants {
            0 => "Il ne vous en reste aucun\u{202F}: remplacez-les sans attendre.".to_owned(),
            1 => "Il vous en reste un.".to_owned(),
            n => format!("Il vous en reste {n}."),
        }
    }
}

gabarit!(
    CodeSecoursUtilise,
    "code_secours_utilise",
    "courriers/code_secours_utilise.txt",
    "courriers/code_secours_utilise.html",
    |c| format!("{}\u{202F}: un code de secours a été utilisé", c.marque),
    lien: |_c| "/mon-compte/double-authentification"
);

/// The recovery codes were replaced. No token.
#[derive(Debug, Clone)]
pub struct CodesRenouveles {
    /// First name of the recipient.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// Name of the site.
    pub marque: String,
}

gabarit!(
    CodesRenouveles,
    "codes_renouveles",
    "courriers/codes_renouveles.txt",
    "courriers/codes_renouveles.html",
    |c| format!("{}\u{202F}: vos codes de secours ont été remplacés", c.marque),
    lien: |_c| "/mon-compte/double-authentification"
);
