//! Mails about requests and rattachements (spec §9), one template each.

use crate::courrier::gabarit;

/// To the author: the request was accepted.
pub struct RattachementValide {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub role: &'static str,
    pub perimetre: String,
    pub par: String,
}

gabarit!(
    RattachementValide,
    "rattachement_valide",
    "courriers/rattachement_valide.txt",
    "courriers/rattachement_valide.html",
    |c| format!("Votre rattachement à {} est validé", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the author: the request was refused, and why.
pub struct RattachementRefuse {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub motif: String,
    pub par: String,
}

gabarit!(
    RattachementRefuse,
    "rattachement_refuse",
    "courriers/rattachement_refuse.txt",
    "courriers/rattachement_refuse.html",
    |c| format!("Votre demande de rattachement à {} est refusée", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the person a gestionnaire attached on his own initiative (seed 001 §7).
pub struct RattachementParGestionnaire {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub role: &'static str,
    pub perimetre: String,
    pub par: String,
    pub commentaire: String,
}

gabarit!(
    RattachementParGestionnaire,
    "rattachement_par_gestionnaire",
    "courriers/rattachement_par_gestionnaire.txt",
    "courriers/rattachement_par_gestionnaire.html",
    |c| format!("Vous êtes rattaché(e) à {}", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the first gestionnaire principal of a structure: he is named, these requests wait for him (decisions 3).
pub struct GestionnaireDesigne {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub motif: String,
    pub reactivee: bool,
    pub demandes: Vec<String>,
    /// How many more than those named.
    pub autres: usize,
}

gabarit!(
    GestionnaireDesigne,
    "gestionnaire_designe",
    "courriers/gestionnaire_designe.txt",
    "courriers/gestionnaire_designe.html",
    |c| format!("Vous êtes gestionnaire principal de {}", c.structure),
    lien: |_c| "/activites"
);
