//! Mails about the espaces (spec §9 and §13), one template each.

use crate::courrier::gabarit;
use crate::db::StructureId;

/// To the author: the request is registered, and who can decide it.
pub struct AbonnementEnregistre {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub lignes: Vec<String>,
    pub suite: String,
}

gabarit!(
    AbonnementEnregistre,
    "abonnement_enregistre",
    "courriers/abonnement_enregistre.txt",
    "courriers/abonnement_enregistre.html",
    |c| format!("Votre demande d’abonnement sur {} est enregistrée", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);

/// To each gestionnaire who can decide: a new request.
pub struct AbonnementADecider {
    pub marque: String,
    /// The structure it is about: the mail can be refused there.
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub demandeur: String,
    pub adresse: String,
    pub structure: String,
    pub lignes: Vec<String>,
    pub commentaire: String,
    pub chemin: String,
}

gabarit!(
    AbonnementADecider,
    "abonnement_a_decider",
    "courriers/abonnement_a_decider.txt",
    "courriers/abonnement_a_decider.html",
    |c| format!("{} demande des espaces sur {}", c.demandeur, c.structure),
    lien: |c| c.chemin.clone(),
    facultatif: NouvelleDemande, |c| c.structure_id
);

/// To the author: what was granted, and what was not.
pub struct AbonnementValide {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub accordees: Vec<String>,
    pub ecartees: Vec<String>,
    pub commentaire: String,
    pub par: String,
}

gabarit!(
    AbonnementValide,
    "abonnement_valide",
    "courriers/abonnement_valide.txt",
    "courriers/abonnement_valide.html",
    |c| format!("Votre abonnement sur {} est validé", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);

/// To the author: the request was refused, and why.
pub struct AbonnementRefuse {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub lignes: Vec<String>,
    pub motif: String,
    pub par: String,
}

gabarit!(
    AbonnementRefuse,
    "abonnement_refuse",
    "courriers/abonnement_refuse.txt",
    "courriers/abonnement_refuse.html",
    |c| format!("Votre demande d’abonnement sur {} est refusée", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);

/// To the author of a request that the portal closed.
pub struct AbonnementClos {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub lignes: Vec<String>,
    pub motif: String,
}

gabarit!(
    AbonnementClos,
    "abonnement_clos",
    "courriers/abonnement_clos.txt",
    "courriers/abonnement_clos.html",
    |c| format!("Votre demande d’abonnement sur {} est refusée", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);

/// To each gestionnaire who could decide: there is nothing left to do.
pub struct DemandeAbonnementRetiree {
    pub marque: String,
    /// The structure it is about: the mail can be refused there.
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub demandeur: String,
    pub structure: String,
    pub lignes: Vec<String>,
}

gabarit!(
    DemandeAbonnementRetiree,
    "demande_abonnement_retiree",
    "courriers/demande_abonnement_retiree.txt",
    "courriers/demande_abonnement_retiree.html",
    |c| format!("{} retire sa demande d’abonnement sur {}", c.demandeur, c.structure),
    lien: |_c| "/activites",
    facultatif: DemandeRetiree, |c| c.structure_id
);

/// To the person who gave up an espace: a trace, in case it was not her.
pub struct AbonnementRetire {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub ligne: String,
}

gabarit!(
    AbonnementRetire,
    "abonnement_retire",
    "courriers/abonnement_retire.txt",
    "courriers/abonnement_retire.html",
    |c| format!("Votre abonnement sur {} est retiré", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);

/// To everybody whose rights grow because a gestionnaire opened espaces to a whole service or structure.
pub struct AbonnementOuvert {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub lignes: Vec<String>,
    pub par: String,
}

gabarit!(
    AbonnementOuvert,
    "abonnement_ouvert",
    "courriers/abonnement_ouvert.txt",
    "courriers/abonnement_ouvert.html",
    |c| format!("Des espaces de {} vous sont ouverts", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);

/// To the author: the decision is undone, the request waits again (R-GEST-ANNULER).
pub struct AbonnementAnnule {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub lignes: Vec<String>,
    /// It had been validated; otherwise refused.
    pub validee: bool,
    pub le: String,
    pub par: String,
}

gabarit!(
    AbonnementAnnule,
    "abonnement_annule",
    "courriers/abonnement_annule.txt",
    "courriers/abonnement_annule.html",
    |c| format!("Décision annulée : votre demande d’abonnement sur {} attend de nouveau", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);

/// To somebody whose espaces a gestionnaire changed: before → after, espace by espace (spec §13 « More mails »).
pub struct AbonnementModifie {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub lignes: Vec<String>,
    pub par: String,
}

gabarit!(
    AbonnementModifie,
    "abonnement_modifie",
    "courriers/abonnement_modifie.txt",
    "courriers/abonnement_modifie.html",
    |c| format!("Vos espaces sur {} changent", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);

/// To somebody to whom a gestionnaire closes espaces (spec §13 « More mails »).
pub struct AbonnementFerme {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub lignes: Vec<String>,
    pub par: String,
}

gabarit!(
    AbonnementFerme,
    "abonnement_ferme",
    "courriers/abonnement_ferme.txt",
    "courriers/abonnement_ferme.html",
    |c| format!("Des espaces de {} vous sont retirés", c.structure),
    lien: |_c| "/mon-compte/abonnements"
);
