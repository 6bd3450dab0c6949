//! The mail of an undone decision (R-GEST-ANNULER).

use crate::courrier::gabarit;

/// To the author: the decision is undone, the request waits again (R-GEST-ANNULER).
pub struct DecisionAnnulee {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    /// It had been validated; otherwise refused.
    pub validee: bool,
    pub le: String,
    pub par: String,
}

gabarit!(
    DecisionAnnulee,
    "decision_annulee",
    "courriers/decision_annulee.txt",
    "courriers/decision_annulee.html",
    |c| format!("Décision annulée : votre demande sur {} attend de nouveau", c.structure),
    lien: |_c| "/mon-compte/rattachements"
);
