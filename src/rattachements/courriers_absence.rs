//! The mails about an account that leaves for a while, to the gestionnaire principal (R-COMPTE-DESACTIVER).

use crate::courrier::gabarit;
use crate::db::StructureId;

/// To the gestionnaire principal: somebody deactivated his account (R-COMPTE-DESACTIVER).
pub struct CompteAbsent {
    pub marque: String,
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub partant: String,
    pub structure: String,
    pub role: &'static str,
}

gabarit!(
    CompteAbsent,
    "compte_absent",
    "courriers/compte_absent.txt",
    "courriers/compte_absent.html",
    |c| format!("{} désactive son compte", c.partant),
    lien: |_c| "/activites",
    facultatif: Mouvement, |c| c.structure_id
);

/// To the gestionnaire principal: that person is back.
pub struct CompteDeRetour {
    pub marque: String,
    pub structure_id: StructureId,
    pub nom_complet: String,
    pub revenant: String,
    pub structure: String,
    pub role: &'static str,
}

gabarit!(
    CompteDeRetour,
    "compte_de_retour",
    "courriers/compte_de_retour.txt",
    "courriers/compte_de_retour.html",
    |c| format!("{} réactive son compte", c.revenant),
    lien: |_c| "/activites",
    facultatif: Mouvement, |c| c.structure_id
);
