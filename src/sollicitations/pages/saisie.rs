//! The free form, as typed: for the support or for a public structure.

use serde::Deserialize;

use crate::db::{BrouillonId, StructureId};
use crate::identifiants::Siret;
use crate::sollicitations::brouillons::{Brouillon, Tape};
use crate::sollicitations::{Categorie, Demandee, Destinataire, TEXTE_MAX};
use crate::web::{Erreurs, texte};

#[derive(Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDemande {
    /// The draft it continues; empty: none yet.
    pub brouillon: String,
    /// The structure it goes to; empty: the support.
    pub destinataire: String,
    pub categorie: String,
    pub siret: String,
    pub objet: String,
    pub texte: String,
}

const OBJET_MAX: usize = 255;
const FAUX: &str = "Cette page n’est plus à jour. Rechargez-la et recommencez.";

/// What the page itself wrote in the form, and the category.
struct Cadre {
    brouillon: Option<BrouillonId>,
    destinataire: Destinataire,
    categorie: Categorie,
    sous_categorie: &'static str,
}

impl SaisieDemande {
    pub fn structure(&self) -> Option<StructureId> {
        self.destinataire.parse().ok()
    }

    pub fn brouillon(&self) -> Option<BrouillonId> {
        self.brouillon.parse().ok()
    }

    fn cadre(&self) -> Result<Cadre, Erreurs> {
        let destinataire = Destinataire::de(self.structure());
        let perdu = |saisi: &str, lu: bool| !saisi.is_empty() && !lu;
        if perdu(&self.destinataire, self.structure().is_some())
            || perdu(&self.brouillon, self.brouillon().is_some())
        {
            return Err(Erreurs::generale(FAUX));
        }
        let Some((categorie, sous_categorie)) = destinataire.lire_choix(&self.categorie) else {
            return Err(Erreurs::une("categorie", "Choisissez une catégorie."));
        };
        Ok(Cadre {
            brouillon: self.brouillon(),
            destinataire,
            categorie,
            sous_categorie,
        })
    }

    /// What a draft keeps: nothing is mandatory yet, the lengths are those of the columns.
    ///
    /// # Errors
    /// Too long, or characters that no text may have.
    pub fn taper(&self) -> Result<(Option<BrouillonId>, Tape), Erreurs> {
        let cadre = self.cadre()?;
        let mut erreurs = Erreurs::default();
        let tape = Tape {
            destinataire: cadre.destinataire,
            categorie: cadre.categorie,
            sous_categorie: cadre.sous_categorie,
            siret: erreurs.lire("siret", texte::ligne(&self.siret, 40)),
            objet: erreurs.lire("objet", texte::ligne(&self.objet, OBJET_MAX)),
            texte: erreurs.lire("texte", texte::paragraphe(&self.texte, TEXTE_MAX)),
        };
        erreurs.verdict()?;
        Ok((cadre.brouillon, tape))
    }

    /// What is sent; the file comes apart.
    ///
    /// # Errors
    /// At the fields.
    pub fn lire(&self) -> Result<Demandee, Erreurs> {
        let cadre = self.cadre()?;
        let mut erreurs = Erreurs::default();
        let siret = match (cadre.destinataire, self.siret.trim()) {
            (Destinataire::Structure(_) | Destinataire::Referent(_), _) | (_, "") => None,
            (Destinataire::Support, saisi) => match Siret::lire(saisi) {
                Ok(siret) => Some(siret),
                Err(phrase) => {
                    erreurs.ajouter("siret", phrase);
                    None
                }
            },
        };
        let objet = erreurs.ligne(
            "objet",
            &self.objet,
            OBJET_MAX,
            "Saisissez l’objet de votre demande.",
        );
        let texte = erreurs.paragraphe(
            "texte",
            &self.texte,
            TEXTE_MAX,
            "Décrivez votre demande\u{202F}: ce que vous vouliez faire, et ce qui s’est passé.",
        );
        erreurs.verdict()?;
        Ok(Demandee {
            destinataire: cadre.destinataire,
            categorie: cadre.categorie,
            sous_categorie: cadre.sous_categorie,
            objet,
            texte,
            donnees: serde_json::json!({}),
            siret,
            brouillon: cadre.brouillon,
            piece: None,
        })
    }
}

impl From<Brouillon> for SaisieDemande {
    fn from(brouillon: Brouillon) -> Self {
        let categorie = match brouillon.sous_categorie.as_str() {
            "" => brouillon.categorie,
            sous => format!("{}.{sous}", brouillon.categorie),
        };
        Self {
            brouillon: brouillon.id.to_string(),
            destinataire: brouillon
                .structure
                .map(|s| s.to_string())
                .unwrap_or_default(),
            categorie,
            siret: brouillon.siret,
            objet: brouillon.objet,
            texte: brouillon.texte,
        }
    }
}
