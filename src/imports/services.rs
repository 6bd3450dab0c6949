//! Lines of a file of services (layout of our own, see [`super::services`]).

use std::collections::BTreeMap;

use csv::ByteRecord;
use serde_json::Value;
use time::{Date, Month};

use super::colonnes::{Colonne, ColonnesIdentifiant, Entete};
use super::lecteur::LigneImport;
use crate::identifiants::Identifiant;

/// A service as a file describes it, whatever its structure: a value is `None` where the file has no such column, or nothing in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceLu {
    pub ligne: u64,
    pub code: String,
    pub libelle: String,
    /// `Some(None)`: the file empties it.
    pub description: Option<Option<String>>,
    pub engagement_obligatoire: Option<bool>,
    pub actif: Option<bool>,
    pub debut: Option<Date>,
    /// Included; `Some(None)`: the file removes the end.
    pub dernier_jour: Option<Option<Date>>,
}

#[doc(hidden)]
pub struct ColonnesDuService {
    code: Colonne,
    libelle: Colonne,
    description: Option<Colonne>,
    engagement: Option<Colonne>,
    date_debut: Option<Colonne>,
    date_fin: Option<Colonne>,
    actif: Option<Colonne>,
}

impl LigneImport for ServiceLu {
    type Colonnes = ColonnesDuService;

    fn lier(entete: &Entete) -> anyhow::Result<ColonnesDuService> {
        Ok(ColonnesDuService {
            code: entete.exigee("Code")?,
            libelle: entete.exigee("Libelle")?,
            description: entete.facultative("Description"),
            engagement: entete.facultative("EngagementObligatoire"),
            date_debut: entete.facultative("DateDebut"),
            date_fin: entete.facultative("DateFin"),
            actif: entete.facultative("Actif"),
        })
    }

    fn lire(colonnes: &ColonnesDuService, champs: &ByteRecord, ligne: u64) -> Result<Self, String> {
        let code = colonnes.code.exige(champs, 100)?;
        let libelle = colonnes.libelle.exige(champs, 255)?;
        let description = match &colonnes.description {
            None => None,
            Some(colonne) => {
                Some(Some(colonne.paragraphe(champs, 2_000)?).filter(|t| !t.is_empty()))
            }
        };
        let booleen = |colonne: &Option<Colonne>| match colonne {
            None => Ok(None),
            Some(colonne) => colonne.booleen(champs),
        };
        let engagement_obligatoire = booleen(&colonnes.engagement)?;
        let actif = booleen(&colonnes.actif)?;
        let debut = jour(colonnes.date_debut.as_ref(), champs)?;
        let dernier_jour = match &colonnes.date_fin {
            None => None,
            Some(colonne) => {
                let fin = jour(Some(colonne), champs)?;
                if fin.is_some_and(|fin| debut.is_some_and(|debut| fin < debut)) {
                    return Err(colonne.faute("avant la date de début."));
                }
                Some(fin)
            }
        };
        Ok(Self {
            ligne,
            code,
            libelle,
            description,
            engagement_obligatoire,
            actif,
            debut,
            dernier_jour,
        })
    }
}

/// A service as a file of several structures describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct LigneService {
    pub ligne: u64,
    pub structure: Identifiant,
    pub code: String,
    pub libelle: String,
    /// The other values, by column of the table `services`; only those the file has. `date_debut` and `date_fin` are Paris days as
    /// `AAAA-MM-JJ`, the end being the day after the last one (decisions 8).
    pub fiche: BTreeMap<&'static str, Value>,
}

#[doc(hidden)]
pub struct Colonnes {
    structure: ColonnesIdentifiant,
    service: ColonnesDuService,
}

impl LigneImport for LigneService {
    type Colonnes = Colonnes;

    fn lier(entete: &Entete) -> anyhow::Result<Colonnes> {
        Ok(Colonnes {
            structure: ColonnesIdentifiant::lier(entete)?,
            service: ServiceLu::lier(entete)?,
        })
    }

    fn lire(colonnes: &Colonnes, champs: &ByteRecord, ligne: u64) -> Result<Self, String> {
        let structure = colonnes.structure.lire(champs)?;
        let lu = ServiceLu::lire(&colonnes.service, champs, ligne)?;
        let jour = |jour: Date| Value::String(jour.to_string());
        let fiche = [
            (
                "description",
                lu.description
                    .map(|texte| texte.map_or(Value::Null, Value::String)),
            ),
            (
                "engagement_obligatoire",
                lu.engagement_obligatoire.map(Value::Bool),
            ),
            ("actif", lu.actif.map(Value::Bool)),
            ("date_debut", lu.debut.map(jour)),
            // Days of 1900 to 2999 all have a next one.
            (
                "date_fin",
                lu.dernier_jour
                    .map(|fin| fin.and_then(Date::next_day).map_or(Value::Null, jour)),
            ),
        ];
        Ok(Self {
            ligne,
            structure,
            code: lu.code,
            libelle: lu.libelle,
            fiche: fiche
                .into_iter()
                .filter_map(|(colonne, valeur)| Some((colonne, valeur?)))
                .collect(),
        })
    }
}

/// `JJ/MM/AAAA` or `AAAA-MM-JJ`, years 1900 to 2999; `None` when empty.
pub(super) fn jour(colonne: Option<&Colonne>, champs: &ByteRecord) -> Result<Option<Date>, String> {
    let Some(colonne) = colonne else {
        return Ok(None);
    };
    let texte = colonne.texte(champs, 10)?;
    if texte.is_empty() {
        return Ok(None);
    }
    let date = || {
        let mut parties = texte.split(['/', '-']);
        let (a, b, c) = (parties.next()?, parties.next()?, parties.next()?);
        let (annee, mois, jour) = if texte.contains('/') {
            (c, b, a)
        } else {
            (a, b, c)
        };
        let chiffres = [(annee, 4), (mois, 2), (jour, 2)];
        if parties.next().is_some()
            || !chiffres
                .iter()
                .all(|(p, n)| p.len() == *n && p.bytes().all(|o| o.is_ascii_digit()))
        {
            return None;
        }
        let annee = annee.parse().ok().filter(|a| (1900..3000).contains(a))?;
        let mois = Month::try_from(mois.parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(annee, mois, jour.parse().ok()?).ok()
    };
    date()
        .map(Some)
        .ok_or_else(|| colonne.faute("saisissez une date au format JJ/MM/AAAA."))
}
