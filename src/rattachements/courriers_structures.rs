//! Mails about a structure itself: created, closed, opened again (spec §9), one template each.

use crate::courrier::gabarit;
use crate::db::StructureId;

/// To the members of a structure that is deactivated (spec §13).
pub struct StructureDesactivee {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub par: String,
}

gabarit!(
    StructureDesactivee,
    "structure_desactivee",
    "courriers/structure_desactivee.txt",
    "courriers/structure_desactivee.html",
    |c| format!("{} est désactivée", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the members of a structure that is active again (spec §13).
pub struct StructureReactivee {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub par: String,
}

gabarit!(
    StructureReactivee,
    "structure_reactivee",
    "courriers/structure_reactivee.txt",
    "courriers/structure_reactivee.html",
    |c| format!("{} est réactivée", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the person who created the fiche of a structure, and manages it (R-STR-CREER).
pub struct StructureCreee {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    /// Type and value, as the screens show them.
    pub identifiant: String,
    pub fiche: StructureId,
}

gabarit!(
    StructureCreee,
    "structure_creee",
    "courriers/structure_creee.txt",
    "courriers/structure_creee.html",
    |c| format!("Vous êtes gestionnaire principal de {}", c.structure),
    lien: |c| format!("/structures/{}", c.fiche)
);
