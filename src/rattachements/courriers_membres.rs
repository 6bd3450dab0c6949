//! Mails about what a gestionnaire does with the rattachement of a user (spec §9, §13), and about its end.

use crate::courrier::gabarit;
use crate::db::StructureId;
use crate::historique::Changement;

const MES_RATTACHEMENTS: &str = "/mon-compte/rattachements";

/// To the person: a gestionnaire deactivated the rattachement.
pub struct RattachementDesactive {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub perimetre: String,
    pub par: String,
}

gabarit!(
    RattachementDesactive,
    "rattachement_desactive",
    "courriers/rattachement_desactive.txt",
    "courriers/rattachement_desactive.html",
    |c| format!("Votre rattachement à {} est désactivé", c.structure),
    lien: |_c| MES_RATTACHEMENTS
);

/// To the person: it is in force again.
pub struct RattachementReactive {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub role: &'static str,
    pub perimetre: String,
    pub par: String,
}

gabarit!(
    RattachementReactive,
    "rattachement_reactive",
    "courriers/rattachement_reactive.txt",
    "courriers/rattachement_reactive.html",
    |c| format!("Votre rattachement à {} est réactivé", c.structure),
    lien: |_c| MES_RATTACHEMENTS
);

/// To the person: role, services, dates or rights, before and after.
pub struct RattachementModifie {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub par: String,
    pub commentaire: String,
    pub changements: Vec<Changement>,
}

impl RattachementModifie {
    /// What is not the same any more: field, before, after.
    fn differences(&self) -> Vec<(&str, &str, &str)> {
        let differents = self.changements.iter().filter(|c| c.avant != c.apres);
        differents
            .map(|c| (c.champ.as_str(), rien(&c.avant), rien(&c.apres)))
            .collect()
    }
}

fn rien(valeur: &str) -> &str {
    if valeur.is_empty() { "rien" } else { valeur }
}

gabarit!(
    RattachementModifie,
    "rattachement_modifie",
    "courriers/rattachement_modifie.txt",
    "courriers/rattachement_modifie.html",
    |c| format!("Votre rattachement à {} est modifié", c.structure),
    lien: |_c| MES_RATTACHEMENTS
);

/// To the person, 30 and 7 days before the end (R-GEST-ECHEANCES).
pub struct FinProche {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub jours: i16,
    /// The last day, JJ/MM/AAAA.
    pub fin: String,
    /// Who can extend it.
    pub gestionnaires: String,
}

gabarit!(
    FinProche,
    "fin_proche",
    "courriers/fin_proche.txt",
    "courriers/fin_proche.html",
    |c| format!("Votre rattachement à {} se termine le {}", c.structure, c.fin),
    lien: |_c| MES_RATTACHEMENTS
);

/// To each gestionnaire who can extend it.
pub struct FinProcheGestionnaire {
    pub marque: String,
    /// The structure it is about: the mail can be refused there.
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub utilisateur: String,
    pub structure: String,
    pub jours: i16,
    pub fin: String,
    pub chemin: String,
}

gabarit!(
    FinProcheGestionnaire,
    "fin_proche_gestionnaire",
    "courriers/fin_proche_gestionnaire.txt",
    "courriers/fin_proche_gestionnaire.html",
    |c| format!("Le rattachement de {} à {} se termine le {}", c.utilisateur, c.structure, c.fin),
    lien: |c| c.chemin.clone(),
    facultatif: Mouvement, |c| c.structure_id
);
