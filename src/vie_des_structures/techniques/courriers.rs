//! Mails about a technical account (spec §9): to the gestionnaire principal, and to whoever runs the information system. None
//! carries a secret.

use crate::courrier::gabarit;

/// What every one of them says.
pub struct Avis {
    pub marque: String,
    /// Empty: an address without account.
    pub nom_complet: String,
    pub structure: String,
    pub chemin: String,
}

/// The account was created.
pub struct TechniqueCree {
    pub avis: Avis,
    pub identifiant: String,
    pub par: String,
    pub expire: String,
}

/// Its password was reset.
pub struct TechniqueReinitialise {
    pub avis: Avis,
    pub identifiant: String,
    pub par: String,
    pub expire: String,
    /// Until when the old one is accepted; none: not any more.
    pub ancien: Option<String>,
}

/// It was activated, deactivated or deleted.
pub struct TechniqueModifie {
    pub avis: Avis,
    pub identifiant: String,
    pub par: String,
    pub fait: &'static str,
}

/// Its password ends soon: 60, 30, 15 days or 1 day before.
pub struct TechniqueExpire {
    pub avis: Avis,
    pub identifiant: String,
    pub expire: String,
}

macro_rules! deref_avis {
    ($($type:ident),*) => {$(
        impl std::ops::Deref for $type {
            type Target = Avis;
            fn deref(&self) -> &Avis {
                &self.avis
            }
        }
    )*};
}
deref_avis!(
    TechniqueCree,
    TechniqueReinitialise,
    TechniqueModifie,
    TechniqueExpire
);

gabarit!(
    TechniqueCree,
    "technique_cree",
    "courriers/technique_cree.txt",
    "courriers/technique_cree.html",
    |c| format!("Utilisateur technique de {} créé", c.structure),
    lien: |c| c.chemin.clone()
);

gabarit!(
    TechniqueReinitialise,
    "technique_reinitialise",
    "courriers/technique_reinitialise.txt",
    "courriers/technique_reinitialise.html",
    |c| format!("Mot de passe de l’utilisateur technique de {} réinitialisé", c.structure),
    lien: |c| c.chemin.clone()
);

gabarit!(
    TechniqueModifie,
    "technique_modifie",
    "courriers/technique_modifie.txt",
    "courriers/technique_modifie.html",
    |c| format!("Utilisateur technique de {} {}", c.structure, c.fait),
    lien: |c| c.chemin.clone()
);

gabarit!(
    TechniqueExpire,
    "technique_expire",
    "courriers/technique_expire.txt",
    "courriers/technique_expire.html",
    |c| format!("Le mot de passe de l’utilisateur technique de {} expire le {}", c.structure, c.expire),
    lien: |c| c.chemin.clone()
);
