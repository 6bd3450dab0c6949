//! Lines of a file of services (layout of our own, see [`super::services`]).

use std::collections::BTreeMap;

use csv::ByteRecord;
use serde_json::Value;
use time::{Date, Month};

use super::colonnes::{Colonne, ColonnesIdentifiant, Entete};
use super::lecteur::LigneImport;
use crate::identifiants::Identifiant;

/// A service as a file describes it.
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
    code: Colonne,
    libelle: Colonne,
    description: Option<Colonne>,
    engagement: Option<Colonne>,
    date_debut: Option<Colonne>,
    date_fin: Option<Colonne>,
    actif: Option<Colonne>,
}

impl LigneImport for LigneService {
    type Colonnes = Colonnes;

    fn lier(entete: &Entete) -> anyhow::Result<Colonnes> {
        Ok(Colonnes {
            structure: ColonnesIdentifiant::lier(entete)?,
            code: entete.exigee("Code")?,
            libelle: entete.exigee("Libelle")?,
            description: entete.facultative("Description"),
            engagement: entete.facultative("EngagementObligatoire"),
            date_debut: entete.facultative("DateDebut"),
            date_fin: entete.facultative("DateFin"),
            actif: entete.facultative("Actif"),
        })
    }

    fn lire(colonnes: &Colonnes, champs: &ByteRecord, ligne: u64) -> Result<Self, String> {
        let structure = colonnes.structure.lire(champs)?;
        let code = colonnes.code.exige(champs, 100)?;
        let libelle = colonnes.libelle.exige(champs, 255)?;
        let mut fiche = BTreeMap::new();
        if let Some(colonne) = &colonnes.description {
            let texte = colonne.paragraphe(champs, 2_000)?;
            fiche.insert(
                "description",
                if texte.is_empty() {
                    Value::Null
                } else {
                    Value::String(texte)
                },
            );
        }
        for (colonne, sql) in [
            (&colonnes.engagement, "engagement_obligatoire"),
            (&colonnes.actif, "actif"),
        ] {
            if let Some(colonne) = colonne
                && let Some(valeur) = colonne.booleen(champs)?
            {
                fiche.insert(sql, Value::Bool(valeur));
            }
        }
        let debut = jour(colonnes.date_debut.as_ref(), champs)?;
        if let Some(debut) = debut {
            fiche.insert("date_debut", Value::String(debut.to_string()));
        }
        if let Some(colonne) = &colonnes.date_fin {
            let fin = jour(Some(colonne), champs)?;
            if fin.is_some_and(|fin| debut.is_some_and(|debut| fin < debut)) {
                return Err(colonne.faute("avant la date de début."));
            }
            // Days of 1900 to 2999 all have a next one.
            let lendemain = fin
                .and_then(Date::next_day)
                .map(|d| Value::String(d.to_string()));
            fiche.insert("date_fin", lendemain.unwrap_or(Value::Null));
        }
        Ok(Self {
            ligne,
            structure,
            code,
            libelle,
            fiche,
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
