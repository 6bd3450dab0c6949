//! Lines of a file of changes of SIRET: Ancien;Nouveau;Date (spec §13).

use csv::ByteRecord;
use time::Date;

use super::colonnes::{Colonne, Entete};
use super::lecteur::LigneImport;
use super::services::jour;
use crate::identifiants::{Identifiant, TypeIdentifiant};

/// A structure that takes another SIRET.
#[derive(Clone, Debug, PartialEq)]
pub struct LigneChangement {
    pub ligne: u64,
    pub ancien: Identifiant,
    pub nouveau: Identifiant,
    /// Day it takes effect, in Paris.
    pub date: Date,
}

#[doc(hidden)]
pub struct Colonnes {
    ancien: Colonne,
    nouveau: Colonne,
    date: Colonne,
}

impl LigneImport for LigneChangement {
    type Colonnes = Colonnes;

    fn lier(entete: &Entete) -> anyhow::Result<Colonnes> {
        Ok(Colonnes {
            ancien: entete.exigee("Ancien")?,
            nouveau: entete.exigee("Nouveau")?,
            date: entete.exigee("Date")?,
        })
    }

    fn lire(colonnes: &Colonnes, champs: &ByteRecord, ligne: u64) -> Result<Self, String> {
        let siret = |colonne: &Colonne| {
            let saisi = colonne.exige(champs, 30)?;
            Identifiant::lire(TypeIdentifiant::Siret, &saisi).map_err(|e| colonne.faute(e))
        };
        let (ancien, nouveau) = (siret(&colonnes.ancien)?, siret(&colonnes.nouveau)?);
        if ancien == nouveau {
            return Err(colonnes.nouveau.faute("le même que l’ancien."));
        }
        let date = jour(Some(&colonnes.date), champs)?
            .ok_or_else(|| colonnes.date.faute("valeur absente."))?;
        Ok(Self {
            ligne,
            ancien,
            nouveau,
            date,
        })
    }
}
