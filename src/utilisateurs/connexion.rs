//! Signing in: counted before hashing, one answer for every failure, a new session each time (security.md AU1–AU4).
//!
//! ```text
//! password ──right──▶ (no factor) ───────────────────────────▶ session open
//!                └──▶ (factor) half-open, 10 min ──code, once──▶ session open
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tower_sessions::Session;

use super::appareils::Appareil;
use super::client::{Client, appareil};
use super::courriers_securite::NouvelleConnexion;
use super::second_facteur::{self, Code};
use crate::App;
use crate::acces::compteurs::{self, CONNEXION_ADRESSE, CONNEXION_COMPTE, CONNEXION_ECHECS};
use crate::acces::{mot_de_passe, sessions};
use crate::courrier::{self, Destinataire};
use crate::db::{Temps, UtilisateurId, en_transaction};
use crate::identifiants::AdresseElectronique;
use crate::web::{Erreur, MotDePasse};

/// What a password opened.
pub(super) enum Issue {
    /// The session is open; the browser is to be remembered.
    Ouverte(Appareil),
    /// The password is right and the account has a second factor.
    CodeAttendu,
    /// The password is right and the account is deactivated for less than 60 days: nobody is signed in, the session leads to the
    /// page of the return (R-COMPTE-DESACTIVER).
    Desactive,
    /// Every failure: unknown, wrong, not activated, gone.
    Refusee,
}

/// Key of the failures in a row of one address, known or not.
pub(super) fn cle_echecs(adresse: &str) -> String {
    format!("connexion:echecs:{adresse}")
}

/// The counters of one try; those of a browser that signed in before are its own (security.md AU3).
struct Freins {
    essais: String,
    echecs: String,
}

impl Freins {
    /// Counts, before any hashing and whether the address is known or not.
    async fn serrer(
        app: &App,
        client: &Client,
        adresse: &AdresseElectronique,
    ) -> Result<Self, Erreur> {
        let hote = format!("connexion:{}", client.hote());
        compteurs::compter(&app.db, &hote, CONNEXION_ADRESSE).await?;
        let connu = match Appareil::presente(app, client) {
            Some(appareil) if appareil.de_confiance(app, adresse.as_str()).await? => Some(appareil),
            _ => None,
        };
        let freins = match connu {
            Some(appareil) => Self {
                essais: format!("connexion:appareil:{}:{adresse}", appareil.cle()),
                echecs: format!("connexion:appareil:echecs:{}:{adresse}", appareil.cle()),
            },
            None => Self {
                essais: format!("connexion:{}:{adresse}", client.prefixe()),
                echecs: cle_echecs(adresse.as_str()),
            },
        };
        compteurs::compter(&app.db, &freins.essais, CONNEXION_COMPTE).await?;
        compteurs::compter(&app.db, &freins.echecs, CONNEXION_ECHECS).await?;
        Ok(freins)
    }

    /// The password was right: the account's own counters start afresh.
    async fn relacher(&self, app: &App) -> Result<(), Erreur> {
        compteurs::remettre(&app.db, &self.essais).await?;
        compteurs::remettre(&app.db, &self.echecs).await
    }
}

/// Tries to sign in.
///
/// # Errors
/// `TropDeRequetes`, before any hashing and whether the address is known or not.
pub(super) async fn tenter(
    app: &App,
    client: &Client,
    session: &Session,
    adresse: &AdresseElectronique,
    mot: &MotDePasse,
) -> Result<Issue, Erreur> {
    let freins = Freins::serrer(app, client, adresse).await?;
    let compte = sqlx::query!(
        r#"select id as "id: UtilisateurId", mot_de_passe as "hache!", facteur_le is not null as "facteur!",
                  statut = 'actif' as "actif!"
           from utilisateurs
           where adresse_connexion = $1 and mot_de_passe is not null
             and (statut = 'actif' or (statut = 'inactif' and equipe is null and fin_de_reactivation(desactive_le) > maintenant()))"#,
        adresse.as_str()
    )
    .fetch_optional(&app.db)
    .await?;
    let hache = compte.as_ref().map(|c| c.hache.clone());
    let juste = mot_de_passe::verifier(app, mot, hache).await?;
    let id = compte.as_ref().map(|c| c.id);
    let Some(compte) = compte.filter(|_| juste) else {
        return Ok(refus(client, id));
    };
    if !compte.actif {
        sessions::retenir_absent(session, compte.id).await?;
        freins.relacher(app).await?;
        tracing::info!(evenement = "connexion_compte_desactive", utilisateur = %compte.id, adresse_ip = %client.adresse, "connexion");
        return Ok(Issue::Desactive);
    }
    let nouveau = if mot_de_passe::perime(app, &compte.hache) {
        Some(mot_de_passe::hacher(app, mot).await?)
    } else {
        None
    };
    let verifie = Verifie {
        id: compte.id,
        hache: compte.hache,
        nouveau,
    };
    let issue = if compte.facteur {
        entrouvrir(app, client, session, &verifie).await?
    } else {
        ouvrir(app, client, session, &verifie, false).await?
    };
    if !matches!(issue, Issue::Refusee) {
        freins.relacher(app).await?;
    }
    Ok(issue)
}

/// A right password: whose, and the hash that said so. `nouveau` replaces it, when its parameters are old.
struct Verifie {
    id: UtilisateurId,
    hache: String,
    nouveau: Option<String>,
}

/// Names a hash in a half-open session without giving it away.
fn empreinte(hache: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(hache.as_bytes()))
}

async fn entrouvrir(
    app: &App,
    client: &Client,
    session: &Session,
    verifie: &Verifie,
) -> Result<Issue, Erreur> {
    let hache = verifie.nouveau.as_ref().unwrap_or(&verifie.hache);
    let adresse_ip = client.adresse.to_string();
    sessions::entrouvrir(
        session,
        verifie.id,
        &empreinte(hache),
        &client.agent,
        &adresse_ip,
    )
    .await?;
    // As in `ouvrir`: the session is there before the account is read again under its lock.
    session.save().await?;
    let admise = sqlx::query!(
        "update utilisateurs set mot_de_passe = coalesce($3, mot_de_passe)
         where id = $1 and statut = 'actif' and mot_de_passe = $2 and facteur_le is not null",
        verifie.id.0,
        verifie.hache,
        verifie.nouveau
    )
    .execute(&app.db)
    .await?;
    if admise.rows_affected() == 0 {
        sessions::fermer(session).await?;
        return Ok(refus(client, Some(verifie.id)));
    }
    tracing::info!(evenement = "code_attendu", utilisateur = %verifie.id, adresse_ip = %client.adresse, "connexion");
    Ok(Issue::CodeAttendu)
}

/// Opens the session, unless the account has changed since it was read; tells the owner about an unknown browser.
async fn ouvrir(
    app: &App,
    client: &Client,
    session: &Session,
    verifie: &Verifie,
    code_donne: bool,
) -> Result<Issue, Erreur> {
    let id = verifie.id;
    sessions::ouvrir(session, id, &client.agent, &client.adresse.to_string()).await?;
    // The row of the session exists before the account is read again under its lock: a reset that ran meanwhile is
    // seen here, and one that comes later sees the session and kills it (security.md SE5).
    session.save().await?;
    let navigateur = Appareil::presente(app, client).unwrap_or_else(Appareil::nouveau);
    let admise = en_transaction!(app, |tx| {
        let Some(p) = sqlx::query!(
            r#"update utilisateurs set connexion_precedente = derniere_connexion, derniere_connexion = maintenant(),
                      mot_de_passe = coalesce($3, mot_de_passe)
               where id = $1 and statut = 'actif' and mot_de_passe = $2 and (facteur_le is not null) = $4
               returning prenom, nom, adresse_connexion, connexion_precedente is null as "premiere!",
                         temps(derniere_connexion) as "quand!: Temps""#,
            id.0,
            verifie.hache,
            verifie.nouveau,
            code_donne
        )
        .fetch_optional(&mut **tx)
        .await?
        else {
            return Ok(false);
        };
        let inconnu = navigateur.noter(tx, id, &client.agent).await?;
        // Nobody can be surprised by the very first sign-in, which follows the activation.
        if inconnu && !p.premiere {
            let courrier = NouvelleConnexion {
                prenom: p.prenom,
                nom: p.nom,
                marque: tx.marque.to_string(),
                quand: p.quand.jour_heure(),
                appareil: appareil(&client.agent),
            };
            let destinataire = Destinataire {
                utilisateur: Some(id.0),
                adresse: p.adresse_connexion,
            };
            courrier::deposer(tx, uuid::Uuid::now_v7(), &destinataire, &courrier).await?;
        }
        Ok(true)
    })?;
    if !admise {
        sessions::fermer(session).await?;
        return Ok(refus(client, Some(id)));
    }
    tracing::info!(evenement = "connexion", utilisateur = %id, adresse_ip = %client.adresse, "connexion");
    Ok(Issue::Ouverte(navigateur))
}

/// Is a code awaited in this session?
pub(super) async fn code_attendu(session: &Session) -> Result<bool, Erreur> {
    Ok(sessions::entrouverte(session).await?.is_some())
}

/// The code of a half-open session. `None`: no code is awaited (any more): sign in again.
///
/// # Errors
/// `Invalide` at `code`; `TropDeRequetes`, before the code is looked at.
pub(super) async fn completer(
    app: &App,
    client: &Client,
    session: &Session,
    saisi: &str,
) -> Result<Option<Appareil>, Erreur> {
    let Some((id, attendue)) = sessions::entrouverte(session).await? else {
        return Ok(None);
    };
    let code = Code::lire(saisi).map_err(|phrase| Erreur::champ("code", phrase))?;
    let hache = sqlx::query_scalar!(
        r#"select mot_de_passe as "hache!" from utilisateurs
           where id = $1 and statut = 'actif' and facteur_le is not null"#,
        id.0
    )
    .fetch_optional(&app.db)
    .await?;
    let Some(hache) = hache.filter(|h| empreinte(h) == attendue) else {
        sessions::fermer(session).await?;
        return Ok(None);
    };
    if second_facteur::verifier(app, id, &code).await?.is_none() {
        return Err(Erreur::champ("code", second_facteur::FAUX));
    }
    let verifie = Verifie {
        id,
        hache,
        nouveau: None,
    };
    match ouvrir(app, client, session, &verifie, true).await? {
        Issue::Ouverte(navigateur) => Ok(Some(navigateur)),
        Issue::CodeAttendu | Issue::Desactive | Issue::Refusee => Ok(None),
    }
}

/// The address typed is not logged: people type their password there.
fn refus(client: &Client, id: Option<UtilisateurId>) -> Issue {
    tracing::warn!(
        evenement = "connexion_refusee",
        utilisateur = id.map(tracing::field::display),
        adresse_ip = %client.adresse,
        "connexion refusée"
    );
    Issue::Refusee
}
