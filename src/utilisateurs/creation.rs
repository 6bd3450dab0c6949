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
    let crees = creer_plusieurs(tx, std::slice::from_ref(compte)).await?;
    crees
        .into_iter()
        .next()
        .ok_or_else(|| anyhow::anyhow!("no account created").into())
}

/// The same for many, each address once, by as many statements; in the order given.
///
/// # Errors
/// `Invalide` at `adresse_connexion` when one of the addresses has an account.
pub async fn creer_plusieurs(
    tx: &mut Tx,
    comptes: &[NouveauCompte],
) -> Result<Vec<UtilisateurId>, Erreur> {
    let ids: Vec<_> = comptes.iter().map(|_| UtilisateurId::nouveau()).collect();
    let contact = |c: &NouveauCompte| {
        let contact = c.adresse_contact.as_ref().unwrap_or(&c.adresse_connexion);
        contact.as_str().to_owned()
    };
    let crees = sqlx::query!(
        "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, equipe, creee_par, demandee_par)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[])
         on conflict (adresse_connexion) do nothing",
        &ids.iter().map(|id| id.0).collect::<Vec<_>>(),
        &comptes.iter().map(|c| c.adresse_connexion.as_str().to_owned()).collect::<Vec<_>>(),
        &comptes.iter().map(contact).collect::<Vec<_>>(),
        &comptes.iter().map(|c| c.prenom.clone()).collect::<Vec<_>>(),
        &comptes.iter().map(|c| c.nom.clone()).collect::<Vec<_>>(),
        &comptes.iter().map(|c| c.equipe.map(|e| e.code().to_owned())).collect::<Vec<_>>() as &[Option<String>],
        &comptes.iter().map(|c| c.cree_par.map(Uuid::from)).collect::<Vec<_>>() as &[Option<Uuid>],
        &comptes.iter().map(|c| c.demandee_par.clone()).collect::<Vec<_>>() as &[Option<String>],
    )
    .execute(&mut **tx)
    .await?;
    if usize::try_from(crees.rows_affected()) != Ok(comptes.len()) {
        return Err(Erreur::champ(
            "adresse_connexion",
            "Un compte existe déjà avec cette adresse.",
        ));
    }
    envoyer_activations(tx, &ids).await?;
    for id in &ids {
        tracing::info!(evenement = "compte_cree", utilisateur = %id, "compte");
    }
    Ok(ids)
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
    Ok(envoyer_activations(tx, &[id]).await? == 1)
}

/// The same for many, by as many statements. Answers how many wait for their activation.
async fn envoyer_activations(tx: &mut Tx, ids: &[UtilisateurId]) -> Result<usize, Erreur> {
    let comptes = sqlx::query!(
        "select id, adresse_connexion, prenom, nom, demandee_par from utilisateurs
         where id = any ($1) and statut = 'en_cours_activation' order by id for no key update",
        &ids.iter().map(|id| id.0).collect::<Vec<_>>()
    )
    .fetch_all(&mut **tx)
    .await?;
    let adresses = comptes.iter().map(|c| (c.id, c.adresse_connexion.as_str()));
    let jetons = jeton::emettre_plusieurs(tx, Usage::Activation, adresses).await?;
    let marque = tx.marque.to_string();
    let courriers = comptes.into_iter().zip(jetons).map(|(compte, jeton)| {
        let courrier = Activation {
            prenom: compte.prenom,
            nom: compte.nom,
            demandeur: compte.demandee_par,
            marque: marque.clone(),
        };
        let destinataire = Destinataire {
            utilisateur: Some(compte.id),
            adresse: compte.adresse_connexion,
        };
        (destinataire, jeton, courrier)
    });
    let courriers: Vec<_> = courriers.collect();
    courrier::deposer_avec_jetons(tx, &courriers).await?;
    Ok(courriers.len())
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
