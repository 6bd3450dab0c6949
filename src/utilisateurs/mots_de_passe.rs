//! Choosing a password: by the link of an activation, by the link of a forgotten password, or knowing the present one.
//! Each is one transaction with the end of what the old password opened (failure-modes I7, I20).

use tower_sessions::Session;
use uuid::Uuid;

use super::appareils::{self, Appareil};
use super::client::Client;
use super::connexion::cle_echecs;
use super::courriers::MotDePasseModifie;
use crate::App;
use crate::acces::compteurs::{self, CONNEXION_COMPTE};
use crate::acces::{Connecte, mot_de_passe, sessions};
use crate::courrier::{self, Destinataire, Usage, jeton};
use crate::db::{Tx, UtilisateurId, en_transaction};
use crate::web::{Erreur, MotDePasse};

/// The person a live link was mailed to.
pub struct Titulaire {
    jeton: Uuid,
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub adresse: String,
    /// Where the other mails go, as somebody wrote it while creating the account.
    pub contact: String,
}

impl Titulaire {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// Status an account must have for a link to mean something.
fn statut_attendu(usage: Usage) -> &'static str {
    match usage {
        Usage::Activation => "en_cours_activation",
        Usage::MotDePasse | Usage::Adresse => "actif",
        Usage::Reactivation => "inactif",
        // It names no account.
        Usage::DemandeDeCompte => "clos",
    }
}

/// Who holds this link; reading consumes nothing. `None` for expired, used, replaced, forged, and for an account that
/// is no longer in the state the link was made for: the visitor does the same thing in every case.
pub async fn titulaire(app: &App, secret: &str, usage: Usage) -> Result<Option<Titulaire>, Erreur> {
    let Some(jeton) = jeton::lire(&app.cles, secret, usage) else {
        return Ok(None);
    };
    let jeton::Apercu::Vivant(vu) = jeton::vivant(&app.db, jeton, usage).await? else {
        return Ok(None);
    };
    Ok(sqlx::query_as!(
        Titulaire,
        r#"select $2::uuid as "jeton!", id as "id: UtilisateurId", prenom, nom, adresse_connexion as adresse,
                  adresse_contact as contact
           from utilisateurs where id = $1 and adresse_connexion = $3 and statut = $4"#,
        vu.utilisateur,
        jeton,
        vu.adresse,
        statut_attendu(usage)
    )
    .fetch_optional(&app.db)
    .await?)
}

/// Is the new password acceptable to this person? The sentence to show otherwise.
pub(super) fn juger(
    app: &App,
    mot: &MotDePasse,
    prenom: &str,
    nom: &str,
    adresse: &str,
) -> Result<(), String> {
    if mot.exposer().is_empty() {
        return Err("Saisissez un mot de passe.".to_owned());
    }
    let contexte = mot_de_passe::contexte(&app.config.marque, prenom, nom, adresse);
    mot_de_passe::juger(mot, &contexte)
}

/// Uses the link and the password up: of any number of parallel calls one answers `true`.
///
/// # Errors
/// `Invalide` at `mot_de_passe`; the link is still good.
pub(super) async fn choisir(
    app: &App,
    titulaire: &Titulaire,
    usage: Usage,
    mot: &MotDePasse,
) -> Result<bool, Erreur> {
    let hache = preparer(app, titulaire, mot).await?;
    let choisi = en_transaction!(app, |tx| poser(tx, titulaire, usage, &hache).await)?;
    if choisi {
        constater(app, titulaire, usage).await?;
    }
    Ok(choisi)
}

/// Judges the password and hashes it, before any transaction: hashing is slow on purpose.
///
/// # Errors
/// `Invalide` at `mot_de_passe`; the link is still good.
pub async fn preparer(
    app: &App,
    titulaire: &Titulaire,
    mot: &MotDePasse,
) -> Result<String, Erreur> {
    juger(
        app,
        mot,
        &titulaire.prenom,
        &titulaire.nom,
        &titulaire.adresse,
    )
    .map_err(|phrase| Erreur::champ("mot_de_passe", &phrase))?;
    mot_de_passe::hacher(app, mot).await
}

/// Once committed: the counter of failures starts afresh (a reset by mail is the way out of a lock, security.md AU3).
pub async fn constater(app: &App, titulaire: &Titulaire, usage: Usage) -> Result<(), Erreur> {
    compteurs::remettre(&app.db, &cle_echecs(&titulaire.adresse)).await?;
    let evenement = match usage {
        Usage::Activation => "activation",
        _ => "mot_de_passe_reinitialise",
    };
    tracing::info!(evenement, utilisateur = %titulaire.id, "compte");
    Ok(())
}

/// In the caller's transaction: uses the link up, sets the password, makes the account active, ends every session and
/// link. `false`: somebody was faster, or the account is not in the state of the link.
pub async fn poser(
    tx: &mut Tx,
    titulaire: &Titulaire,
    usage: Usage,
    hache: &str,
) -> Result<bool, Erreur> {
    if jeton::consommer(tx, titulaire.jeton, usage)
        .await?
        .is_none()
    {
        return Ok(false);
    }
    let pose = sqlx::query!(
        "update utilisateurs set mot_de_passe = $2, mot_de_passe_change_le = maintenant(), statut = 'actif',
                active_le = coalesce(active_le, maintenant()), demandee_par = null
         where id = $1 and adresse_connexion = $3 and statut = $4",
        titulaire.id.0,
        hache,
        titulaire.adresse,
        statut_attendu(usage)
    )
    .execute(&mut **tx)
    .await?;
    if pose.rows_affected() == 0 {
        return Ok(false);
    }
    finir(tx, titulaire.id, None).await?;
    if usage == Usage::MotDePasse {
        prevenir(tx, titulaire.id).await?;
    }
    Ok(true)
}

/// Every link and every session of the person ends, and the privilege of the browsers known. After the update of the account: see `connexion::tenter`.
pub async fn finir(
    tx: &mut Tx,
    personne: UtilisateurId,
    sauf: Option<&Session>,
) -> Result<(), Erreur> {
    jeton::revoquer_tous(tx, personne.0).await?;
    appareils::revoquer(tx, personne).await?;
    sessions::revoquer(tx, personne, sauf).await
}

/// « Votre mot de passe a été modifié » to the login address, and to the contact address when it differs.
async fn prevenir(tx: &mut Tx, personne: UtilisateurId) -> Result<(), Erreur> {
    let p = sqlx::query!(
        "select prenom, nom, adresse_connexion, adresse_contact from utilisateurs where id = $1",
        personne.0
    )
    .fetch_one(&mut **tx)
    .await?;
    let courrier = MotDePasseModifie {
        prenom: p.prenom,
        nom: p.nom,
        marque: tx.marque.to_string(),
    };
    let evenement = Uuid::now_v7();
    for adresse in [p.adresse_connexion, p.adresse_contact] {
        let destinataire = Destinataire {
            utilisateur: Some(personne.0),
            adresse,
        };
        // The same address twice is one mail: the outbox refuses the second.
        courrier::deposer(tx, evenement, &destinataire, &courrier).await?;
    }
    Ok(())
}

/// The person changes her own password: every other session and every link die, this session goes on under a new id.
///
/// # Errors
/// `Invalide` at `actuel` or `mot_de_passe`; `TropDeRequetes` before any hashing.
pub(super) async fn changer(
    app: &App,
    connecte: &Connecte,
    client: &Client,
    session: &Session,
    actuel: &MotDePasse,
    nouveau: &MotDePasse,
) -> Result<(), Erreur> {
    let id = connecte.id();
    let hache = reconnaitre(app, id, "actuel", actuel).await?;
    let personne = connecte.personne();
    juger(
        app,
        nouveau,
        &personne.prenom,
        &personne.nom,
        &personne.adresse_connexion,
    )
    .map_err(|phrase| Erreur::champ("mot_de_passe", &phrase))?;
    if nouveau.exposer() == actuel.exposer() {
        return Err(Erreur::champ(
            "mot_de_passe",
            "Choisissez un mot de passe différent de l’actuel.",
        ));
    }
    let neuf = mot_de_passe::hacher(app, nouveau).await?;
    en_transaction!(app, |tx| {
        // Guarded by the hash just verified: of two parallel changes one wins.
        let change = sqlx::query!(
            "update utilisateurs set mot_de_passe = $2, mot_de_passe_change_le = maintenant()
             where id = $1 and statut = 'actif' and mot_de_passe = $3",
            id.0,
            neuf,
            hache
        )
        .execute(&mut **tx)
        .await?;
        if change.rows_affected() == 0 {
            return Err(faux("actuel"));
        }
        finir(tx, id, None).await?;
        prevenir(tx, id).await
    })?;
    tracing::info!(evenement = "mot_de_passe_change", utilisateur = %id, "compte");
    rester(app, client, session, id, &neuf).await
}

fn faux(champ: &str) -> Erreur {
    Erreur::champ(champ, "Ce n’est pas votre mot de passe actuel.")
}

/// The person gives the password again before an act that touches the security of the account; answers the hash that
/// said it is right.
///
/// # Errors
/// `Invalide` at `champ`; `TropDeRequetes` before any hashing.
pub(super) async fn reconnaitre(
    app: &App,
    id: UtilisateurId,
    champ: &str,
    mot: &MotDePasse,
) -> Result<String, Erreur> {
    if mot.exposer().is_empty() {
        return Err(Erreur::champ(champ, "Saisissez votre mot de passe."));
    }
    let cle = format!("mot_de_passe:{id}");
    compteurs::compter(&app.db, &cle, CONNEXION_COMPTE).await?;
    let hache = sqlx::query_scalar!(
        r#"select mot_de_passe as "hache!" from utilisateurs where id = $1 and statut = 'actif'"#,
        id.0
    )
    .fetch_optional(&app.db)
    .await?;
    if !mot_de_passe::verifier(app, mot, hache.clone()).await? {
        tracing::warn!(evenement = "mot_de_passe_refuse", utilisateur = %id, "compte");
        return Err(faux(champ));
    }
    compteurs::remettre(&app.db, &cle).await?;
    hache.ok_or_else(|| faux(champ))
}

/// This session goes on, unless the password changed once more meanwhile.
async fn rester(
    app: &App,
    client: &Client,
    session: &Session,
    id: UtilisateurId,
    hache: &str,
) -> Result<(), Erreur> {
    sessions::ouvrir(session, id, &client.agent, &client.adresse.to_string()).await?;
    session.save().await?;
    // `for share` waits for a change under way, as in `connexion::tenter`.
    let meme = sqlx::query!(
        "select id from utilisateurs where id = $1 and statut = 'actif' and mot_de_passe = $2 for share",
        id.0,
        hache
    )
    .fetch_optional(&app.db)
    .await?;
    if meme.is_none() {
        sessions::fermer(session).await?;
        return Ok(());
    }
    if let Some(navigateur) = Appareil::presente(app, client) {
        let mut db = app.db.acquire().await?;
        navigateur.noter(&mut db, id, &client.agent).await?;
    }
    Ok(())
}
