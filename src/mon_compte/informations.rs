//! « Modifier mes informations » (R-COMPTE-INFOS): what the person may change, who is told.

use uuid::Uuid;

use super::courriers::AdresseContactModifiee;
use crate::App;
use crate::acces::Connecte;
use crate::acces::compteurs::{self, ENVOI};
use crate::courrier::{self, Destinataire};
use crate::db::Tx;
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::identifiants::AdresseElectronique;
use crate::web::Erreur;

/// Names and contact address: of a PIGP account they belong to the référent (spec §13).
#[derive(Clone, Debug)]
pub struct Identite {
    pub prenom: String,
    pub nom: String,
    pub adresse_contact: AdresseElectronique,
}

/// A form read: what the account becomes.
#[derive(Clone, Default, Debug)]
pub struct Modification {
    /// `None` leaves it as it is.
    pub identite: Option<Identite>,
    pub telephone: Option<String>,
    pub adresse: Option<String>,
    pub complement_adresse: Option<String>,
    pub code_postal: Option<String>,
    pub ville: Option<String>,
    pub pays: String,
}

/// Changes of the contact address are counted before anything is mailed.
///
/// # Errors
/// `TropDeRequetes`.
pub async fn compter(app: &App, connecte: &Connecte, voulu: &Modification) -> Result<(), Erreur> {
    let Some(identite) = &voulu.identite else {
        return Ok(());
    };
    let actuelle = sqlx::query_scalar!(
        "select adresse_contact from utilisateurs where id = $1",
        connecte.id().0
    )
    .fetch_one(&app.db)
    .await?;
    if actuelle == identite.adresse_contact.as_str() {
        return Ok(());
    }
    compteurs::compter(&app.db, &format!("contact:{}", connecte.id()), ENVOI).await
}

struct Avant {
    prenom: String,
    nom: String,
    adresse_connexion: String,
    adresse_contact: String,
    telephone: Option<String>,
    adresse: Option<String>,
    complement_adresse: Option<String>,
    code_postal: Option<String>,
    ville: Option<String>,
    pays: String,
    pigp: bool,
}

/// Writes the account; a change is one line of the historique, a new contact address is told to the old one and to the login
/// address. Answers whether anything changed.
///
/// # Errors
/// `Interdit`: the identity of a PIGP account.
pub async fn modifier(
    tx: &mut Tx,
    connecte: &Connecte,
    voulu: &Modification,
) -> Result<bool, Erreur> {
    let id = connecte.id();
    let avant = sqlx::query_as!(
        Avant,
        "select prenom, nom, adresse_connexion, adresse_contact, telephone, adresse, complement_adresse, code_postal, ville, pays,
                pigp
         from utilisateurs where id = $1 and statut = 'actif' for no key update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::ConnexionRequise)?;
    let identite = match &voulu.identite {
        Some(_) if avant.pigp => {
            return Err(Erreur::Interdit(
                "Votre compte vient du PIGP\u{202F}: vos nom, prénom et adresses électroniques ne sont modifiés que par votre référent."
                    .to_owned(),
            ));
        }
        Some(identite) => identite.clone(),
        None => Identite {
            prenom: avant.prenom.clone(),
            nom: avant.nom.clone(),
            adresse_contact: AdresseElectronique::lire(&avant.adresse_contact)
                .map_err(|phrase| anyhow::anyhow!("stored contact address: {phrase}"))?,
        },
    };
    let changements = changements(&avant, &identite, voulu);
    if changements.is_empty() {
        return Ok(false);
    }
    sqlx::query!(
        "update utilisateurs set prenom = $2, nom = $3, adresse_contact = $4, telephone = $5, adresse = $6,
                complement_adresse = $7, code_postal = $8, ville = $9, pays = $10
         where id = $1",
        id.0,
        identite.prenom,
        identite.nom,
        identite.adresse_contact.as_str(),
        voulu.telephone,
        voulu.adresse,
        voulu.complement_adresse,
        voulu.code_postal,
        voulu.ville,
        voulu.pays
    )
    .execute(&mut **tx)
    .await?;
    let nom_complet = format!("{} {}", identite.prenom, identite.nom);
    let ligne = historique::noter(
        tx,
        connecte,
        Entree {
            structure: None,
            action: Action::CompteModifie,
            concerne: Some(id),
            demande: None,
            details: Details {
                acteur: connecte.personne().nom_complet(),
                concerne: nom_complet,
                changements,
                ..Details::default()
            },
        },
    )
    .await?;
    if identite.adresse_contact.as_str() != avant.adresse_contact {
        prevenir(tx, connecte, ligne, &avant, &identite).await?;
    }
    tracing::info!(evenement = "compte_modifie", utilisateur = %id, "compte");
    Ok(true)
}

fn changements(avant: &Avant, identite: &Identite, voulu: &Modification) -> Vec<Changement> {
    let facultatif = |valeur: &Option<String>| valeur.clone().unwrap_or_default();
    [
        ("Prénom", avant.prenom.clone(), identite.prenom.clone()),
        ("Nom", avant.nom.clone(), identite.nom.clone()),
        (
            "Adresse de contact",
            avant.adresse_contact.clone(),
            identite.adresse_contact.to_string(),
        ),
        (
            "Téléphone",
            facultatif(&avant.telephone),
            facultatif(&voulu.telephone),
        ),
        (
            "Adresse",
            facultatif(&avant.adresse),
            facultatif(&voulu.adresse),
        ),
        (
            "Complément d’adresse",
            facultatif(&avant.complement_adresse),
            facultatif(&voulu.complement_adresse),
        ),
        (
            "Code postal",
            facultatif(&avant.code_postal),
            facultatif(&voulu.code_postal),
        ),
        ("Ville", facultatif(&avant.ville), facultatif(&voulu.ville)),
        ("Pays", avant.pays.clone(), voulu.pays.clone()),
    ]
    .into_iter()
    .filter(|(_, avant, apres)| avant != apres)
    .map(|(champ, avant, apres)| Changement::new(champ, avant, apres))
    .collect()
}

async fn prevenir(
    tx: &mut Tx,
    connecte: &Connecte,
    evenement: Uuid,
    avant: &Avant,
    identite: &Identite,
) -> Result<(), Erreur> {
    let courrier = AdresseContactModifiee {
        marque: tx.marque.to_string(),
        prenom: identite.prenom.clone(),
        nom: identite.nom.clone(),
        nouvelle: identite.adresse_contact.to_string(),
    };
    // The same address twice is one mail: the outbox refuses the second.
    for adresse in [&avant.adresse_contact, &avant.adresse_connexion] {
        let destinataire = Destinataire {
            utilisateur: Some(connecte.id().0),
            adresse: adresse.clone(),
        };
        courrier::deposer(tx, evenement, &destinataire, &courrier).await?;
    }
    Ok(())
}

/// Whom a PIGP account asks, at most three: the référents of its périmètre; without one, those whose mail domain is that of its
/// login.
///
/// # Errors
/// Those of the database.
pub async fn referents(app: &App, connecte: &Connecte) -> Result<Vec<(String, String)>, Erreur> {
    Ok(sqlx::query!(
        r#"select prenom || ' ' || nom as "nom!", adresse_contact from utilisateurs
           where equipe = 'referent' and statut = 'actif'
             and case when exists (select from utilisateurs moi where moi.id = $2 and moi.perimetre_id is not null)
                      then id in (select r.utilisateur_id from referents_effectifs r
                                  join utilisateurs moi on moi.perimetre_id = r.perimetre_id where moi.id = $2)
                      else split_part(adresse_connexion, '@', 2) = split_part($1, '@', 2) end
           order by cle_tri, id limit 3"#,
        connecte.personne().adresse_connexion,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?
    .into_iter()
    .map(|r| (r.nom, r.adresse_contact))
    .collect())
}
