//! Modifying the fiche (R-STR-FICHE): address and contact of any structure, raison sociale of a private one, parameters
//! of a public one. What identifies a public structure comes from the directory (spec §13 « Re-import »).

mod saisie;

use sqlx::PgExecutor;

use super::gerance::{gerer, structure_entiere};
use crate::acces::Connecte;
use crate::db::{StructureId, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::{self, Erreur};

pub use saisie::SaisieModification;

/// Everything of the fiche that can change here, and what the rules need to know.
#[derive(Clone, Debug)]
pub struct Modifiable {
    pub publique: bool,
    pub code_pays: String,
    pub raison_sociale: String,
    pub adresse: Option<String>,
    pub complement_adresse_1: Option<String>,
    pub complement_adresse_2: Option<String>,
    pub code_postal: Option<String>,
    pub ville: Option<String>,
    pub telephone: Option<String>,
    pub courriel: Option<String>,
    pub gestion_service: bool,
    pub gestion_engagement: bool,
    pub gestion_service_engagement: bool,
    pub gestion_statut_mise_en_paiement: bool,
    pub est_moa: bool,
    pub est_moa_uniquement: bool,
    /// A service is active: invoices can name one.
    pub a_un_service: bool,
}

/// # Errors
/// `Introuvable`.
pub async fn lire(db: impl PgExecutor<'_>, structure: StructureId) -> Result<Modifiable, Erreur> {
    sqlx::query_as!(
        Modifiable,
        r#"select s.publique, s.code_pays, s.raison_sociale, s.adresse, s.complement_adresse_1, s.complement_adresse_2,
                  s.code_postal, s.ville, s.telephone, s.courriel, s.gestion_service, s.gestion_engagement,
                  s.gestion_service_engagement, s.gestion_statut_mise_en_paiement, s.est_moa, s.est_moa_uniquement,
                  exists (select from services_actifs a where a.structure_id = s.id) as "a_un_service!"
           from structures s where s.id = $1"#,
        structure.0
    )
    .fetch_optional(db)
    .await?
    .ok_or(Erreur::Introuvable)
}

fn oui_non(vrai: bool) -> String {
    if vrai { "Oui" } else { "Non" }.to_owned()
}

impl Modifiable {
    /// Field of the form, its words, its value in words.
    fn valeurs(&self) -> Vec<(&'static str, &'static str, String)> {
        let texte = |valeur: &Option<String>| valeur.clone().unwrap_or_default();
        let mut valeurs = vec![
            ("adresse", "Adresse", texte(&self.adresse)),
            (
                "complement_adresse_1",
                "Complément d’adresse",
                texte(&self.complement_adresse_1),
            ),
            (
                "complement_adresse_2",
                "Complément d’adresse (suite)",
                texte(&self.complement_adresse_2),
            ),
            ("code_postal", "Code postal", texte(&self.code_postal)),
            ("ville", "Ville", texte(&self.ville)),
            ("telephone", "Téléphone", texte(&self.telephone)),
            ("courriel", "Courriel", texte(&self.courriel)),
        ];
        if self.publique {
            valeurs.extend([
                (
                    "gestion_service",
                    "Code service obligatoire",
                    oui_non(self.gestion_service),
                ),
                (
                    "gestion_engagement",
                    "Numéro d’engagement obligatoire",
                    oui_non(self.gestion_engagement),
                ),
                (
                    "gestion_service_engagement",
                    "Numéro d’engagement ou code service obligatoire",
                    oui_non(self.gestion_service_engagement),
                ),
                (
                    "gestion_statut_mise_en_paiement",
                    "Gestion du statut de mise en paiement",
                    oui_non(self.gestion_statut_mise_en_paiement),
                ),
                (
                    "moa",
                    "Maître d’ouvrage (MOA)",
                    Moa::de(self).libelle().to_owned(),
                ),
            ]);
        } else {
            valeurs.insert(
                0,
                (
                    "raison_sociale",
                    "Raison sociale",
                    self.raison_sociale.clone(),
                ),
            );
        }
        valeurs
    }

    /// Before → after of every value that differs.
    pub fn changements(&self, apres: &Self) -> Vec<Changement> {
        self.valeurs()
            .into_iter()
            .zip(apres.valeurs())
            .filter(|(avant, apres)| avant.2 != apres.2)
            .map(|((_, champ, avant), (.., apres))| Changement::new(champ, avant, apres))
            .collect()
    }

    /// Names these very values: whoever saves has seen them.
    pub fn empreinte(&self) -> String {
        let valeurs = self.valeurs().into_iter();
        web::empreinte(valeurs.map(|(champ, _, valeur)| format!("{champ}={valeur}")))
    }
}

/// Maître d'ouvrage: no, also, or only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moa {
    Non,
    Oui,
    Uniquement,
}

impl Moa {
    pub const TOUS: [Self; 3] = [Self::Non, Self::Oui, Self::Uniquement];

    pub fn code(self) -> &'static str {
        match self {
            Self::Non => "non",
            Self::Oui => "oui",
            Self::Uniquement => "uniquement",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Non => "Non",
            Self::Oui => "Oui",
            Self::Uniquement => "Oui, uniquement",
        }
    }

    pub fn de(fiche: &Modifiable) -> Self {
        match (fiche.est_moa, fiche.est_moa_uniquement) {
            (_, true) => Self::Uniquement,
            (true, _) => Self::Oui,
            _ => Self::Non,
        }
    }
}

/// What became of a modification.
pub enum Modification {
    Faite,
    RienAChange,
    /// The fiche is not the one that was shown: nothing was written.
    Perimee,
}

/// Writes the fiche, with one line of the historique. `importe` is not touched: the next import sees that these values
/// were edited here, keeps them, and reports the differences.
///
/// # Errors
/// `Invalide` at the fields; `Interdit` for a reach of some services.
pub async fn modifier(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    saisie: &SaisieModification,
) -> Result<Modification, Erreur> {
    let (_, lien) = gerer(tx, auteur, structure).await?;
    structure_entiere(&lien.droits)?;
    let avant = lire(&mut **tx, structure).await?;
    let apres = saisie.lire(&avant)?;
    if saisie.empreinte != avant.empreinte() {
        return Ok(Modification::Perimee);
    }
    let changements = avant.changements(&apres);
    if changements.is_empty() {
        return Ok(Modification::RienAChange);
    }
    sqlx::query!(
        "update structures set raison_sociale = $2, adresse = $3, complement_adresse_1 = $4, complement_adresse_2 = $5,
                code_postal = $6, ville = $7, telephone = $8, courriel = $9, gestion_service = $10, gestion_engagement = $11,
                gestion_service_engagement = $12, gestion_statut_mise_en_paiement = $13, est_moa = $14,
                est_moa_uniquement = $15, modifiee_le = maintenant()
         where id = $1",
        structure.0,
        apres.raison_sociale,
        apres.adresse,
        apres.complement_adresse_1,
        apres.complement_adresse_2,
        apres.code_postal,
        apres.ville,
        apres.telephone,
        apres.courriel,
        apres.gestion_service,
        apres.gestion_engagement,
        apres.gestion_service_engagement,
        apres.gestion_statut_mise_en_paiement,
        apres.est_moa,
        apres.est_moa_uniquement
    )
    .execute(&mut **tx)
    .await?;
    historique::noter(
        tx,
        auteur,
        Entree {
            structure: Some(structure),
            action: Action::StructureModifiee,
            concerne: None,
            demande: None,
            details: Details {
                acteur: auteur.personne().nom_complet(),
                changements,
                ..Details::default()
            },
        },
    )
    .await?;
    Ok(Modification::Faite)
}
