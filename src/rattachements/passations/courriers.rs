//! Mails of a programmed handover (spec §9 « scheduled handover »), one template each; a template speaks to the one who
//! gives, the one who receives, or another gestionnaire.

use crate::courrier::gabarit;

/// Whom a mail speaks to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pour {
    Cedant,
    Successeur,
    Autre,
}

/// What every mail about a handover says.
pub struct Annonce {
    pub marque: String,
    pub nom_complet: String,
    pub structure: String,
    pub cedant: String,
    pub successeur: String,
    /// Login of the successor.
    pub adresse: String,
    /// JJ/MM/AAAA.
    pub le: String,
    pub pour: Pour,
}

const RATTACHEMENTS: &str = "/mon-compte/rattachements";

/// Where the reader can do something about it.
fn lien(annonce: &Annonce) -> &'static str {
    match annonce.pour {
        Pour::Cedant | Pour::Successeur => RATTACHEMENTS,
        Pour::Autre => "/activites",
    }
}

macro_rules! annonce {
    ($($type:ident),*) => {$(
        impl std::ops::Deref for $type {
            type Target = Annonce;
            fn deref(&self) -> &Annonce {
                &self.annonce
            }
        }
    )*};
}

/// To the GP, the successor and the other gestionnaires: a day is set.
pub struct PassationProgrammee {
    pub annonce: Annonce,
}

gabarit!(
    PassationProgrammee,
    "passation_programmee",
    "courriers/passation_programmee.txt",
    "courriers/passation_programmee.html",
    |c| match c.pour {
        Pour::Cedant => format!("Passation de {} programmée le {}", c.structure, c.le),
        Pour::Successeur => format!(
            "Vous deviendrez gestionnaire principal de {} le {}",
            c.structure, c.le
        ),
        Pour::Autre => format!(
            "{} deviendra gestionnaire principal de {} le {}",
            c.successeur, c.structure, c.le
        ),
    },
    lien: |c| lien(c)
);

/// To the GP and the successor, 7 days and 1 day before.
pub struct PassationApproche {
    pub annonce: Annonce,
    /// Days left.
    pub dans: i32,
}

impl PassationApproche {
    /// « Demain », « Dans 7 jours ».
    pub fn quand(&self) -> String {
        if self.dans <= 1 {
            "Demain".to_owned()
        } else {
            format!("Dans {} jours", self.dans)
        }
    }
}

gabarit!(
    PassationApproche,
    "passation_approche",
    "courriers/passation_approche.txt",
    "courriers/passation_approche.html",
    |c| match c.pour {
        Pour::Cedant => format!("{}, vous transmettez {}", c.quand(), c.structure),
        Pour::Successeur | Pour::Autre => format!(
            "{}, vous devenez gestionnaire principal de {}",
            c.quand(),
            c.structure
        ),
    },
    lien: |c| lien(c)
);

/// To those who had been told: the GP changed his mind.
pub struct PassationAnnulee {
    pub annonce: Annonce,
}

gabarit!(
    PassationAnnulee,
    "passation_annulee",
    "courriers/passation_annulee.txt",
    "courriers/passation_annulee.html",
    |c| format!("La passation de {} est annulée", c.structure),
    lien: |c| lien(c)
);

/// To the GP and the successor: it will not happen, and why.
pub struct PassationCaduque {
    pub annonce: Annonce,
    /// A sentence.
    pub motif: String,
}

gabarit!(
    PassationCaduque,
    "passation_caduque",
    "courriers/passation_caduque.txt",
    "courriers/passation_caduque.html",
    |c| format!("La passation de {} n’aura pas lieu", c.structure),
    lien: |c| lien(c)
);

annonce!(
    PassationProgrammee,
    PassationApproche,
    PassationAnnulee,
    PassationCaduque
);
