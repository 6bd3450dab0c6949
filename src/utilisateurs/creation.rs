use uuid::Uuid;

use super::compte::{Equipe, NouveauCompte};
use super::courriers::Activation;
use crate::App;
use crate::acces::Systeme;
use crate::courrier::{self, Destinataire, Usage, jeton};
use crate::db::{Tx, UtilisateurId, transaction};
use crate::web::Erreur;

/// Creates an account « en cours d'activation » and sends its activation link to the login address.
///
/// # Errors
/// `Invalide` at `adresse_connexion` when an account has this address. A screen open to anybody must not show that
/// (security.md AU1): it looks first with `par_adresse` and mails `AdresseDejaConnue`.
pub async fn creer(tx: &mut Tx, compte: &NouveauCompte) -> Result<UtilisateurId, Erreur> {
    let id = UtilisateurId::nouveau();
    let contact = compte
        .adresse_contact
        .as_ref()
        .unwrap_or(&compte.adresse_connexion);
    let cree = sqlx::query!(
        "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, equipe, creee_par, demandee_par)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (adresse_connexion) do nothing",
        id.0,
        compte.adresse_connexion.as_str(),
        contact.as_str(),
        compte.prenom,
        compte.nom,
        compte.equipe.map(Equipe::code),
        compte.cree_par.map(|p| p.0),
        compte.demandee_par,
    )
    .execute(&mut **tx)
    .await?;
    if cree.rows_affected() == 0 {
        return Err(Erreur::champ(
            "adresse_connexion",
            "Un compte existe déjà avec cette adresse.",
        ));
    }
    envoyer_activation(tx, id).await?;
    tracing::info!(evenement = "compte_cree", utilisateur = %id, "compte");
    Ok(id)
}

/// Writes new answers over those of an account that waits for its activation, and sends a fresh link: every older one
/// dies, so that nobody confirms what he has not read (failure-modes I5). `false`: the account is not waiting any more.
pub async fn refaire(
    tx: &mut Tx,
    id: UtilisateurId,
    compte: &NouveauCompte,
) -> Result<bool, Erreur> {
    let contact = compte
        .adresse_contact
        .as_ref()
        .unwrap_or(&compte.adresse_connexion);
    let refait = sqlx::query!(
        "update utilisateurs set adresse_contact = $2, prenom = $3, nom = $4, creee_par = $5, demandee_par = $6
         where id = $1 and statut = 'en_cours_activation'",
        id.0,
        contact.as_str(),
        compte.prenom,
        compte.nom,
        compte.cree_par.map(|p| p.0),
        compte.demandee_par
    )
    .execute(&mut **tx)
    .await?;
    Ok(refait.rows_affected() == 1 && envoyer_activation(tx, id).await?)
}

/// The same with another login address: the corrections of whoever created the account for somebody else.
///
/// # Errors
/// `Invalide` at `adresse_connexion`: somebody has it; `Conflit`: the account does not wait any more.
pub async fn corriger(
    tx: &mut Tx,
    id: UtilisateurId,
    compte: &NouveauCompte,
) -> Result<(), Erreur> {
    let adresse = compte.adresse_connexion.as_str();
    let corrige = sqlx::query!(
        "update utilisateurs set adresse_connexion = $2, prenom = $3, nom = $4,
           adresse_contact = case when adresse_contact = adresse_connexion then $2 else adresse_contact end
         where id = $1 and statut = 'en_cours_activation'",
        id.0,
        adresse,
        compte.prenom,
        compte.nom
    )
    .execute(&mut **tx)
    .await;
    let corrige = match corrige {
        Err(e) if crate::db::contrainte(&e) == Some("utilisateurs_adresse_connexion_key") => {
            return Err(Erreur::champ(
                "adresse_connexion",
                "Un compte existe déjà avec cette adresse.",
            ));
        }
        autre => autre?,
    };
    if corrige.rows_affected() == 1 && envoyer_activation(tx, id).await? {
        Ok(())
    } else {
        Err(Erreur::Conflit(
            "Ce compte vient d’être activé\u{202F}: son titulaire le modifie lui-même.".to_owned(),
        ))
    }
}

/// Sends a fresh activation link to an account that waits for one; every older link dies. `false`: nothing to activate.
pub async fn envoyer_activation(tx: &mut Tx, id: UtilisateurId) -> Result<bool, Erreur> {
    let Some(compte) = sqlx::query!(
        "select adresse_connexion, prenom, nom, demandee_par from utilisateurs
         where id = $1 and statut = 'en_cours_activation' for no key update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Ok(false);
    };
    let jeton = jeton::emettre(tx, id.0, Usage::Activation, &compte.adresse_connexion).await?;
    let courrier = Activation {
        prenom: compte.prenom,
        nom: compte.nom,
        demandeur: compte.demandee_par,
        marque: tx.marque.to_string(),
    };
    let destinataire = Destinataire {
        utilisateur: Some(id.0),
        adresse: compte.adresse_connexion,
    };
    courrier::deposer_avec_jeton(tx, Uuid::now_v7(), &destinataire, &jeton, &courrier).await?;
    Ok(true)
}

/// For the command line: a staff account, activated by mail like any other.
///
/// # Errors
/// `Invalide` at `equipe`, `adresse_connexion`, `prenom` or `nom`.
pub async fn creer_equipe(
    app: &App,
    _: &Systeme,
    adresse: &str,
    prenom: &str,
    nom: &str,
    equipe: &str,
) -> Result<UtilisateurId, Erreur> {
    let equipe = Equipe::lire(equipe).ok_or_else(|| {
        Erreur::champ("equipe", "Choisissez support, referent ou administrateur.")
    })?;
    let compte = NouveauCompte {
        equipe: Some(equipe),
        ..NouveauCompte::lire(adresse, "", prenom, nom)?
    };
    transaction(app, async |tx| creer(tx, &compte).await).await
}
