//! Mails about requests and rattachements (spec §9), one template each.

use crate::courrier::gabarit;
use crate::db::StructureId;

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

/// To each gestionnaire who can decide: a new request (spec §9).
pub struct DemandeADecider {
    pub marque: String,
    /// The structure it is about: the mail can be refused there.
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub demandeur: String,
    pub adresse: String,
    pub structure: String,
    pub role: &'static str,
    pub perimetre: String,
    pub commentaire: String,
    pub chemin: String,
}

gabarit!(
    DemandeADecider,
    "demande_a_decider",
    "courriers/demande_a_decider.txt",
    "courriers/demande_a_decider.html",
    |c| format!("{} demande son rattachement à {}", c.demandeur, c.structure),
    lien: |c| c.chemin.clone(),
    facultatif: NouvelleDemande, |c| c.structure_id
);

/// To each gestionnaire who can decide: the author waits (R-COMPTE-RATTACHEMENTS).
pub struct DemandeRelancee {
    pub marque: String,
    /// The structure it is about: the mail can be refused there.
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub demandeur: String,
    pub adresse: String,
    pub structure: String,
    pub role: &'static str,
    pub perimetre: String,
    pub commentaire: String,
    pub depuis: String,
    pub chemin: String,
}

gabarit!(
    DemandeRelancee,
    "demande_relancee",
    "courriers/demande_relancee.txt",
    "courriers/demande_relancee.html",
    |c| format!("Relance : {} attend votre décision sur {}", c.demandeur, c.structure),
    lien: |c| c.chemin.clone(),
    facultatif: Relance, |c| c.structure_id
);

/// To each gestionnaire who can decide: the request has waited for 3, 7 or 14 days (spec §9).
pub struct DemandeRappelee {
    pub marque: String,
    /// The structure it is about: the mail can be refused there.
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub jours: i32,
    pub demandeur: String,
    pub adresse: String,
    pub structure: String,
    pub role: &'static str,
    pub perimetre: String,
    pub commentaire: String,
    pub depuis: String,
    pub chemin: String,
}

gabarit!(
    DemandeRappelee,
    "demande_rappelee",
    "courriers/demande_rappelee.txt",
    "courriers/demande_rappelee.html",
    |c| format!("Rappel\u{202F}: {} attend votre décision sur {} depuis {} jours", c.demandeur, c.structure, c.jours),
    lien: |c| c.chemin.clone(),
    facultatif: Relance, |c| c.structure_id
);

/// To the support, or to the référents: a request waits and nobody answers (R-STR-SANS-GP, spec §9).
pub struct DemandeSignalee {
    pub marque: String,
    pub nom_complet: String,
    pub demandeur: String,
    pub adresse: String,
    pub structure: String,
    pub identifiant: String,
    pub depuis: String,
    pub qui_decide: String,
    /// Where the recipient opens it, and the words of the link.
    pub suite: (String, &'static str),
}

gabarit!(
    DemandeSignalee,
    "demande_signalee",
    "courriers/demande_signalee.txt",
    "courriers/demande_signalee.html",
    |c| format!("Demande de rattachement sans réponse\u{202F}: {}", c.structure),
    lien: |c| c.suite.0.clone()
);

/// To each gestionnaire who could decide: there is nothing left to do.
pub struct DemandeRetiree {
    pub marque: String,
    /// The structure it is about: the mail can be refused there.
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub demandeur: String,
    pub structure: String,
}

gabarit!(
    DemandeRetiree,
    "demande_retiree",
    "courriers/demande_retiree.txt",
    "courriers/demande_retiree.html",
    |c| format!("{} retire sa demande de rattachement à {}", c.demandeur, c.structure),
    lien: |_c| "/activites",
    facultatif: DemandeRetiree, |c| c.structure_id
);

/// To the author: the request is registered, and who can decide it (spec §9).
pub struct DemandeEnregistree {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub role: &'static str,
    pub perimetre: String,
    pub suite: String,
}

gabarit!(
    DemandeEnregistree,
    "demande_enregistree",
    "courriers/demande_enregistree.txt",
    "courriers/demande_enregistree.html",
    |c| format!("Votre demande de rattachement à {} est enregistrée", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the person who is no longer attached.
pub struct RattachementSupprime {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub perimetre: String,
    pub par: String,
}

gabarit!(
    RattachementSupprime,
    "rattachement_supprime",
    "courriers/rattachement_supprime.txt",
    "courriers/rattachement_supprime.html",
    |c| format!("Votre rattachement à {} est supprimé", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the gestionnaire principal: somebody left by himself.
pub struct DepartUtilisateur {
    pub marque: String,
    /// The structure it is about: the mail can be refused there.
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub partant: String,
    pub structure: String,
    pub perimetre: String,
}

gabarit!(
    DepartUtilisateur,
    "depart_utilisateur",
    "courriers/depart_utilisateur.txt",
    "courriers/depart_utilisateur.html",
    |c| format!("{} quitte {}", c.partant, c.structure),
    lien: |_c| "/activites",
    facultatif: Mouvement, |c| c.structure_id
);

/// To the former gestionnaire principal.
pub struct RoleTransmis {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub successeur: String,
    pub adresse: String,
}

gabarit!(
    RoleTransmis,
    "role_transmis",
    "courriers/role_transmis.txt",
    "courriers/role_transmis.html",
    |c| format!("Vous n’êtes plus gestionnaire principal de {}", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the new gestionnaire principal, who may transfer it in turn (decisions 14).
pub struct RoleRecu {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub par: String,
}

gabarit!(
    RoleRecu,
    "role_recu",
    "courriers/role_recu.txt",
    "courriers/role_recu.html",
    |c| format!("Vous êtes gestionnaire principal de {}", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the other gestionnaires of the structure.
pub struct RoleChange {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub ancien: String,
    pub successeur: String,
    pub adresse: String,
}

gabarit!(
    RoleChange,
    "role_change",
    "courriers/role_change.txt",
    "courriers/role_change.html",
    |c| format!("{} est gestionnaire principal de {}", c.successeur, c.structure),
    lien: |_c| "/activites"
);

/// To the author of a request closed by the deactivation of the structure (decisions 3).
pub struct DemandeClose {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub motif: String,
}

gabarit!(
    DemandeClose,
    "demande_close",
    "courriers/demande_close.txt",
    "courriers/demande_close.html",
    |c| format!("Votre demande de rattachement à {} est refusée", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the author: the structure goes on under another identifier, and so does the request.
pub struct DemandeReprise {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub identifiant: String,
}

gabarit!(
    DemandeReprise,
    "demande_reprise",
    "courriers/demande_reprise.txt",
    "courriers/demande_reprise.html",
    |c| format!("Votre demande de rattachement à {} continue", c.structure),
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
