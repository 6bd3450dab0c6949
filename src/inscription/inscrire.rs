//! Sending the answers: the same time and the same silence for a new address and for a known one.

use std::time::Duration;

use uuid::Uuid;

use super::intention::{self, Intention};
use crate::App;
use crate::acces::compteurs;
use crate::courrier::{self, Destinataire};
use crate::db::{Tx, en_transaction};
use crate::rattachements;
use crate::utilisateurs::courriers::AdresseDejaConnue;
use crate::utilisateurs::{self, Client, Compte, NouveauCompte, Statut};
use crate::web::Erreur;

/// Answers are sent once, however often the button is pressed while the session lasts.
const UNE_FOIS: Duration = Duration::from_secs(12 * 3_600);

/// Checked answers.
pub struct Inscription {
    /// Names these very answers.
    pub cle: Uuid,
    pub compte: NouveauCompte,
    pub intention: Intention,
}

/// Creates the account and keeps what it asked for; tells the owner of a known address by mail. The caller learns
/// nothing of which it was.
///
/// # Errors
/// `TropDeRequetes`, whether the address is known or not: counted with the other mails anybody may ask for.
pub async fn inscrire(app: &App, client: &Client, inscription: &Inscription) -> Result<(), Erreur> {
    let adresse = &inscription.compte.adresse_connexion;
    let fin = utilisateurs::compter_l_envoi(app, client, adresse).await?;
    let issue = en_transaction!(app, |tx| deposer(tx, inscription).await);
    tokio::time::sleep_until(fin).await;
    issue
}

async fn deposer(tx: &mut Tx, i: &Inscription) -> Result<(), Erreur> {
    if let Intention::Demande { structure, .. } = &i.intention {
        rattachements::verrouiller(tx, &[*structure]).await?;
    }
    if !compteurs::une_fois(tx, &format!("inscription:{}", i.cle), UNE_FOIS).await? {
        return Ok(());
    }
    let adresse = &i.compte.adresse_connexion;
    if let Some(compte) = utilisateurs::par_adresse(&mut **tx, adresse).await? {
        return deja_la(tx, i, compte).await;
    }
    match utilisateurs::creer(tx, &i.compte).await {
        Ok(id) => intention::ecrire(tx, id, &i.intention).await,
        // Since a moment: a parallel sign-up.
        Err(Erreur::Invalide(_)) => match utilisateurs::par_adresse(&mut **tx, adresse).await? {
            Some(compte) => deja_la(tx, i, compte).await,
            None => Ok(()),
        },
        Err(autre) => Err(autre),
    }
}

async fn deja_la(tx: &mut Tx, i: &Inscription, compte: Compte) -> Result<(), Erreur> {
    match compte.statut {
        // Its first answers were perhaps wrong: the last ones count, under a new link. An account that somebody
        // vouches for (staff, a gestionnaire) is not rewritten by a visitor.
        Statut::EnCoursActivation if !compte.pigp && intention::existe(tx, compte.id).await? => {
            if utilisateurs::refaire(tx, compte.id, &i.compte).await? {
                intention::ecrire(tx, compte.id, &i.intention).await?;
            }
            Ok(())
        }
        Statut::EnCoursActivation => {
            utilisateurs::envoyer_activation(tx, compte.id).await?;
            Ok(())
        }
        Statut::Actif | Statut::Inactif => {
            let courrier = AdresseDejaConnue {
                prenom: compte.prenom,
                nom: compte.nom,
                marque: tx.marque.to_string(),
            };
            let destinataire = Destinataire {
                utilisateur: Some(compte.id.0),
                adresse: compte.adresse_connexion,
            };
            Ok(courrier::deposer(tx, i.cle, &destinataire, &courrier).await?)
        }
        Statut::Clos => Ok(()),
    }
}
