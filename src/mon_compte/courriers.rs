//! The mails about a person's own account: left, coming back, about to be erased, contact address changed (spec §9). All are
//! obligatory.

use crate::courrier::gabarit;

/// To the login address: the account is deactivated. With a token `Usage::Reactivation`.
pub struct CompteDesactive {
    pub marque: String,
    pub prenom: String,
    pub nom: String,
    /// « 21/01/2027 à 14:32 »
    pub fin: String,
}

gabarit!(
    CompteDesactive,
    "compte_desactive",
    "courriers/compte_desactive.txt",
    "courriers/compte_desactive.html",
    |c| format!("{}\u{202F}: votre compte est désactivé", c.marque)
);

/// The link of return, asked again. With a token `Usage::Reactivation`.
pub struct LienDeReactivation {
    pub marque: String,
    pub prenom: String,
    pub nom: String,
    pub fin: String,
}

gabarit!(
    LienDeReactivation,
    "lien_de_reactivation",
    "courriers/lien_de_reactivation.txt",
    "courriers/lien_de_reactivation.html",
    |c| format!("{}\u{202F}: réactivez votre compte", c.marque)
);

/// Seven days before the erasure. With a token `Usage::Reactivation`.
pub struct CompteBientotEfface {
    pub marque: String,
    pub prenom: String,
    pub nom: String,
    pub fin: String,
}

gabarit!(
    CompteBientotEfface,
    "compte_bientot_efface",
    "courriers/compte_bientot_efface.txt",
    "courriers/compte_bientot_efface.html",
    |c| format!(
        "{}\u{202F}: votre compte sera effacé le {}",
        c.marque, c.fin
    )
);

/// The account is active again, and what came back with it.
pub struct CompteReactive {
    pub marque: String,
    pub prenom: String,
    pub nom: String,
    /// One sentence per rattachement.
    pub retrouves: Vec<String>,
    pub perdus: Vec<String>,
}

gabarit!(
    CompteReactive,
    "compte_reactive",
    "courriers/compte_reactive.txt",
    "courriers/compte_reactive.html",
    |c| format!("{}\u{202F}: votre compte est de nouveau actif", c.marque),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the former contact address, and to the login address.
pub struct AdresseContactModifiee {
    pub marque: String,
    pub prenom: String,
    pub nom: String,
    pub nouvelle: String,
}

gabarit!(
    AdresseContactModifiee,
    "adresse_contact_modifiee",
    "courriers/adresse_contact_modifiee.txt",
    "courriers/adresse_contact_modifiee.html",
    |c| format!("{}\u{202F}: votre adresse de contact est modifiée", c.marque),
    lien: |_c| "/mon-compte"
);
