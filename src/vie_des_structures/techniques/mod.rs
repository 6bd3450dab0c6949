//! « Utilisateur technique » (R-STR-TECHNIQUE, seed 001 §9): the account of the information system of a structure, for the API.
//!
//! ```text
//! compte: actif ⇄ inactif, → supprime
//! secret: the current one (424 days), and the one before during the grace period chosen; nothing else opens the API
//! ```
//!
//! A secret exists in clear in one answer of the portal, the file of the button that makes it; the table keeps its SHA-256.

mod courriers;
mod fichier;
mod lecture;
mod pages;
mod rappels;

pub use fichier::Emis;
pub use lecture::{UtilisateurTechnique, liste, un};
pub use pages::routes;
pub use rappels::{rappeler, rappels_dus};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;

use self::courriers::{Avis, TechniqueCree, TechniqueModifie, TechniqueReinitialise};
use super::prendre;
use crate::acces::{Action as Acte, GestionPrincipale, StructureVue, empreinte_du_secret};
use crate::courrier::{Courrier, Destinataire, deposer_plusieurs};
use crate::db::{StructureId, TechniqueId, Temps, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::identifiants::AdresseElectronique;
use crate::rattachements;
use crate::web::Erreur;

/// Days a secret lives (seed 001 §9, spec §6).
pub const DUREE_JOURS: i32 = 424;
/// Days the old secret may be kept alive after a reset, at most.
pub const GRACE_MAX: i32 = 7;
/// Technical accounts of one structure at most.
const COMPTES_MAX: i64 = 10;

/// A login nobody guesses the structure from, and a secret of 256 bits behind a prefix that secret scanners know.
fn tirer() -> (String, String) {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut hasard = rand::rng();
    let suite: String = (0..10)
        .map(|_| char::from(ALPHABET[hasard.random_range(0..ALPHABET.len())]))
        .collect();
    let octets: [u8; 32] = hasard.random();
    (
        format!("technique-{suite}"),
        format!("vtl_{}", URL_SAFE_NO_PAD.encode(octets)),
    )
}

/// « Exporter les informations de connexion »: creates the account and answers what its file says. `id` was drawn with the
/// form, so that sending it twice makes one account; the secret is shown once.
///
/// # Errors
/// `Conflit`: this form made its account already, or the structure has too many.
pub async fn creer(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    id: TechniqueId,
    adresse: &AdresseElectronique,
) -> Result<Emis, Erreur> {
    let structure = prendre(tx, gestion, Acte::GererTechnique, &[]).await?;
    let nombre = sqlx::query_scalar!(
        r#"select count(*) as "n!" from comptes_techniques where structure_id = $1 and statut <> 'supprime'"#,
        structure.id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    let (identifiant, secret) = tirer();
    let cree = sqlx::query!(
        "insert into comptes_techniques (id, structure_id, identifiant, adresse_contact, cree_par) values ($1, $2, $3, $4, $5)
         on conflict (id) do nothing",
        id.0,
        structure.id.0,
        identifiant,
        adresse.as_str(),
        gestion.id().0
    )
    .execute(&mut **tx)
    .await?;
    if cree.rows_affected() == 0 {
        return Err(Erreur::Conflit(
            "Cet utilisateur technique est déjà créé, et son mot de passe ne se montre qu’une fois. Si le fichier ne vous est pas parvenu, réinitialisez le mot de passe depuis la liste des utilisateurs techniques."
                .to_owned(),
        ));
    }
    if nombre >= COMPTES_MAX {
        return Err(Erreur::Conflit(format!(
            "Cette structure a déjà {COMPTES_MAX} utilisateurs techniques\u{202F}: supprimez d’abord ceux qui ne servent plus."
        )));
    }
    let expire_le = poser_le_secret(tx, id, &secret).await?;
    let details = Details {
        acteur: gestion.personne().nom_complet(),
        commentaire: identifiant.clone(),
        changements: vec![
            Changement::new("Identifiant", "", &*identifiant),
            Changement::new("Adresse électronique de contact", "", adresse.as_str()),
            Changement::new("Valable jusqu’au", "", expire_le.jour()),
        ],
        ..Details::default()
    };
    let ligne = noter(tx, gestion, structure.id, Action::TechniqueCree, details).await?;
    let par = gestion.personne().nom_complet();
    let expire = expire_le.jour();
    prevenir(tx, ligne, &structure, adresse.as_str(), |base| {
        TechniqueCree {
            avis: base,
            identifiant: identifiant.clone(),
            par: par.clone(),
            expire: expire.clone(),
        }
    })
    .await?;
    Ok(Emis {
        structure,
        identifiant,
        secret,
        expire_le,
        ancien_jusqu_au: None,
    })
}

/// Writes the current secret; answers its end.
async fn poser_le_secret(tx: &mut Tx, id: TechniqueId, secret: &str) -> Result<Temps, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"insert into secrets_techniques (id, compte_id, empreinte, expire_le)
           values ($1, $2, $3, maintenant() + make_interval(days => $4))
           returning temps(expire_le) as "fin!: Temps""#,
        uuid::Uuid::now_v7(),
        id.0,
        &empreinte_du_secret(secret)[..],
        DUREE_JOURS
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// « Réinitialiser le mot de passe de l’utilisateur technique »: a new secret; the one before lives `grace` more days.
/// `vu` is the secret the form was drawn for: sending it twice resets once.
///
/// # Errors
/// `Introuvable`: not of this structure. `Conflit`: reset already, or the account is deactivated.
pub async fn reinitialiser(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    id: TechniqueId,
    vu: uuid::Uuid,
    grace: i32,
) -> Result<Emis, Erreur> {
    let structure = prendre(tx, gestion, Acte::GererTechnique, &[]).await?;
    let compte = lecture::sous_verrou(tx, structure.id, id).await?;
    if !compte.actif() {
        return Err(Erreur::Conflit(
            "Cet utilisateur technique est désactivé\u{202F}: activez-le avant de réinitialiser son mot de passe."
                .to_owned(),
        ));
    }
    if compte.secret != vu {
        return Err(Erreur::Conflit(
            "Le mot de passe de cet utilisateur technique vient d’être réinitialisé, et il ne se montre qu’une fois. Si le fichier ne vous est pas parvenu, recommencez depuis la liste des utilisateurs techniques."
                .to_owned(),
        ));
    }
    let (_, secret) = tirer();
    // One old secret at most: what an earlier reset kept alive ends now.
    let ancien = sqlx::query_scalar!(
        r#"with finis as (
             update secrets_techniques set expire_le = least(expire_le, maintenant())
             where compte_id = $1 and remplace_le is not null)
           update secrets_techniques set remplace_le = maintenant(),
             expire_le = least(expire_le, maintenant() + make_interval(days => $2))
           where compte_id = $1 and remplace_le is null
           returning temps(expire_le) as "fin!: Temps""#,
        id.0,
        grace
    )
    .fetch_one(&mut **tx)
    .await?;
    let expire_le = poser_le_secret(tx, id, &secret).await?;
    let fin_ancien = if grace > 0 {
        ancien.jour_heure()
    } else {
        "immédiatement".to_owned()
    };
    let details = Details {
        acteur: gestion.personne().nom_complet(),
        commentaire: compte.identifiant.clone(),
        changements: vec![
            Changement::new(
                "Valable jusqu’au",
                compte.secret_expire_le.jour(),
                expire_le.jour(),
            ),
            Changement::new("Fin de l’ancien mot de passe", "", &*fin_ancien),
        ],
        ..Details::default()
    };
    let ligne = noter(
        tx,
        gestion,
        structure.id,
        Action::TechniqueReinitialise,
        details,
    )
    .await?;
    let par = gestion.personne().nom_complet();
    let ancien_fin = (grace > 0).then(|| ancien.jour_heure());
    let expire = expire_le.jour();
    prevenir(tx, ligne, &structure, &compte.adresse_contact, |base| {
        TechniqueReinitialise {
            avis: base,
            identifiant: compte.identifiant.clone(),
            par: par.clone(),
            expire: expire.clone(),
            ancien: ancien_fin.clone(),
        }
    })
    .await?;
    Ok(Emis {
        structure,
        identifiant: compte.identifiant,
        secret,
        expire_le,
        ancien_jusqu_au: ancien_fin,
    })
}

/// What becomes of the account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    Active,
    Desactive,
    Supprime,
}

impl Sort {
    fn code(self) -> &'static str {
        match self {
            Self::Active => "actif",
            Self::Desactive => "inactif",
            Self::Supprime => "supprime",
        }
    }

    fn libelle(self) -> &'static str {
        match self {
            Self::Active => "Actif",
            Self::Desactive => "Inactif",
            Self::Supprime => "Supprimé",
        }
    }

    /// « … est activé », for the message and the mail.
    pub fn fait(self) -> &'static str {
        match self {
            Self::Active => "activé",
            Self::Desactive => "désactivé",
            Self::Supprime => "supprimé",
        }
    }
}

/// Activates, deactivates or deletes; the next call of the API sees it. Twice is no error. Answers the login.
///
/// # Errors
/// `Introuvable`: not of this structure, or deleted.
pub async fn changer(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    id: TechniqueId,
    sort: Sort,
) -> Result<String, Erreur> {
    let structure = prendre(tx, gestion, Acte::GererTechnique, &[]).await?;
    let compte = lecture::sous_verrou(tx, structure.id, id).await?;
    if compte.statut == sort.code() {
        return Ok(compte.identifiant);
    }
    sqlx::query!(
        "with fin as (
           update secrets_techniques set expire_le = least(expire_le, maintenant())
           where $2 = 'supprime' and compte_id = $1)
         update comptes_techniques set statut = $2, modifie_le = maintenant() where id = $1",
        id.0,
        sort.code()
    )
    .execute(&mut **tx)
    .await?;
    let action = match sort {
        Sort::Supprime => Action::TechniqueSupprime,
        Sort::Active | Sort::Desactive => Action::TechniqueModifie,
    };
    let details = Details {
        acteur: gestion.personne().nom_complet(),
        commentaire: compte.identifiant.clone(),
        changements: vec![Changement::new(
            "Statut",
            compte.libelle_statut(),
            sort.libelle(),
        )],
        ..Details::default()
    };
    let ligne = noter(tx, gestion, structure.id, action, details).await?;
    let par = gestion.personne().nom_complet();
    prevenir(tx, ligne, &structure, &compte.adresse_contact, |base| {
        TechniqueModifie {
            avis: base,
            identifiant: compte.identifiant.clone(),
            par: par.clone(),
            fait: sort.fait(),
        }
    })
    .await?;
    Ok(compte.identifiant)
}

async fn noter(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    structure: StructureId,
    action: Action,
    details: Details,
) -> Result<uuid::Uuid, Erreur> {
    let entree = Entree {
        structure: Some(structure),
        action,
        concerne: None,
        demande: None,
        details,
    };
    historique::noter(tx, &***gestion, entree).await
}

/// Both sides: the gestionnaire principal, and whoever runs the information system.
async fn prevenir<C: Courrier>(
    tx: &mut Tx,
    evenement: uuid::Uuid,
    structure: &StructureVue,
    adresse_contact: &str,
    courrier: impl Fn(Avis) -> C,
) -> Result<(), Erreur> {
    let marque = tx.marque.to_string();
    let avis = |nom_complet: String, chemin: String| Avis {
        marque: marque.clone(),
        nom_complet,
        structure: structure.raison_sociale.clone(),
        chemin,
    };
    let mut courriers = Vec::new();
    if let Some(gp) = rattachements::principal(tx, structure.id).await? {
        let chemin = format!("/structures/{}/techniques", structure.id);
        courriers.push((
            Destinataire {
                utilisateur: Some(gp.id.0),
                adresse: gp.adresse,
            },
            courrier(avis(gp.nom_complet, chemin)),
        ));
    }
    if courriers.iter().all(|(d, _)| d.adresse != adresse_contact) {
        courriers.push((
            Destinataire {
                utilisateur: None,
                adresse: adresse_contact.to_owned(),
            },
            courrier(avis(String::new(), "/api/documentation".to_owned())),
        ));
    }
    Ok(deposer_plusieurs(tx, evenement, &courriers).await?)
}
