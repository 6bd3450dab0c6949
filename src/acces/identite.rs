use std::sync::Arc;

use axum::http::request::Parts;
use sqlx::PgExecutor;
use tower_sessions::Session;

use super::regard::{self, Regard};
use crate::App;
use crate::db::{Tx, UtilisateurId};
use crate::web::Erreur;

/// The signed-in person, read once per request in one statement.
#[derive(Clone, Debug)]
pub struct Personne {
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub adresse_connexion: String,
    pub equipe: Option<String>,
    pub pigp: bool,
    /// A code is asked after the password (R-COMPTE-2F).
    pub facteur: bool,
    /// The advice to set one up was put away.
    pub conseil_masque: bool,
    pub theme: String,
    pub densite: String,
    pub raccourcis: bool,
    /// At least one capability somewhere: « Activités du gestionnaire » exists for this person (spec §1).
    pub gestionnaire: bool,
    /// Codes of the espaces this person has, somewhere.
    pub espaces: Vec<String>,
    /// An agent of the support sees her screens now: his name.
    pub assistee_par: Option<String>,
    /// An agent of the support is who looks, not she.
    pub regard: Option<Regard>,
}

impl Personne {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }

    /// A staff account that must have a second factor and has none yet (decisions 22, security.md AU8).
    pub fn facteur_manque(&self, app: &App) -> bool {
        app.config.facteur_exige && self.equipe.is_some() && !self.facteur
    }

    /// Staff of the support desk.
    pub fn support(&self) -> bool {
        self.equipe.as_deref() == Some("support")
    }

    /// Staff who create and correct the PIGP accounts of their périmètres (R-REF).
    pub fn referent(&self) -> bool {
        self.equipe.as_deref() == Some("referent")
    }

    /// Staff who run the instance: actualités, aide (R-ADM).
    pub fn administrateur(&self) -> bool {
        self.equipe.as_deref() == Some("administrateur")
    }

    /// Has this espace in force, somewhere.
    pub fn a_l_espace(&self, code: &str) -> bool {
        self.espaces.iter().any(|e| e == code)
    }
}

/// Key of the person in the session.
pub(super) const CLE: &str = "utilisateur";

/// Kept in the request so that a proof and the page read it once.
#[derive(Clone)]
struct Lue(Option<Arc<Personne>>);

/// Who is there; `None` for an anonymous visitor or a session that no longer counts.
pub(super) async fn lire(parts: &mut Parts, app: &App) -> Result<Option<Arc<Personne>>, Erreur> {
    if let Some(Lue(personne)) = parts.extensions.get::<Lue>() {
        return Ok(personne.clone());
    }
    let personne = charger(parts, app).await?.map(Arc::new);
    parts.extensions.insert(Lue(personne.clone()));
    Ok(personne)
}

async fn charger(parts: &Parts, app: &App) -> Result<Option<Personne>, Erreur> {
    let Some(session) = parts.extensions.get::<Session>() else {
        return Ok(None);
    };
    let Some(id) = session.get::<UtilisateurId>(CLE).await? else {
        return Ok(None);
    };
    match regard::suivre(&app.db, parts, session, id).await? {
        Some((assistee, regard)) => {
            let personne = par_id(&app.db, assistee).await?;
            Ok(personne.map(|p| Personne {
                assistee_par: None,
                regard: Some(regard),
                ..p
            }))
        }
        None => par_id(&app.db, id).await,
    }
}

/// An active person.
async fn par_id(db: impl PgExecutor<'_>, id: UtilisateurId) -> Result<Option<Personne>, Erreur> {
    let ligne = sqlx::query!(
        r#"select u.id as "id: UtilisateurId", u.prenom, u.nom, u.adresse_connexion, u.equipe, u.pigp,
                  u.facteur_le is not null as "facteur!", u.facteur_conseil_masque as conseil_masque, u.theme, u.densite,
                  u.raccourcis,
                  exists (select from rattachements_effectifs r
                          where r.utilisateur_id = u.id and r.capacites <> '{}') as "gestionnaire!",
                  array(select distinct a.espace from abonnements_effectifs a where a.utilisateur_id = u.id) as "espaces!",
                  (select e.agent from assistances_en_cours e where e.utilisateur_id = u.id) as assistee_par
           from utilisateurs u where u.id = $1 and u.statut = 'actif'"#,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(ligne.map(|l| Personne {
        id: l.id,
        prenom: l.prenom,
        nom: l.nom,
        adresse_connexion: l.adresse_connexion,
        equipe: l.equipe,
        pigp: l.pigp,
        facteur: l.facteur,
        conseil_masque: l.conseil_masque,
        theme: l.theme,
        densite: l.densite,
        raccourcis: l.raccourcis,
        gestionnaire: l.gestionnaire,
        espaces: l.espaces,
        assistee_par: l.assistee_par,
        regard: None,
    }))
}

/// The person whose account this very transaction has activated.
pub(super) async fn active_dans(
    tx: &mut Tx,
    id: UtilisateurId,
) -> Result<Option<Personne>, Erreur> {
    // maintenant() stands still inside a transaction.
    let ici = sqlx::query_scalar!(
        r#"select active_le = maintenant() and statut = 'actif' as "ici!" from utilisateurs where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    match ici {
        Some(true) => par_id(&mut **tx, id).await,
        _ => Ok(None),
    }
}
