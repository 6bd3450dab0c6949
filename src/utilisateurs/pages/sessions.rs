use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tower_sessions::Session;

use crate::App;
use crate::acces::sessions::{self, SessionOuverte};
use crate::acces::{Connecte, Message, Page};
use crate::db::SessionRef;
use crate::utilisateurs::client::appareil;
use crate::web::{self, Chemin, Erreur};

const ICI: &str = "/mon-compte/sessions";

#[derive(Template)]
#[template(path = "utilisateurs/sessions.html")]
struct PageSessions {
    page: Page,
    sessions: Vec<SessionOuverte>,
    autres: usize,
}

impl PageSessions {
    fn appareil(session: &SessionOuverte) -> String {
        appareil(session.agent.as_deref().unwrap_or_default())
    }

    fn dates(session: &SessionOuverte) -> String {
        format!(
            "Connexion le {}, dernière activité le {}",
            session.creee_le.jour_heure(),
            session.vue_le.jour_heure()
        )
    }
}

pub async fn page(
    connecte: Connecte,
    State(app): State<App>,
    page: Page,
    session: Session,
) -> Result<Response, Erreur> {
    let sessions = sessions::ouvertes(&app, connecte.id(), &session).await?;
    let autres = sessions.iter().filter(|s| !s.celle_ci).count();
    web::page(&PageSessions {
        page,
        sessions,
        autres,
    })
}

pub async fn finir(
    connecte: Connecte,
    State(app): State<App>,
    Chemin(reference): Chemin<SessionRef>,
) -> Result<Response, Erreur> {
    sessions::deconnecter(&app, connecte.id(), reference).await?;
    tracing::info!(evenement = "session_fermee", utilisateur = %connecte.id(), "connexion");
    let vers = Message::succes("La session est fermée.")
        .et_aller(&app, Some(connecte.id()), ICI)
        .await?;
    Ok(web::vers(&vers))
}

pub async fn finir_les_autres(
    connecte: Connecte,
    State(app): State<App>,
    session: Session,
) -> Result<Response, Erreur> {
    let mut db = app.db.acquire().await?;
    sessions::revoquer(&mut db, connecte.id(), Some(&session)).await?;
    drop(db);
    tracing::info!(evenement = "autres_sessions_fermees", utilisateur = %connecte.id(), "connexion");
    let vers = Message::succes("Vos autres sessions sont fermées.")
        .et_aller(&app, Some(connecte.id()), ICI)
        .await?;
    Ok(web::vers(&vers))
}
