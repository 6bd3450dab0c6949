//! Mails about a support session (spec §7 « every act of the staff … is mailed »): nobody can refuse them.

use super::lecture::PageVue;
use crate::courrier::gabarit;
use crate::db::AssistanceId;

/// To the person: an agent sees her screens from now on.
pub struct AssistanceOuverte {
    pub marque: String,
    pub nom_complet: String,
    pub agent: String,
    pub motif: String,
    /// « 14:32 », in Paris.
    pub fin: String,
}

gabarit!(
    AssistanceOuverte,
    "assistance_ouverte",
    "courriers/assistance_ouverte.txt",
    "courriers/assistance_ouverte.html",
    |c| format!("{}\u{202F}: {} voit vos écrans", c.marque, c.agent),
    lien: |_c| "/mon-compte/assistance"
);

/// One line of the transcript.
pub struct LigneReleve {
    /// « 14:07 »
    pub heure: String,
    pub libelle: String,
    pub refusee: bool,
}

impl From<&PageVue> for LigneReleve {
    fn from(page: &PageVue) -> Self {
        Self {
            heure: page.vue_le.heure().to_owned(),
            libelle: page.libelle().to_owned(),
            refusee: page.refusee,
        }
    }
}

/// To the person: it is over, and what was seen.
pub struct AssistanceReleve {
    pub marque: String,
    pub nom_complet: String,
    pub agent: String,
    pub motif: String,
    /// « 21/11/2026 à 14:02 », in Paris.
    pub debut: String,
    /// How it ended.
    pub fin: String,
    pub pages: Vec<LigneReleve>,
    pub assistance: AssistanceId,
}

gabarit!(
    AssistanceReleve,
    "assistance_releve",
    "courriers/assistance_releve.txt",
    "courriers/assistance_releve.html",
    |c| format!("{}\u{202F}: relevé de votre session d’assistance", c.marque),
    lien: |c| format!("/mon-compte/assistance/{}", c.assistance)
);
