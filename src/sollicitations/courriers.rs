//! Mails about sollicitations (spec §9), one template each.

use super::machine::SUPPORT;
use crate::courrier::gabarit;
use crate::db::{CertificatId, SollicitationId};

/// « Le support » and « Le référent (…) » begin a sentence; the name of a structure is the same everywhere.
fn dans_une_phrase(qui: &str) -> String {
    match qui.strip_prefix("Le ") {
        Some(reste) if qui == SUPPORT || reste.starts_with("référent (") => format!("le {reste}"),
        _ => qui.to_owned(),
    }
}

/// To the author: it is registered (spec §9).
pub struct SollicitationEnregistree {
    pub marque: String,
    pub nom_complet: String,
    /// « Le support », or the structure.
    pub qui: String,
    pub reference: String,
    pub objet: String,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationEnregistree,
    "sollicitation_enregistree",
    "courriers/sollicitation_enregistree.txt",
    "courriers/sollicitation_enregistree.html",
    |c| format!("{}\u{202F}: votre sollicitation est enregistrée", c.reference),
    lien: |c| format!("/sollicitations/{}", c.sollicitation)
);

/// To who answers: a new sollicitation.
pub struct SollicitationNouvelle {
    pub marque: String,
    pub nom_complet: String,
    pub emetteur: String,
    pub adresse: String,
    pub categorie: String,
    pub reference: String,
    pub objet: String,
    /// Where the recipient opens it.
    pub racine: &'static str,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationNouvelle,
    "sollicitation_nouvelle",
    "courriers/sollicitation_nouvelle.txt",
    "courriers/sollicitation_nouvelle.html",
    |c| format!("{}\u{202F}: nouvelle sollicitation de {}", c.reference, c.emetteur),
    lien: |c| format!("{}/{}", c.racine, c.sollicitation)
);

/// To the author: an answer.
pub struct SollicitationRepondue {
    pub marque: String,
    pub nom_complet: String,
    pub qui: String,
    pub texte: String,
    pub reference: String,
    pub objet: String,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationRepondue,
    "sollicitation_repondue",
    "courriers/sollicitation_repondue.txt",
    "courriers/sollicitation_repondue.html",
    |c| format!("{}\u{202F}: {} vous a répondu", c.reference, dans_une_phrase(&c.qui)),
    lien: |c| format!("/sollicitations/{}", c.sollicitation)
);

/// To the author: he is waited for.
pub struct SollicitationEnAttente {
    pub marque: String,
    pub nom_complet: String,
    pub qui: String,
    pub texte: String,
    pub reference: String,
    pub objet: String,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationEnAttente,
    "sollicitation_en_attente",
    "courriers/sollicitation_en_attente.txt",
    "courriers/sollicitation_en_attente.html",
    |c| format!("{}\u{202F}: {} attend votre réponse", c.reference, dans_une_phrase(&c.qui)),
    lien: |c| format!("/sollicitations/{}", c.sollicitation)
);

/// To the author: it is resolved, and how.
pub struct SollicitationResolue {
    pub marque: String,
    pub nom_complet: String,
    pub qui: String,
    pub texte: String,
    pub reference: String,
    pub objet: String,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationResolue,
    "sollicitation_resolue",
    "courriers/sollicitation_resolue.txt",
    "courriers/sollicitation_resolue.html",
    |c| format!("{}\u{202F}: votre sollicitation est résolue", c.reference),
    lien: |c| format!("/sollicitations/{}", c.sollicitation)
);

/// To who is in charge, or to all who answer: the author answered or reopened, it changed hands.
pub struct SollicitationSuivie {
    pub marque: String,
    pub nom_complet: String,
    pub emetteur: String,
    pub evenement: &'static str,
    pub texte: String,
    pub reference: String,
    pub objet: String,
    /// Where the recipient opens it.
    pub racine: &'static str,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationSuivie,
    "sollicitation_suivie",
    "courriers/sollicitation_suivie.txt",
    "courriers/sollicitation_suivie.html",
    |c| format!("{}\u{202F}: {}", c.reference, c.evenement),
    lien: |c| format!("{}/{}", c.racine, c.sollicitation)
);

/// To the author: the structure passed it to the support, or a référent to another, and why.
pub struct SollicitationTransferee {
    pub marque: String,
    pub nom_complet: String,
    pub qui: String,
    /// « au support », « au référent (Académie de Lyon) ».
    pub a: String,
    pub texte: String,
    pub reference: String,
    pub objet: String,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationTransferee,
    "sollicitation_transferee",
    "courriers/sollicitation_transferee.txt",
    "courriers/sollicitation_transferee.html",
    |c| format!("{}\u{202F}: votre sollicitation passe {}", c.reference, c.a),
    lien: |c| format!("/sollicitations/{}", c.sollicitation)
);

/// To the gestionnaire principal in place: a certificate that names somebody else was sent (R-SUP-CONTESTATION).
pub struct ChangementDemande {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    /// Who would replace him, with the login.
    pub successeur: String,
    pub certificat: CertificatId,
}

gabarit!(
    ChangementDemande,
    "changement_demande",
    "courriers/changement_demande.txt",
    "courriers/changement_demande.html",
    |c| format!("Un changement de gestionnaire principal est demandé pour {}", c.structure),
    lien: |c| format!("/certificats/{}/contestation", c.certificat)
);

/// To the gestionnaire principal who is replaced: by whom, and where he may contest it.
pub struct GestionnaireRemplace {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    /// With the login.
    pub successeur: String,
    pub motif: String,
    /// Left to contest.
    pub jours: i32,
    pub certificat: CertificatId,
}

gabarit!(
    GestionnaireRemplace,
    "gestionnaire_remplace",
    "courriers/gestionnaire_remplace.txt",
    "courriers/gestionnaire_remplace.html",
    |c| format!("Le support a changé le gestionnaire principal de {}", c.structure),
    lien: |c| format!("/certificats/{}/contestation", c.certificat)
);

/// To the gestionnaire principal in place: the change that was asked will not be made.
pub struct ChangementAbandonne {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    /// With the login.
    pub successeur: String,
}

gabarit!(
    ChangementAbandonne,
    "changement_abandonne",
    "courriers/changement_abandonne.txt",
    "courriers/changement_abandonne.html",
    |c| format!("Vous restez gestionnaire principal de {}", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the author: the signed certificate is refused, and why.
pub struct CertificatRefuse {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub reference: String,
    pub motif: String,
    pub sollicitation: SollicitationId,
}

gabarit!(
    CertificatRefuse,
    "certificat_refuse",
    "courriers/certificat_refuse.txt",
    "courriers/certificat_refuse.html",
    |c| format!("{}\u{202F}: le certificat administratif est refusé", c.reference),
    lien: |c| format!("/sollicitations/{}", c.sollicitation)
);

/// To the référent who proposed the first gestionnaire principal of a structure: what the desk decided.
pub struct DesignationTranchee {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    /// Of the sollicitation that holds the signed document.
    pub reference: String,
    /// With the login.
    pub successeur: String,
    pub agent: String,
    /// Named; otherwise the certificate is refused.
    pub execute: bool,
    pub motif: String,
}

gabarit!(
    DesignationTranchee,
    "designation_tranchee",
    "courriers/designation_tranchee.txt",
    "courriers/designation_tranchee.html",
    |c| if c.execute {
        format!("{} a un gestionnaire principal", c.structure)
    } else {
        format!("{}\u{202F}: le certificat administratif est refusé", c.structure)
    },
    lien: |_c| "/referent"
);
