//! Lines of the directory of public structures.

use std::collections::BTreeMap;

use csv::ByteRecord;
use serde_json::Value;

use super::colonnes::{Colonne, ColonnesIdentifiant, Entete};
use super::lecteur::LigneImport;
use crate::identifiants::{Identifiant, TypeIdentifiant};

/// A public structure as a file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct LigneStructure {
    pub ligne: u64,
    pub identifiant: Identifiant,
    pub raison_sociale: String,
    pub active: bool,
    /// Address, contact and management flags, by column of the table `structures`; only those the file has.
    pub fiche: BTreeMap<&'static str, Value>,
}

impl LigneStructure {
    /// Collectivités locales change SIRET otherwise than the others (spec §13). The directory does not say who is one; INSEE gives
    /// SIRENs beginning with 2 to local public bodies, with 1 to those of the State.
    pub fn categorie(&self) -> &'static str {
        let locale = self.identifiant.type_identifiant() == TypeIdentifiant::Siret
            && self.identifiant.valeur().starts_with('2');
        if locale {
            "collectivite_locale"
        } else {
            "autre_entite_publique"
        }
    }
}

/// Column of the file, column of the table, longest value in characters (our choice: the directory gives none).
const TEXTES: [(&str, &str, usize); 7] = [
    ("Adresse", "adresse", 255),
    ("ComplementAdresse1", "complement_adresse_1", 255),
    ("ComplementAdresse2", "complement_adresse_2", 255),
    ("CodePostal", "code_postal", 10),
    ("Ville", "ville", 100),
    ("NumTelephone", "telephone", 30),
    // Kept as it is: the directory has several addresses in one field, and nothing is ever mailed to it.
    ("Courriel", "courriel", 254),
];

const BOOLEENS: [(&str, &str); 8] = [
    ("EmetteurEdi", "emetteur_edi"),
    ("RecepteurEdi", "recepteur_edi"),
    (
        "GestionStatutMiseEnPaiement",
        "gestion_statut_mise_en_paiement",
    ),
    ("GestionEngagement", "gestion_engagement"),
    ("GestionService", "gestion_service"),
    ("GestionServiceEngagement", "gestion_service_engagement"),
    ("EstMOA", "est_moa"),
    ("EstMOAUniquement", "est_moa_uniquement"),
];

#[doc(hidden)]
pub struct Colonnes {
    identifiant: ColonnesIdentifiant,
    raison_sociale: Colonne,
    active: Colonne,
    textes: Vec<(Colonne, &'static str, usize)>,
    booleens: Vec<(Colonne, &'static str)>,
    code_pays: Option<Colonne>,
    libelle_pays: Option<Colonne>,
}

impl LigneImport for LigneStructure {
    type Colonnes = Colonnes;

    fn lier(entete: &Entete) -> anyhow::Result<Colonnes> {
        Ok(Colonnes {
            identifiant: ColonnesIdentifiant::lier(entete)?,
            raison_sociale: entete.exigee("RaisonSociale")?,
            active: entete.exigee("StructureActive")?,
            textes: TEXTES
                .iter()
                .filter_map(|(nom, sql, max)| Some((entete.facultative(nom)?, *sql, *max)))
                .collect(),
            booleens: BOOLEENS
                .iter()
                .filter_map(|(nom, sql)| Some((entete.facultative(nom)?, *sql)))
                .collect(),
            code_pays: entete.facultative("CodePays"),
            libelle_pays: entete.facultative("LibellePays"),
        })
    }

    fn lire(colonnes: &Colonnes, champs: &ByteRecord, ligne: u64) -> Result<Self, String> {
        let identifiant = colonnes.identifiant.lire(champs)?;
        let raison_sociale = colonnes.raison_sociale.exige(champs, 255)?;
        let active = colonnes
            .active
            .booleen(champs)?
            .ok_or_else(|| colonnes.active.faute("valeur absente."))?;
        let mut fiche = BTreeMap::new();
        for (colonne, sql, max) in &colonnes.textes {
            let texte = colonne.texte(champs, *max)?;
            fiche.insert(
                *sql,
                if texte.is_empty() {
                    Value::Null
                } else {
                    Value::String(texte)
                },
            );
        }
        for (colonne, sql) in &colonnes.booleens {
            fiche.insert(*sql, Value::Bool(colonne.booleen(champs)?.unwrap_or(false)));
        }
        if let Some(colonne) = &colonnes.code_pays {
            let code = colonne.texte(champs, 2)?.to_ascii_uppercase();
            let code = if code.is_empty() {
                "FR".to_owned()
            } else {
                code
            };
            if code.len() != 2 || !code.bytes().all(|o| o.is_ascii_uppercase()) {
                return Err(colonne.faute("saisissez les 2 lettres du pays."));
            }
            fiche.insert("code_pays", Value::String(code));
        }
        if let Some(colonne) = &colonnes.libelle_pays {
            let libelle = colonne.texte(champs, 100)?;
            let libelle = if libelle.is_empty() {
                "FRANCE".to_owned()
            } else {
                libelle
            };
            fiche.insert("libelle_pays", Value::String(libelle));
        }
        Ok(Self {
            ligne,
            identifiant,
            raison_sociale,
            active,
            fiche,
        })
    }
}
