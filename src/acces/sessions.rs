//! Our session store behind the `tower-sessions` trait (security.md F6, SE1–SE6): SHA-256 of the id, a revoked row is
//! never revived, inactivity and absolute end are compared in SQL.

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use sqlx::types::Json;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result as Issue};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

use super::identite::CLE;
use crate::App;
use crate::db::{SessionRef, Temps, UtilisateurId};
use crate::web::Erreur;

/// Key of the session's own hash, for « Mes sessions » and for revoking the others.
const AGENT: &str = "agent";
/// Half-open session: whose password was right, and the fingerprint of what was verified.
const ATTENTE: &str = "code_attendu_de";
const VERIFIE: &str = "verifie";
const ADRESSE: &str = "adresse";

#[derive(Clone, Debug)]
pub struct Magasin {
    db: PgPool,
}

fn hache(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

fn panne(erreur: sqlx::Error) -> Error {
    Error::Backend(erreur.to_string())
}

fn texte<'a>(record: &'a Record, cle: &str) -> Option<&'a str> {
    record.data.get(cle).and_then(|v| v.as_str())
}

#[async_trait]
impl SessionStore for Magasin {
    async fn create(&self, record: &mut Record) -> Issue<()> {
        let attente = texte(record, ATTENTE);
        let utilisateur = texte(record, CLE)
            .or(attente)
            .and_then(|u| u.parse::<uuid::Uuid>().ok());
        sqlx::query!(
            "insert into sessions (id_hache, utilisateur_id, donnees, expire_le, agent, adresse_ip, code_attendu_jusqu_au)
             values ($1, $2, $3, maintenant() + interval '12 hours', $4, $5,
                     case when $6 then maintenant() + interval '10 minutes' end)",
            hache(&record.id),
            utilisateur,
            Json(&record.data) as _,
            texte(record, AGENT),
            texte(record, ADRESSE),
            attente.is_some()
        )
        .execute(&self.db)
        .await
        .map_err(panne)?;
        Ok(())
    }

    async fn save(&self, record: &Record) -> Issue<()> {
        sqlx::query!(
            "update sessions set donnees = $2 where id_hache = $1 and revoquee_le is null",
            hache(&record.id),
            Json(&record.data) as _
        )
        .execute(&self.db)
        .await
        .map_err(panne)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Issue<Option<Record>> {
        let donnees = sqlx::query_scalar!(
            r#"with vivante as (
                 select id_hache, donnees, vue_le from sessions
                 where id_hache = $1 and revoquee_le is null and expire_le > maintenant()
                   and vue_le > maintenant() - interval '30 minutes'
                   and (code_attendu_jusqu_au is null or code_attendu_jusqu_au > maintenant())),
               touchee as (
                 update sessions s set vue_le = maintenant() from vivante v
                 where s.id_hache = v.id_hache and v.vue_le < maintenant() - interval '1 minute' and s.revoquee_le is null)
               select donnees from vivante"#,
            hache(id)
        )
        .fetch_optional(&self.db)
        .await
        .map_err(panne)?;
        let Some(donnees) = donnees else {
            return Ok(None);
        };
        let data = serde_json::from_value(donnees).map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record {
            id: *id,
            data,
            // The store decides in SQL; this date only has to be later than the process clock.
            expiry_date: time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(365_000),
        }))
    }

    async fn delete(&self, id: &Id) -> Issue<()> {
        sqlx::query!("update sessions set revoquee_le = maintenant(), donnees = '{}' where id_hache = $1 and revoquee_le is null", hache(id))
            .execute(&self.db)
            .await
            .map_err(panne)?;
        Ok(())
    }
}

/// The cookie layer. `__Host-sid` over https, `sid` over plain http (decisions 17); ends with the browser,
/// the store ends it earlier.
pub fn couche(app: &App) -> SessionManagerLayer<Magasin> {
    let https = app.config.https();
    SessionManagerLayer::new(Magasin { db: app.db.clone() })
        .with_name(if https { "__Host-sid" } else { "sid" })
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
}

/// A session not yet opened, outside any request: for the tools that act as a browser.
pub fn session_neuve(app: &App) -> Session {
    Session::new(
        None,
        std::sync::Arc::new(Magasin { db: app.db.clone() }),
        None,
    )
}

/// Opens a session for this person under a new id; the id used before is dead (security.md SE2).
pub async fn ouvrir(
    session: &Session,
    personne: UtilisateurId,
    agent: &str,
    adresse: &str,
) -> Result<(), Erreur> {
    renouveler(session, CLE, personne, agent, adresse).await
}

/// The password was right and a code is awaited, ten minutes at most: nobody is signed in by it. `verifie`: the fingerprint
/// of what was verified, so that the code does not complete a password changed meanwhile.
pub async fn entrouvrir(
    session: &Session,
    personne: UtilisateurId,
    verifie: &str,
    agent: &str,
    adresse: &str,
) -> Result<(), Erreur> {
    renouveler(session, ATTENTE, personne, agent, adresse).await?;
    Ok(session.insert(VERIFIE, verifie).await?)
}

/// Whose code this session awaits, with the fingerprint given to [`entrouvrir`].
pub async fn entrouverte(session: &Session) -> Result<Option<(UtilisateurId, String)>, Erreur> {
    let personne = session.get::<UtilisateurId>(ATTENTE).await?;
    let verifie = session.get::<String>(VERIFIE).await?;
    Ok(personne.zip(verifie))
}

async fn renouveler(
    session: &Session,
    cle: &str,
    personne: UtilisateurId,
    agent: &str,
    adresse: &str,
) -> Result<(), Erreur> {
    // Not `flush`: it forgets that an id is in use but keeps it in the record, which the next save would create again.
    session.clear().await;
    session.cycle_id().await?;
    session.insert(cle, personne).await?;
    session
        .insert(
            AGENT,
            agent
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect::<String>(),
        )
        .await?;
    session.insert(ADRESSE, adresse).await?;
    Ok(())
}

/// Who proved a password of a deactivated account: this session opens nothing but the page of the return.
const ABSENT: &str = "compte_desactive";

/// Keeps, under a new id, who may come back; nobody is signed in.
pub async fn retenir_absent(session: &Session, personne: UtilisateurId) -> Result<(), Erreur> {
    session.clear().await;
    session.cycle_id().await?;
    Ok(session.insert(ABSENT, personne).await?)
}

/// The person kept by [`retenir_absent`].
pub async fn absent(session: &Session) -> Result<Option<UtilisateurId>, Erreur> {
    Ok(session.get(ABSENT).await?)
}

/// Ends it on the server, whatever is still in flight.
pub async fn fermer(session: &Session) -> Result<(), Erreur> {
    Ok(session.flush().await?)
}

/// An open session, as « Mes sessions » shows it.
pub struct SessionOuverte {
    pub reference: SessionRef,
    pub agent: Option<String>,
    pub creee_le: Temps,
    pub vue_le: Temps,
    pub celle_ci: bool,
}

/// SHA-256 of the session's id: binds to this session what no other may read. Empty without a session.
pub fn hache_de(session: &Session) -> Vec<u8> {
    session.id().map(|id| hache(&id)).unwrap_or_default()
}

/// The open sessions of a person, the present one first.
pub async fn ouvertes(
    app: &App,
    personne: UtilisateurId,
    session: &Session,
) -> Result<Vec<SessionOuverte>, Erreur> {
    Ok(sqlx::query_as!(
        SessionOuverte,
        r#"select reference as "reference: SessionRef", agent, temps(creee_le) as "creee_le!: Temps", temps(vue_le) as "vue_le!: Temps",
                  id_hache = $2 as "celle_ci!"
           from sessions
           where utilisateur_id = $1 and revoquee_le is null and expire_le > maintenant()
             and vue_le > maintenant() - interval '30 minutes' and code_attendu_jusqu_au is null
           order by id_hache = $2 desc, vue_le desc limit 50"#,
        personne.0,
        hache_de(session)
    )
    .fetch_all(&app.db)
    .await?)
}

/// Sessions neither ended nor expired, of everybody: for the metrics.
pub async fn nombre(db: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "nombre!" from sessions
           where revoquee_le is null and expire_le > maintenant() and vue_le > maintenant() - interval '30 minutes'
             and utilisateur_id is not null"#
    )
    .fetch_one(db)
    .await
}

/// Ends one of one's own sessions.
pub async fn deconnecter(
    app: &App,
    personne: UtilisateurId,
    reference: SessionRef,
) -> Result<(), Erreur> {
    let faites = sqlx::query!(
        "update sessions set revoquee_le = maintenant(), donnees = '{}'
         where utilisateur_id = $1 and reference = $2 and revoquee_le is null",
        personne.0,
        reference.0
    )
    .execute(&app.db)
    .await?;
    if faites.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Erreur::Introuvable)
    }
}

/// After a change of password every other session dies; `sauf`: the one that made the change, if it stays.
pub async fn revoquer(
    tx: &mut sqlx::PgConnection,
    personne: UtilisateurId,
    sauf: Option<&Session>,
) -> Result<(), Erreur> {
    sqlx::query!(
        "update sessions set revoquee_le = maintenant(), donnees = '{}'
         where utilisateur_id = $1 and revoquee_le is null and id_hache <> $2",
        personne.0,
        sauf.map(hache_de).unwrap_or_default()
    )
    .execute(tx)
    .await?;
    Ok(())
}
