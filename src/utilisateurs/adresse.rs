//! A new login address: password, link to the new one, button; the former one is told twice (security.md AU5).

use tokio::time::Instant;
use tower_sessions::Session;
use uuid::Uuid;

use super::courriers_securite::{
    AdresseDejaPrise, AdresseDemandee, AdresseModifiee, ConfirmationAdresse,
};
use super::lien_demande::DUREE_DEMANDE;
use super::mots_de_passe;
use crate::App;
use crate::acces::Connecte;
use crate::acces::compteurs::{self, ENVOI};
use crate::courrier::{self, Courrier, Destinataire, Usage, jeton};
use crate::db::{Temps, Tx, UtilisateurId, contrainte, en_transaction};
use crate::identifiants::AdresseElectronique;
use crate::web::{Erreur, MotDePasse};

/// A change that waits for its confirmation.
pub(super) struct Attente {
    pub adresse: String,
    pub demandee_le: Temps,
    pub expire_le: Temps,
}

/// The change this person asked for, whether or not the address is free: the page must not tell.
pub(super) async fn en_attente(app: &App, connecte: &Connecte) -> Result<Option<Attente>, Erreur> {
    Ok(sqlx::query_as!(
        Attente,
        r#"select adresse, temps(cree_le) as "demandee_le!: Temps", temps(expire_le) as "expire_le!: Temps"
           from jetons where utilisateur_id = $1 and usage = 'adresse' and expire_le > maintenant()"#,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?)
}

/// The person gives up: the link dies.
pub(super) async fn annuler(app: &App, connecte: &Connecte) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from jetons where utilisateur_id = $1 and usage = 'adresse'",
        connecte.id().0
    )
    .execute(&app.db)
    .await?;
    tracing::info!(evenement = "adresse_annulee", utilisateur = %connecte.id(), "compte");
    Ok(())
}

/// The identity of a PIGP account belongs to the référent (decisions 9, spec §13).
pub(super) fn permis(connecte: &Connecte) -> Result<(), Erreur> {
    if connecte.personne().pigp {
        return Err(Erreur::Interdit(
            "L’adresse de connexion d’un compte PIGP se modifie au Portail internet de la gestion publique\u{202F}: adressez-vous à votre référent.".to_owned(),
        ));
    }
    Ok(())
}

/// Asks for the change. A free address receives the link; one that has an account receives a word about it; the page,
/// the tables it reads and the time are the same (security.md AU1).
///
/// # Errors
/// `Invalide` at `adresse` or `mot_de_passe`; `Interdit` for a PIGP account; `TropDeRequetes`.
pub(super) async fn demander(
    app: &App,
    connecte: &Connecte,
    nouvelle: &AdresseElectronique,
    mot: &MotDePasse,
) -> Result<(), Erreur> {
    permis(connecte)?;
    if nouvelle.as_str() == connecte.personne().adresse_connexion {
        return Err(Erreur::champ(
            "adresse",
            "C’est déjà votre adresse de connexion.",
        ));
    }
    let id = connecte.id();
    mots_de_passe::reconnaitre(app, id, "mot_de_passe", mot).await?;
    // By person, and by recipient: nobody's mailbox is filled from here.
    compteurs::compter(&app.db, &format!("adresse:{id}"), ENVOI).await?;
    compteurs::compter(&app.db, &format!("envoi:{nouvelle}"), ENVOI).await?;
    let fin = Instant::now() + DUREE_DEMANDE;
    let issue = en_transaction!(app, |tx| deposer(tx, id, nouvelle).await);
    tokio::time::sleep_until(fin).await;
    issue?;
    tracing::info!(evenement = "adresse_demandee", utilisateur = %id, "compte");
    Ok(())
}

/// The account whose address changes, locked.
struct Titulaire {
    prenom: String,
    nom: String,
    connexion: String,
    contact: String,
}

impl Titulaire {
    async fn verrouiller(tx: &mut Tx, id: UtilisateurId) -> Result<Self, Erreur> {
        sqlx::query_as!(
            Self,
            "select prenom, nom, adresse_connexion as connexion, adresse_contact as contact from utilisateurs
             where id = $1 and statut = 'actif' and not pigp for no key update",
            id.0
        )
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(Erreur::Introuvable)
    }

    /// Login and contact address (spec §13: both for a change of address); one mail where they are the same.
    async fn prevenir<C: Courrier>(
        &self,
        tx: &mut Tx,
        id: UtilisateurId,
        courrier: &C,
    ) -> Result<(), Erreur> {
        let evenement = Uuid::now_v7();
        for adresse in [&self.connexion, &self.contact] {
            let destinataire = Destinataire {
                utilisateur: Some(id.0),
                adresse: adresse.clone(),
            };
            courrier::deposer(tx, evenement, &destinataire, courrier).await?;
        }
        Ok(())
    }
}

async fn deposer(
    tx: &mut Tx,
    id: UtilisateurId,
    nouvelle: &AdresseElectronique,
) -> Result<(), Erreur> {
    let titulaire = Titulaire::verrouiller(tx, id).await?;
    let occupant = sqlx::query!(
        r#"select id as "id: UtilisateurId", prenom, nom from utilisateurs where adresse_connexion = $1"#,
        nouvelle.as_str()
    )
    .fetch_optional(&mut **tx)
    .await?;
    // Issued in both cases, so that the page that shows what is pending says the same.
    let jeton = jeton::emettre(tx, id.0, Usage::Adresse, nouvelle.as_str()).await?;
    match occupant {
        None => {
            let courrier = ConfirmationAdresse {
                prenom: titulaire.prenom.clone(),
                nom: titulaire.nom.clone(),
                marque: tx.marque.to_string(),
            };
            let destinataire = Destinataire {
                utilisateur: Some(id.0),
                adresse: nouvelle.as_str().to_owned(),
            };
            courrier::deposer_avec_jeton(tx, Uuid::now_v7(), &destinataire, &jeton, &courrier)
                .await?;
        }
        Some(occupant) => {
            let courrier = AdresseDejaPrise {
                prenom: occupant.prenom,
                nom: occupant.nom,
                marque: tx.marque.to_string(),
            };
            let destinataire = Destinataire {
                utilisateur: Some(occupant.id.0),
                adresse: nouvelle.as_str().to_owned(),
            };
            courrier::deposer(tx, Uuid::now_v7(), &destinataire, &courrier).await?;
        }
    }
    let courrier = AdresseDemandee {
        prenom: titulaire.prenom.clone(),
        nom: titulaire.nom.clone(),
        marque: tx.marque.to_string(),
        nouvelle: nouvelle.as_str().to_owned(),
    };
    titulaire.prevenir(tx, id, &courrier).await
}

/// What the page behind a live link shows.
pub(super) struct Changement {
    jeton: Uuid,
    pub id: UtilisateurId,
    pub nom_complet: String,
    pub ancienne: String,
    pub nouvelle: String,
}

/// Reading consumes nothing (ML3). `None`: expired, used, replaced, forged, or an account that may not change.
pub(super) async fn lire(app: &App, secret: &str) -> Result<Option<Changement>, Erreur> {
    let Some(jeton) = jeton::lire(&app.cles, secret, Usage::Adresse) else {
        return Ok(None);
    };
    let jeton::Apercu::Vivant(vu) = jeton::vivant(&app.db, jeton, Usage::Adresse).await? else {
        return Ok(None);
    };
    Ok(sqlx::query_as!(
        Changement,
        r#"select $2::uuid as "jeton!", id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_connexion as ancienne, $3::text as "nouvelle!"
           from utilisateurs where id = $1 and statut = 'actif' and not pigp"#,
        vu.utilisateur,
        jeton,
        vu.adresse
    )
    .fetch_optional(&app.db)
    .await?)
}

/// The unique key of the login addresses.
const CLE: &str = "utilisateurs_adresse_connexion_key";

/// The change itself. Every link and every other session end; `session` goes on if it is the person's. `false`: the link
/// has just been used or has died.
///
/// # Errors
/// `Conflit` when the address has an account by now: of two people who confirm the same one, the second reads this.
pub(super) async fn confirmer(
    app: &App,
    changement: &Changement,
    session: &Session,
) -> Result<bool, Erreur> {
    let prise = || {
        Erreur::Conflit(
            "Cette adresse est devenue celle d’un autre compte\u{202F}: votre adresse de connexion n’a pas changé.".to_owned(),
        )
    };
    let fait = en_transaction!(app, |tx| {
        let id = changement.id;
        let titulaire = Titulaire::verrouiller(tx, id).await?;
        let Some(jeton) = jeton::consommer(tx, changement.jeton, Usage::Adresse).await? else {
            return Ok(false);
        };
        let change = sqlx::query!(
            "update utilisateurs set adresse_connexion = $2,
                    adresse_contact = case when adresse_contact = adresse_connexion then $2 else adresse_contact end
             where id = $1 and not exists (select from utilisateurs where adresse_connexion = $2)",
            id.0,
            jeton.adresse
        )
        .execute(&mut **tx)
        .await
        .map_err(|e| if contrainte(&e) == Some(CLE) { prise() } else { e.into() })?;
        if change.rows_affected() == 0 {
            return Err(prise());
        }
        mots_de_passe::finir(tx, id, Some(session)).await?;
        let courrier = AdresseModifiee {
            prenom: titulaire.prenom.clone(),
            nom: titulaire.nom.clone(),
            marque: tx.marque.to_string(),
            nouvelle: jeton.adresse,
        };
        titulaire.prevenir(tx, id, &courrier).await?;
        Ok(true)
    })?;
    if fait {
        tracing::info!(evenement = "adresse_modifiee", utilisateur = %changement.id, "compte");
    }
    Ok(fait)
}
