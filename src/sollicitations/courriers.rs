//! Mails about sollicitations (spec §9), one template each.

use crate::courrier::gabarit;
use crate::db::SollicitationId;

/// To the author: it is registered (spec §9).
pub struct SollicitationEnregistree {
    pub marque: String,
    pub nom_complet: String,
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

/// To the desk: a new sollicitation.
pub struct SollicitationNouvelle {
    pub marque: String,
    pub nom_complet: String,
    pub emetteur: String,
    pub adresse: String,
    pub categorie: &'static str,
    pub reference: String,
    pub objet: String,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationNouvelle,
    "sollicitation_nouvelle",
    "courriers/sollicitation_nouvelle.txt",
    "courriers/sollicitation_nouvelle.html",
    |c| format!("{}\u{202F}: nouvelle sollicitation de {}", c.reference, c.emetteur),
    lien: |c| format!("/support/sollicitations/{}", c.sollicitation)
);

/// To the author: the desk answered.
pub struct SollicitationRepondue {
    pub marque: String,
    pub nom_complet: String,
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
    |c| format!("{}\u{202F}: le support vous a répondu", c.reference),
    lien: |c| format!("/sollicitations/{}", c.sollicitation)
);

/// To the author: the desk waits for him.
pub struct SollicitationEnAttente {
    pub marque: String,
    pub nom_complet: String,
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
    |c| format!("{}\u{202F}: le support attend votre réponse", c.reference),
    lien: |c| format!("/sollicitations/{}", c.sollicitation)
);

/// To the author: it is resolved, and how.
pub struct SollicitationResolue {
    pub marque: String,
    pub nom_complet: String,
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

/// To the agent in charge, or to the desk: the author answered or reopened.
pub struct SollicitationSuivie {
    pub marque: String,
    pub nom_complet: String,
    pub emetteur: String,
    pub evenement: &'static str,
    pub texte: String,
    pub reference: String,
    pub objet: String,
    pub sollicitation: SollicitationId,
}

gabarit!(
    SollicitationSuivie,
    "sollicitation_suivie",
    "courriers/sollicitation_suivie.txt",
    "courriers/sollicitation_suivie.html",
    |c| format!("{}\u{202F}: {}", c.reference, c.evenement),
    lien: |c| format!("/support/sollicitations/{}", c.sollicitation)
);
