//! Lines of the SIRENE repertory: StockUniteLegale and StockEtablissement of the INSEE, comma-separated, columns bound by
//! their name in any order. What the INSEE masks (`[ND]`, or a diffusion status that is not « O ») is not kept.

use csv::ByteRecord;

use super::colonnes::{Colonne, Entete, court};
use super::lecteur::LigneImport;
use crate::identifiants::Siret;

/// What a person who did not agree to be published has instead of values.
const MASQUE: &str = "[ND]";

/// The columns that hold texts; a masked or absent one is `None`.
struct Textes {
    diffusion: Option<Colonne>,
    colonnes: Vec<Option<Colonne>>,
}

impl Textes {
    fn lier(entete: &Entete, diffusion: &'static str, noms: &[&'static str]) -> Self {
        Self {
            diffusion: entete.facultative(diffusion),
            colonnes: noms.iter().map(|nom| entete.facultative(nom)).collect(),
        }
    }

    fn lire<const N: usize>(&self, champs: &ByteRecord) -> Result<[Option<String>; N], String> {
        let mut textes = [const { None }; N];
        if let Some(colonne) = &self.diffusion
            && !matches!(colonne.texte(champs, 1)?.as_str(), "" | "O")
        {
            return Ok(textes);
        }
        for (texte, colonne) in textes.iter_mut().zip(&self.colonnes) {
            if let Some(colonne) = colonne {
                *texte = Some(colonne.texte(champs, 255)?).filter(|t| !t.is_empty() && t != MASQUE);
            }
        }
        Ok(textes)
    }
}

/// One letter out of two: the first is « alive ».
fn vivant(colonne: &Colonne, champs: &ByteRecord, mort: &str) -> Result<bool, String> {
    match colonne.texte(champs, 10)?.as_str() {
        "A" => Ok(true),
        lettre if lettre == mort => Ok(false),
        autre => Err(colonne.faute(&format!(
            "«\u{202F}{}\u{202F}» au lieu de A ou {mort}.",
            court(autre)
        ))),
    }
}

fn borner(texte: String, max: usize) -> Option<String> {
    let court: String = texte.chars().take(max).collect();
    Some(court.trim().to_owned()).filter(|t| !t.is_empty())
}

/// A legal unit.
#[derive(Clone, Debug, PartialEq)]
pub struct LigneUniteLegale {
    pub ligne: u64,
    pub siren: String,
    /// Of a natural person without a trade name: first and last name, where they are published.
    pub denomination: Option<String>,
    pub publique: bool,
    pub cessee: bool,
}

#[doc(hidden)]
pub struct ColonnesUnite {
    siren: Colonne,
    etat: Colonne,
    categorie: Option<Colonne>,
    textes: Textes,
}

impl LigneImport for LigneUniteLegale {
    type Colonnes = ColonnesUnite;
    const SEPARATEUR: u8 = b',';

    fn lier(entete: &Entete) -> anyhow::Result<ColonnesUnite> {
        Ok(ColonnesUnite {
            siren: entete.exigee("siren")?,
            etat: entete.exigee("etatAdministratifUniteLegale")?,
            categorie: entete.facultative("categorieJuridiqueUniteLegale"),
            textes: Textes::lier(
                entete,
                "statutDiffusionUniteLegale",
                &[
                    "denominationUniteLegale",
                    "prenomUsuelUniteLegale",
                    "prenom1UniteLegale",
                    "nomUsageUniteLegale",
                    "nomUniteLegale",
                    "denominationUsuelle1UniteLegale",
                ],
            ),
        })
    }

    fn lire(colonnes: &ColonnesUnite, champs: &ByteRecord, ligne: u64) -> Result<Self, String> {
        let siren = colonnes.siren.exige(champs, 9)?;
        if !siren_valable(&siren) {
            return Err(colonnes.siren.faute(&format!(
                "«\u{202F}{}\u{202F}» n'est pas un SIREN.",
                court(&siren)
            )));
        }
        let cessee = !vivant(&colonnes.etat, champs, "C")?;
        let publique = match &colonnes.categorie {
            Some(colonne) => colonne.texte(champs, 10)?.starts_with('7'),
            None => false,
        };
        let [denomination, usuel, prenom, usage, nom, enseigne] = colonnes.textes.lire(champs)?;
        let personne = || {
            let nom = usage.or(nom)?;
            Some(match usuel.or(prenom) {
                Some(prenom) => format!("{prenom} {nom}"),
                None => nom,
            })
        };
        let denomination = denomination.or_else(personne).or(enseigne);
        Ok(Self {
            ligne,
            siren,
            denomination: denomination.and_then(|d| borner(d, 255)),
            publique,
            cessee,
        })
    }
}

/// Nine digits; the key is that of every establishment, checked there.
fn siren_valable(siren: &str) -> bool {
    siren.len() == 9 && siren.bytes().all(|o| o.is_ascii_digit())
}

/// An establishment.
#[derive(Clone, Debug, PartialEq)]
pub struct LigneEtablissement {
    pub ligne: u64,
    pub siret: Siret,
    pub ferme: bool,
    pub enseigne: Option<String>,
    /// Number and street.
    pub adresse: Option<String>,
    pub complement: Option<String>,
    pub code_postal: Option<String>,
    pub ville: Option<String>,
}

#[doc(hidden)]
pub struct ColonnesEtablissement {
    siret: Colonne,
    etat: Colonne,
    textes: Textes,
}

/// Kinds of street that the INSEE shortens.
const VOIES: [(&str, &str); 13] = [
    ("ALL", "ALLÉE"),
    ("AV", "AVENUE"),
    ("BD", "BOULEVARD"),
    ("CHE", "CHEMIN"),
    ("CRS", "COURS"),
    ("FG", "FAUBOURG"),
    ("IMP", "IMPASSE"),
    ("LD", "LIEU-DIT"),
    ("PL", "PLACE"),
    ("RES", "RÉSIDENCE"),
    ("RTE", "ROUTE"),
    ("SQ", "SQUARE"),
    ("TRA", "TRAVERSE"),
];

impl LigneImport for LigneEtablissement {
    type Colonnes = ColonnesEtablissement;
    const SEPARATEUR: u8 = b',';

    fn lier(entete: &Entete) -> anyhow::Result<ColonnesEtablissement> {
        Ok(ColonnesEtablissement {
            siret: entete.exigee("siret")?,
            etat: entete.exigee("etatAdministratifEtablissement")?,
            textes: Textes::lier(
                entete,
                "statutDiffusionEtablissement",
                &[
                    "denominationUsuelleEtablissement",
                    "enseigne1Etablissement",
                    "numeroVoieEtablissement",
                    "indiceRepetitionEtablissement",
                    "typeVoieEtablissement",
                    "libelleVoieEtablissement",
                    "complementAdresseEtablissement",
                    "codePostalEtablissement",
                    "libelleCommuneEtablissement",
                ],
            ),
        })
    }

    fn lire(
        colonnes: &ColonnesEtablissement,
        champs: &ByteRecord,
        ligne: u64,
    ) -> Result<Self, String> {
        let saisi = colonnes.siret.exige(champs, 20)?;
        let siret = Siret::lire(&saisi).map_err(|raison| {
            colonnes
                .siret
                .faute(&format!("«\u{202F}{}\u{202F}». {raison}", court(&saisi)))
        })?;
        let ferme = !vivant(&colonnes.etat, champs, "F")?;
        let [
            usuelle,
            enseigne,
            numero,
            indice,
            voie,
            libelle,
            complement,
            code_postal,
            ville,
        ] = colonnes.textes.lire(champs)?;
        let voie = voie.map(|v| {
            VOIES
                .iter()
                .find(|(court, _)| *court == v)
                .map_or(v, |(_, long)| (*long).to_owned())
        });
        let adresse = [numero, indice, voie, libelle]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        Ok(Self {
            ligne,
            siret,
            ferme,
            enseigne: usuelle.or(enseigne).and_then(|t| borner(t, 255)),
            adresse: borner(adresse, 255),
            complement: complement.and_then(|t| borner(t, 255)),
            code_postal: code_postal.and_then(|t| borner(t, 10)),
            ville: ville.and_then(|t| borner(t, 100)),
        })
    }
}
