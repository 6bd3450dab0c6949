use crate::courrier::gabarit;
use crate::db::StructureId;

/// To everybody attached: the structure has another identifier (spec §13).
pub struct IdentifiantChange {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub ancien: String,
    pub nouveau: String,
    pub par: String,
    pub nouvelle: StructureId,
}

gabarit!(
    IdentifiantChange,
    "identifiant_change",
    "courriers/identifiant_change.txt",
    "courriers/identifiant_change.html",
    |c| format!("{} change d’identifiant", c.structure),
    lien: |c| format!("/structures/{}", c.nouvelle)
);
