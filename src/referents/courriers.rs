//! Mails of the référents (spec §13 « More mails »), one template each. Acts of the staff cannot be switched off.

use crate::courrier::{Usage, gabarit};

/// To a person without account: confirm what was asked. With a token [`Usage::DemandeDeCompte`].
pub struct DemandeDeCompteAConfirmer {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
}

impl DemandeDeCompteAConfirmer {
    fn validite(&self) -> &'static str {
        Usage::DemandeDeCompte.validite()
    }
}

gabarit!(
    DemandeDeCompteAConfirmer,
    "demande_de_compte_a_confirmer",
    "courriers/demande_de_compte_a_confirmer.txt",
    "courriers/demande_de_compte_a_confirmer.html",
    |c| format!("{}\u{202F}: confirmez votre demande de compte", c.marque)
);

/// To whoever has an account already: nothing to ask.
pub struct DemandeDeCompteInutile {
    pub marque: String,
    pub nom_complet: String,
}

gabarit!(
    DemandeDeCompteInutile,
    "demande_de_compte_inutile",
    "courriers/demande_de_compte_inutile.txt",
    "courriers/demande_de_compte_inutile.html",
    |c| format!("{}\u{202F}: vous avez déjà un compte", c.marque),
    lien: |_c| "/connexion"
);

/// To the person: the request is received.
pub struct DemandeDeCompteRecue {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    /// « Le référent (Académie de Lyon) », « Le support ».
    pub qui: String,
}

gabarit!(
    DemandeDeCompteRecue,
    "demande_de_compte_recue",
    "courriers/demande_de_compte_recue.txt",
    "courriers/demande_de_compte_recue.html",
    |c| format!("{}\u{202F}: votre demande de compte est reçue", c.marque)
);

/// To who answers.
pub struct DemandeDeCompteNouvelle {
    pub marque: String,
    pub nom_complet: String,
    pub demandeur: String,
    pub adresse: String,
    pub structure: String,
    /// Which référents pass it on, and why; `None`: it is new.
    pub transmise: Option<String>,
    pub chemin: String,
}

gabarit!(
    DemandeDeCompteNouvelle,
    "demande_de_compte_nouvelle",
    "courriers/demande_de_compte_nouvelle.txt",
    "courriers/demande_de_compte_nouvelle.html",
    |c| format!("{} demande un compte PIGP", c.demandeur),
    lien: |c| c.chemin.clone()
);

/// To the person: others will answer, and why.
pub struct DemandeDeCompteTransmise {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    /// « Le référent (Académie de Grenoble) ».
    pub qui: String,
    pub motif: String,
}

gabarit!(
    DemandeDeCompteTransmise,
    "demande_de_compte_transmise",
    "courriers/demande_de_compte_transmise.txt",
    "courriers/demande_de_compte_transmise.html",
    |c| format!(
        "{}\u{202F}: votre demande de compte est transmise",
        c.marque
    )
);

/// To the person: it is answered.
pub struct DemandeDeCompteTraitee {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub qui: String,
    /// Why not; `None`: an account is created.
    pub motif: Option<String>,
}

gabarit!(
    DemandeDeCompteTraitee,
    "demande_de_compte_traitee",
    "courriers/demande_de_compte_traitee.txt",
    "courriers/demande_de_compte_traitee.html",
    |c| format!("{}\u{202F}: votre demande de compte est traitée", c.marque)
);

/// What an act changed on an account, to its holder, and to whom it now belongs.
pub struct ActeSurCompte {
    pub marque: String,
    pub nom_complet: String,
    pub titre: &'static str,
    /// What was done, by whom.
    pub phrase: String,
    pub changements: Vec<String>,
    pub motif: String,
    /// Where the button leads, and its words.
    pub suite: (String, &'static str),
}

gabarit!(
    ActeSurCompte,
    "acte_sur_compte_pigp",
    "courriers/acte_sur_compte_pigp.txt",
    "courriers/acte_sur_compte_pigp.html",
    |c| format!("{}\u{202F}: {}", c.marque, c.titre.to_lowercase()),
    lien: |c| c.suite.0.clone()
);

/// To the gestionnaire principal: who creates the accounts of the structure from now on.
pub struct StructurePigp {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub passe: bool,
    pub qui: String,
    pub motif: String,
    pub chemin: String,
}

gabarit!(
    StructurePigp,
    "structure_pigp",
    "courriers/structure_pigp.txt",
    "courriers/structure_pigp.html",
    |c| format!("{}\u{202F}: les comptes de {}", c.marque, c.structure),
    lien: |c| c.chemin.clone()
);
