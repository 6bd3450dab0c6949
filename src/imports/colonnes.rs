//! Columns bound by their name, and fields cleaned.

use anyhow::{Context, bail};
use csv::ByteRecord;

use crate::identifiants::{Identifiant, TypeIdentifiant, est_interdit, sur_une_ligne};

/// The header line: columns in any order, case ignored; those we do not know are ignored.
pub struct Entete {
    noms: Vec<String>,
    separateur: u8,
}

impl Entete {
    pub fn lire(champs: &ByteRecord, separateur: u8) -> anyhow::Result<Self> {
        let mut noms: Vec<String> = Vec::with_capacity(champs.len());
        for champ in champs {
            let Some(nom) = std::str::from_utf8(champ).ok().and_then(sur_une_ligne) else {
                bail!(
                    "la première ligne n'est pas du texte UTF-8 : enregistrez le fichier en CSV UTF-8"
                );
            };
            if !nom.is_empty() && noms.iter().any(|n| n.eq_ignore_ascii_case(&nom)) {
                bail!(
                    "la colonne « {} » figure deux fois dans la première ligne",
                    court(&nom)
                );
            }
            noms.push(nom);
        }
        Ok(Self { noms, separateur })
    }

    pub fn nombre(&self) -> usize {
        self.noms.len()
    }

    pub fn facultative(&self, nom: &'static str) -> Option<Colonne> {
        let place = self.noms.iter().position(|n| n.eq_ignore_ascii_case(nom))?;
        Some(Colonne { nom, place })
    }

    /// The first of these spellings that the file has; messages name the column by the first one.
    pub fn une_de(&self, noms: &[&'static str]) -> anyhow::Result<Colonne> {
        let (nom, _) = noms.split_first().context("a column has a name")?;
        let place = noms.iter().find_map(|n| {
            let voulu = n.to_lowercase();
            self.noms.iter().position(|n| n.to_lowercase() == voulu)
        });
        match place {
            Some(place) => Ok(Colonne { nom, place }),
            None => self.exigee(nom),
        }
    }

    pub fn exigee(&self, nom: &'static str) -> anyhow::Result<Colonne> {
        match self.facultative(nom) {
            Some(colonne) => Ok(colonne),
            None if self.noms.len() == 1 => {
                let signe = match self.separateur {
                    b',' => "des virgules",
                    _ => "des points-virgules",
                };
                bail!(
                    "il manque la colonne « {nom} » : les colonnes doivent être séparées par {signe}"
                )
            }
            None => bail!("il manque la colonne « {nom} » dans la première ligne"),
        }
    }
}

/// A column present in the file.
#[derive(Clone, Copy)]
pub struct Colonne {
    nom: &'static str,
    place: usize,
}

impl Colonne {
    fn brut<'a>(&self, champs: &'a ByteRecord) -> Result<&'a str, String> {
        std::str::from_utf8(champs.get(self.place).unwrap_or_default())
            .map_err(|_| self.faute("octets qui ne sont pas de l'UTF-8."))
    }

    /// The reason of a rejection, with the name of the column.
    pub fn faute(&self, raison: &str) -> String {
        format!("{}\u{202f}: {raison}", self.nom)
    }

    /// A text of one line, cleaned, `max` characters at most.
    pub fn texte(&self, champs: &ByteRecord, max: usize) -> Result<String, String> {
        let texte = sur_une_ligne(self.brut(champs)?).ok_or_else(|| self.faute(INVISIBLE))?;
        self.mesurer(texte, max)
    }

    /// A text that may keep its line ends.
    pub fn paragraphe(&self, champs: &ByteRecord, max: usize) -> Result<String, String> {
        let lignes = self
            .brut(champs)?
            .lines()
            .map(sur_une_ligne)
            .collect::<Option<Vec<_>>>();
        let texte = lignes
            .ok_or_else(|| self.faute(INVISIBLE))?
            .join("\n")
            .trim()
            .to_owned();
        self.mesurer(texte, max)
    }

    fn mesurer(&self, texte: String, max: usize) -> Result<String, String> {
        // Bytes first: counting characters of every field would be the larger part of the work.
        match texte.len() > max && texte.chars().count() > max {
            true => Err(self.faute(&format!("plus de {max} caractères."))),
            false => Ok(texte),
        }
    }

    /// As [`Self::texte`], and not empty.
    pub fn exige(&self, champs: &ByteRecord, max: usize) -> Result<String, String> {
        match self.texte(champs, max)? {
            vide if vide.is_empty() => Err(self.faute("valeur absente.")),
            texte => Ok(texte),
        }
    }

    /// `None` when empty.
    pub fn booleen(&self, champs: &ByteRecord) -> Result<Option<bool>, String> {
        match self.texte(champs, 10)?.to_lowercase().as_str() {
            "" => Ok(None),
            "true" | "vrai" | "oui" | "1" => Ok(Some(true)),
            "false" | "faux" | "non" | "0" => Ok(Some(false)),
            _ => Err(self.faute("saisissez true ou false.")),
        }
    }
}

const INVISIBLE: &str = "caractère invisible ou de commande.";

/// The two columns that name a structure.
pub struct ColonnesIdentifiant {
    type_identifiant: Colonne,
    identifiant: Colonne,
}

impl ColonnesIdentifiant {
    pub fn lier(entete: &Entete) -> anyhow::Result<Self> {
        Ok(Self {
            type_identifiant: entete.exigee("TypeIdentifiant")?,
            identifiant: entete.exigee("Identifiant")?,
        })
    }

    pub fn lire(&self, champs: &ByteRecord) -> Result<Identifiant, String> {
        let saisi = self.type_identifiant.brut(champs)?;
        let type_identifiant: TypeIdentifiant = saisi.parse().map_err(|_| {
            self.type_identifiant.faute(&format!(
                "«\u{202f}{}\u{202f}» n'est pas un type d'identifiant.",
                court(saisi)
            ))
        })?;
        let saisi = self.identifiant.brut(champs)?;
        Identifiant::lire(type_identifiant, saisi).map_err(|raison| {
            self.identifiant
                .faute(&format!("«\u{202f}{}\u{202f}». {raison}", court(saisi)))
        })
    }
}

/// A value quoted in a message: short, and harmless on a terminal.
pub fn court(valeur: &str) -> String {
    let mut debut: String = valeur
        .chars()
        .take(40)
        .map(|c| if est_interdit(c) { '\u{fffd}' } else { c })
        .collect();
    if valeur.chars().nth(40).is_some() {
        debut.push('…');
    }
    debut
}
