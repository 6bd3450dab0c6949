//! The consented support session (R-SUP-SESSION): an agent sees the portal as the person who gave him a code does. It lives
//! in the session of the agent and is judged at each request; nothing is ever changed through it (failure-modes L8).

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::Method;
use axum::http::request::Parts;
use sqlx::PgPool;
use tower_sessions::Session;
use uuid::Uuid;

use super::identite;
use super::permission::Permission;
use super::preuves::Preuve;
use crate::App;
use crate::db::{AssistanceId, Temps, UtilisateurId};
use crate::serveur::Reference;
use crate::web::Erreur;

/// Key of the support session in the session of the agent.
const CLE: &str = "assistance";

/// Whose eyes look through those of the person.
#[derive(Clone, Debug)]
pub struct Regard {
    pub id: AssistanceId,
    pub agent_id: UtilisateurId,
    /// First and last name of the agent.
    pub agent: String,
    /// First instant at which nothing is shown any more.
    pub fin: Temps,
}

/// The sentence of whatever would change something.
const LECTURE_SEULE: &str = "Vous voyez le portail comme la personne que vous assistez, et rien ne s’y modifie. Terminez la session d’assistance pour agir sous votre nom.";

impl Regard {
    /// Only reading is done through it.
    ///
    /// # Errors
    /// `Interdit` for any method that could change something.
    pub(super) fn admettre(&self, methode: &Method) -> Result<(), Erreur> {
        if lecture(methode) {
            Ok(())
        } else {
            Err(Self::refus())
        }
    }

    pub(super) fn refus() -> Erreur {
        Erreur::Interdit(LECTURE_SEULE.to_owned())
    }
}

fn lecture(methode: &Method) -> bool {
    methode == Method::GET || methode == Method::HEAD
}

/// The support session that this session of an agent carries, while it lasts, and whom it shows. Writes the transcript in
/// the same statement: what was shown is told.
pub(super) async fn suivre(
    db: &PgPool,
    parts: &Parts,
    session: &Session,
    agent: UtilisateurId,
) -> Result<Option<(UtilisateurId, Regard)>, Erreur> {
    let Some(id) = session.get::<AssistanceId>(CLE).await? else {
        return Ok(None);
    };
    let requete = parts
        .extensions
        .get::<Reference>()
        .map_or_else(|| Uuid::now_v7().to_string(), |r| r.0.clone());
    // Its own end is no page of the person.
    let tue = parts
        .extensions
        .get::<MatchedPath>()
        .is_some_and(|c| c.as_str() == FIN);
    let ligne = sqlx::query!(
        r#"with en_cours as materialized (
             select id, utilisateur_id, agent, fin_le from assistances_en_cours
             where id = $1 and agent_id = $2 and session_hache = $7),
           ecrite as (
             insert into assistances_pages (assistance_id, requete, chemin, refusee)
             select id, $3, left($4, 300), $5 from en_cours where not $6
             on conflict do nothing)
           select id as "id!: AssistanceId", utilisateur_id as "personne!: UtilisateurId", agent as "agent!",
                  temps(fin_le) as "fin!: Temps" from en_cours"#,
        id.0,
        agent.0,
        requete,
        parts.uri.path(),
        !lecture(&parts.method),
        tue,
        super::sessions::hache_de(session)
    )
    .fetch_optional(db)
    .await?;
    Ok(ligne.map(|l| {
        let regard = Regard {
            id: l.id,
            agent_id: agent,
            agent: l.agent,
            fin: l.fin,
        };
        (l.personne, regard)
    }))
}

/// From the next request on, this session of an agent shows what the person sees.
pub async fn regarder(session: &Session, id: AssistanceId) -> Result<(), Erreur> {
    Ok(session.insert(CLE, id).await?)
}

/// Back to one's own screens.
pub async fn cesser(session: &Session) -> Result<(), Erreur> {
    session.remove::<AssistanceId>(CLE).await?;
    Ok(())
}

/// Where the agent ends it: the one act that a support session admits.
pub const FIN: &str = "/assistance/fin";

/// An agent inside a support session.
pub struct Regardant {
    regard: Regard,
}

impl Regardant {
    pub fn regard(&self) -> &Regard {
        &self.regard
    }
}

impl Preuve for Regardant {
    const PERMISSION: Permission = Permission::Regard;
}

impl FromRequestParts<App> for Regardant {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let personne = identite::lire(parts, app)
            .await?
            .ok_or(Erreur::ConnexionRequise)?;
        match &personne.regard {
            Some(regard) => Ok(Self {
                regard: regard.clone(),
            }),
            None => Err(Erreur::Introuvable),
        }
    }
}
