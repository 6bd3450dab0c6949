use crate::courrier::gabarit;
use crate::db::StructureId;

/// To the others who manage the structure: a bank account was added or changed. Never with the whole IBAN.
pub struct CoordonneeChangee {
    pub marque: String,
    pub nom_complet: String,
    pub structure_id: StructureId,
    pub structure: String,
    pub par: String,
    /// « a créé une coordonnée bancaire ».
    pub quoi: &'static str,
    pub libelle: String,
    pub masque: String,
}

gabarit!(
    CoordonneeChangee,
    "coordonnee_changee",
    "courriers/coordonnee_changee.txt",
    "courriers/coordonnee_changee.html",
    |c| format!("Coordonnées bancaires de {} modifiées", c.structure),
    lien: |c| format!("/structures/{}/coordonnees-bancaires", c.structure_id)
);
