use sqlx::PgExecutor;

use crate::db::UtilisateurId;
use crate::identifiants::AdresseElectronique;
use crate::web::{Erreur, Erreurs};

/// State of an account (spec §2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Statut {
    EnCoursActivation,
    Actif,
    Inactif,
    Clos,
}

impl Statut {
    /// As the screens write it.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::EnCoursActivation => "En cours d’activation",
            Self::Actif => "Actif",
            Self::Inactif => "Inactif",
            Self::Clos => "Clos",
        }
    }

    /// Genre of its badge.
    pub fn genre(self) -> &'static str {
        match self {
            Self::EnCoursActivation => "attente",
            Self::Actif => "succes",
            Self::Inactif | Self::Clos => "neutre",
        }
    }
}

/// Staff accounts (spec §1): what « equipe » may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Equipe {
    Support,
    Referent,
    Administrateur,
}

impl Equipe {
    pub const TOUTES: [Self; 3] = [Self::Support, Self::Referent, Self::Administrateur];

    pub fn code(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Referent => "referent",
            Self::Administrateur => "administrateur",
        }
    }

    /// As the screens write it.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Support => "Support",
            Self::Referent => "Référents",
            Self::Administrateur => "Administrateurs",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|e| e.code() == code)
    }
}

/// What may be said of an account to somebody who already knows its address.
#[derive(Clone, Debug)]
pub struct Compte {
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub adresse_connexion: String,
    pub statut: Statut,
    pub pigp: bool,
}

impl Compte {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// Exact look-up by login address; a closed account is nobody.
pub async fn par_adresse(
    db: impl PgExecutor<'_>,
    adresse: &AdresseElectronique,
) -> Result<Option<Compte>, Erreur> {
    Ok(sqlx::query_as!(
        Compte,
        r#"select id as "id: UtilisateurId", prenom, nom, adresse_connexion, statut as "statut: Statut", pigp
           from utilisateurs where adresse_connexion = $1 and statut <> 'clos'"#,
        adresse.as_str()
    )
    .fetch_optional(db)
    .await?)
}

/// An account to create, already checked.
#[derive(Clone, Debug)]
pub struct NouveauCompte {
    pub adresse_connexion: AdresseElectronique,
    /// The login address when absent.
    pub adresse_contact: Option<AdresseElectronique>,
    pub prenom: String,
    pub nom: String,
    pub equipe: Option<Equipe>,
    /// Who created it for somebody else (R-COMPTE-TIERS).
    pub cree_par: Option<UtilisateurId>,
    /// Name of that somebody else, told in the activation mail.
    pub demandee_par: Option<String>,
}

/// Longest first or last name, in characters (as the table).
const NOM_MAX: usize = 80;

impl NouveauCompte {
    /// First name, then last name.
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }

    /// Reads the fields every creation screen has: `adresse_connexion`, `prenom`, `nom`, and `adresse_contact`, which
    /// may be empty.
    pub fn lire(
        adresse_connexion: &str,
        adresse_contact: &str,
        prenom: &str,
        nom: &str,
    ) -> Result<Self, Erreurs> {
        let mut erreurs = Erreurs::default();
        let adresse = lire_adresse(&mut erreurs, "adresse_connexion", adresse_connexion);
        let contact = if adresse_contact.trim().is_empty() {
            None
        } else {
            lire_adresse(&mut erreurs, "adresse_contact", adresse_contact)
        };
        let prenom = erreurs.ligne("prenom", prenom, NOM_MAX, "Saisissez le prénom.");
        let nom = erreurs.ligne("nom", nom, NOM_MAX, "Saisissez le nom.");
        erreurs.clone().verdict()?;
        let Some(adresse_connexion) = adresse else {
            return Err(erreurs);
        };
        Ok(Self {
            adresse_connexion,
            adresse_contact: contact,
            prenom,
            nom,
            equipe: None,
            cree_par: None,
            demandee_par: None,
        })
    }
}

/// Reads an address typed in `champ`; `None` after noting the message.
pub fn lire_adresse(
    erreurs: &mut Erreurs,
    champ: &str,
    saisie: &str,
) -> Option<AdresseElectronique> {
    if saisie.trim().is_empty() {
        erreurs.ajouter(champ, "Saisissez une adresse électronique.");
        return None;
    }
    AdresseElectronique::lire(saisie)
        .map_err(|phrase| erreurs.ajouter(champ, phrase))
        .ok()
}
