use crate::courrier::Joignable;
use crate::db::{StructureId, Temps};
use crate::structures;
use crate::web::Erreur;

/// What every request under the lock of its structure has.
pub struct Demande<I> {
    pub id: I,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub structure_active: bool,
    pub auteur: Joignable,
    /// The account allows a validation.
    pub compte_ouvert: bool,
    pub statut: String,
    pub traitee_par: Option<String>,
    pub traitee_le: Option<Temps>,
}

impl<I> Demande<I> {
    /// Still to be decided, on a structure that allows it (failure-modes R8).
    ///
    /// # Errors
    /// `Conflit`.
    pub fn decidable(&self) -> Result<(), Erreur> {
        if self.statut != "en_cours_de_validation" {
            return Err(Erreur::Conflit(structures::deja_traitee(
                &self.statut,
                self.traitee_par.as_deref(),
                self.traitee_le.as_ref(),
            )));
        }
        if !self.structure_active {
            return Err(Erreur::Conflit(
                "Cette structure est désactivée\u{202F}: la demande ne peut plus être traitée."
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

/// Between the reading under the locks and the writing, nothing can decide it: should it happen, nothing is written.
pub fn tranchees(attendues: usize, faites: usize) -> Result<(), Erreur> {
    if attendues == faites {
        Ok(())
    } else {
        Err(Erreur::Conflit(
            "Cette demande vient d’être traitée par quelqu’un d’autre.".to_owned(),
        ))
    }
}
