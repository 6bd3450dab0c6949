//! Links that a page open to anybody asks for: the same answer and the same time for every address (security.md AU1).

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::client::Client;
use super::courriers::MotDePasseOublie;
use super::creation::envoyer_activation;
use crate::App;
use crate::acces::compteurs::{self, CONNEXION_ADRESSE, ENVOI};
use crate::courrier::{self, Destinataire, Usage, jeton};
use crate::db::{UtilisateurId, en_transaction};
use crate::identifiants::AdresseElectronique;
use crate::web::Erreur;

/// What a page open to anybody may ask to be mailed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Demande {
    Activation,
    MotDePasse,
}

/// How long asking for a link takes, whoever asks: an account costs a token and a mail more than none, and a clock must
/// not see it (security.md AU1, failure-modes T6).
pub(super) const DUREE_DEMANDE: Duration = Duration::from_millis(150);

/// Counts one mail asked for by this client to this address, known or not, and says until when the answer waits.
///
/// # Errors
/// `TropDeRequetes`.
pub async fn compter_l_envoi(
    app: &App,
    client: &Client,
    adresse: &AdresseElectronique,
) -> Result<Instant, Erreur> {
    compteurs::compter(
        &app.db,
        &format!("envoi:{}", client.hote()),
        CONNEXION_ADRESSE,
    )
    .await?;
    compteurs::compter(&app.db, &format!("envoi:{adresse}"), ENVOI).await?;
    Ok(Instant::now() + DUREE_DEMANDE)
}

/// Mails a link to the stored login address, if it has an account that can use it; answers the same otherwise.
///
/// # Errors
/// `TropDeRequetes`, whether the address is known or not.
pub(super) async fn demander_lien(
    app: &App,
    client: &Client,
    adresse: &AdresseElectronique,
    demande: Demande,
) -> Result<(), Erreur> {
    let fin = compter_l_envoi(app, client, adresse).await?;
    let issue = deposer_lien(app, adresse, demande).await;
    tokio::time::sleep_until(fin).await;
    issue
}

async fn deposer_lien(
    app: &App,
    adresse: &AdresseElectronique,
    demande: Demande,
) -> Result<(), Erreur> {
    en_transaction!(app, |tx| {
        let Some(compte) = sqlx::query!(
            r#"select id as "id: UtilisateurId", adresse_connexion, prenom, nom, statut
               from utilisateurs where adresse_connexion = $1"#,
            adresse.as_str()
        )
        .fetch_optional(&mut **tx)
        .await?
        else {
            return Ok(());
        };
        match (compte.statut.as_str(), demande) {
            // Whoever never activated has no password to forget: the useful link is the other one.
            ("en_cours_activation", _) => {
                envoyer_activation(tx, compte.id).await?;
            }
            ("actif", Demande::MotDePasse) => {
                let jeton = jeton::emettre(
                    tx,
                    compte.id.0,
                    Usage::MotDePasse,
                    &compte.adresse_connexion,
                )
                .await?;
                let courrier = MotDePasseOublie {
                    prenom: compte.prenom,
                    nom: compte.nom,
                    marque: tx.marque.to_string(),
                };
                let destinataire = Destinataire {
                    utilisateur: Some(compte.id.0),
                    adresse: compte.adresse_connexion,
                };
                courrier::deposer_avec_jeton(tx, Uuid::now_v7(), &destinataire, &jeton, &courrier)
                    .await?;
            }
            _ => {}
        }
        Ok(())
    })
}
