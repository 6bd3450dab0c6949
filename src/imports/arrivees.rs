//! A file of people who arrive in a périmètre (R-REF): their PIGP accounts.

use csv::ByteRecord;

use super::colonnes::{Colonne, Entete};
use super::lecteur::LigneImport;

/// A line: what is written there, before anybody knows whether it can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LigneArrivee {
    pub ligne: u64,
    pub prenom: String,
    pub nom: String,
    pub adresse: String,
    /// SIRET of the structure to join; may be empty.
    pub structure: String,
}

#[doc(hidden)]
pub struct Colonnes {
    nom: Colonne,
    prenom: Colonne,
    adresse: Colonne,
    structure: Option<Colonne>,
}

impl LigneImport for LigneArrivee {
    type Colonnes = Colonnes;

    fn lier(entete: &Entete) -> anyhow::Result<Colonnes> {
        Ok(Colonnes {
            nom: entete.une_de(&["Nom"])?,
            prenom: entete.une_de(&["Prénom", "Prenom"])?,
            adresse: entete.une_de(&["Adresse", "Adresse de connexion"])?,
            structure: entete
                .facultative("Structure")
                .or_else(|| entete.facultative("SIRET")),
        })
    }

    fn lire(colonnes: &Colonnes, champs: &ByteRecord, ligne: u64) -> Result<Self, String> {
        Ok(Self {
            ligne,
            prenom: colonnes.prenom.texte(champs, 200)?,
            nom: colonnes.nom.texte(champs, 200)?,
            adresse: colonnes.adresse.exige(champs, 320)?,
            structure: match &colonnes.structure {
                Some(colonne) => colonne.texte(champs, 40)?,
                None => String::new(),
            },
        })
    }
}
