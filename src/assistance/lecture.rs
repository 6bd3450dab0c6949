//! What the person reads of her support sessions.

use sqlx::PgConnection;

use super::Cloture;
use crate::App;
use crate::acces::Connecte;
use crate::db::{AssistanceId, Temps, UtilisateurId};
use crate::informations::libelle_de_la_page;
use crate::web::Erreur;

/// Lines of a transcript, on the screen and in the mail.
const PAGES_MAX: i64 = 500;

/// Where it stands now.
pub enum Etat {
    /// Nothing is given.
    Rien,
    /// A code waits for an agent.
    Code { jusqu_au: Temps },
    /// An agent sees the screens.
    EnCours { agent: String, fin: Temps },
}

/// What the person gave and has not ended.
///
/// # Errors
/// Those of the database.
pub async fn etat(app: &App, connecte: &Connecte) -> Result<Etat, Erreur> {
    let ligne = sqlx::query!(
        r#"select e.agent as "agent?", temps(e.fin_le) as "fin?: Temps", temps(a.code_jusqu_au) as "jusqu_au!: Temps",
                  a.ouverte_le is null and a.code_jusqu_au > maintenant() as "attendu!"
           from assistances a left join assistances_en_cours e on e.id = a.id
           where a.utilisateur_id = $1 and a.close_le is null"#,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(match ligne {
        Some(l) if l.attendu => Etat::Code {
            jusqu_au: l.jusqu_au,
        },
        Some(l) => match l.agent.zip(l.fin) {
            Some((agent, fin)) => Etat::EnCours { agent, fin },
            None => Etat::Rien,
        },
        None => Etat::Rien,
    })
}

/// A session that took place.
pub struct Passee {
    pub id: AssistanceId,
    pub agent: String,
    pub motif: String,
    pub ouverte_le: Temps,
    pub pages: i64,
}

/// The latest sessions that an agent opened, the present one included.
///
/// # Errors
/// Those of the database.
pub async fn passees(app: &App, connecte: &Connecte) -> Result<Vec<Passee>, Erreur> {
    Ok(sqlx::query_as!(
        Passee,
        r#"select a.id as "id: AssistanceId", g.prenom || ' ' || g.nom as "agent!", a.motif as "motif!",
                  temps(a.ouverte_le) as "ouverte_le!: Temps",
                  (select count(*) from assistances_pages p where p.assistance_id = a.id) as "pages!"
           from assistances a join utilisateurs g on g.id = a.agent_id
           where a.utilisateur_id = $1 and a.ouverte_le is not null order by a.ouverte_le desc, a.id limit 50"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// One page that the agent asked for.
pub struct PageVue {
    pub vue_le: Temps,
    pub chemin: String,
    /// It would have changed something: nothing was.
    pub refusee: bool,
}

impl PageVue {
    /// The name of the screen where it has one for itself, its address otherwise.
    pub fn libelle(&self) -> &str {
        libelle_de_la_page(&self.chemin).unwrap_or(&self.chemin)
    }
}

/// The transcript of a session.
pub struct Releve {
    pub agent: String,
    pub motif: String,
    pub ouverte_le: Temps,
    /// `None`: it lasts.
    pub close_le: Option<Temps>,
    pub cloture: Option<Cloture>,
    pub pages: Vec<PageVue>,
}

/// The transcript of one of one's own sessions, in the order of time.
///
/// # Errors
/// `Introuvable`: none, or somebody else's.
pub async fn releve(
    db: &mut PgConnection,
    id: AssistanceId,
    personne: UtilisateurId,
) -> Result<Releve, Erreur> {
    let tete = sqlx::query!(
        r#"select g.prenom || ' ' || g.nom as "agent!", a.motif as "motif!", temps(a.ouverte_le) as "ouverte_le!: Temps",
                  temps(a.close_le) as "close_le?: Temps", a.cloture as "cloture?: Cloture"
           from assistances a join utilisateurs g on g.id = a.agent_id
           where a.id = $1 and a.utilisateur_id = $2 and a.ouverte_le is not null"#,
        id.0,
        personne.0
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let pages = sqlx::query_as!(
        PageVue,
        r#"select temps(vue_le) as "vue_le!: Temps", chemin, refusee from assistances_pages
           where assistance_id = $1 order by vue_le, requete limit $2"#,
        id.0,
        PAGES_MAX
    )
    .fetch_all(db)
    .await?;
    Ok(Releve {
        agent: tete.agent,
        motif: tete.motif,
        ouverte_le: tete.ouverte_le,
        close_le: tete.close_le,
        cloture: tete.cloture,
        pages,
    })
}
