//! A file of people to attach to a structure (R-GEST-IMPORT).

use csv::ByteRecord;

use super::colonnes::{Colonne, Entete, court};
use super::lecteur::LigneImport;
use crate::acces::Role;

/// A line: what is written there, before anybody knows whether it can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LigneEntree {
    pub ligne: u64,
    pub prenom: String,
    pub nom: String,
    pub adresse: String,
    pub role: Role,
    /// Codes of services, or « Toute la structure », as typed.
    pub services: String,
}

#[doc(hidden)]
pub struct Colonnes {
    nom: Colonne,
    prenom: Colonne,
    adresse: Colonne,
    role: Colonne,
    services: Colonne,
}

impl LigneImport for LigneEntree {
    type Colonnes = Colonnes;

    fn lier(entete: &Entete) -> anyhow::Result<Colonnes> {
        Ok(Colonnes {
            nom: entete.une_de(&["Nom"])?,
            prenom: entete.une_de(&["Prénom", "Prenom"])?,
            adresse: entete.une_de(&["Adresse", "Adresse de connexion"])?,
            role: entete.une_de(&["Rôle", "Role"])?,
            services: entete.une_de(&["Services", "Service"])?,
        })
    }

    fn lire(colonnes: &Colonnes, champs: &ByteRecord, ligne: u64) -> Result<Self, String> {
        let saisi = colonnes.role.exige(champs, 60)?;
        let role = role(&saisi).ok_or_else(|| {
            colonnes.role.faute(&format!(
                "« {} » n’est pas un rôle. Écrivez «\u{202F}Utilisateur simple\u{202F}» ou «\u{202F}Gestionnaire secondaire\u{202F}».",
                court(&saisi)
            ))
        })?;
        Ok(Self {
            ligne,
            prenom: colonnes.prenom.texte(champs, 200)?,
            nom: colonnes.nom.texte(champs, 200)?,
            adresse: colonnes.adresse.exige(champs, 320)?,
            role,
            services: colonnes.services.exige(champs, 4_000)?,
        })
    }
}

/// As the screens write it, as the seed does (« UTILISATEUR_SIMPLE »), or its code.
fn role(saisi: &str) -> Option<Role> {
    let saisi = saisi.to_lowercase().replace('_', " ");
    [Role::Us, Role::Gs]
        .into_iter()
        .find(|r| saisi == r.code() || saisi == r.libelle().to_lowercase())
}
