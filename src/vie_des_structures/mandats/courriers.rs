use crate::courrier::gabarit;

/// To the gestionnaires principaux of both: a structure invoices for another one from a day on.
pub struct MandatDonne {
    pub marque: String,
    pub nom_complet: String,
    pub mandante: String,
    pub mandataire: String,
    /// « du … au … », « à partir du … ».
    pub dates: String,
    pub par: String,
}

gabarit!(
    MandatDonne,
    "mandat_donne",
    "courriers/mandat_donne.txt",
    "courriers/mandat_donne.html",
    |c| format!("{} facture pour {}", c.mandataire, c.mandante),
    lien: |_c| "/mon-compte/rattachements"
);

/// To the same: it ends, or will not take place.
pub struct MandatTermine {
    pub marque: String,
    pub nom_complet: String,
    pub mandante: String,
    pub mandataire: String,
    /// « se termine le … », « n’aura pas lieu ».
    pub quand: String,
    pub par: String,
}

gabarit!(
    MandatTermine,
    "mandat_termine",
    "courriers/mandat_termine.txt",
    "courriers/mandat_termine.html",
    |c| format!("Fin du mandat de facturation de {} à {}", c.mandante, c.mandataire),
    lien: |_c| "/mon-compte/rattachements"
);
