//! What the scenarios speak with: a portal on its own database, people who click, mails read as text, a clock.

#![expect(
    dead_code,
    reason = "a vocabulary: each scenario uses some of its words"
)]

pub mod acteur;
pub mod base;
pub mod courses;
pub mod formulaire;
pub mod instructions;
pub mod monde;
pub mod page;
pub mod relais;
pub mod smtp;
pub mod sollicitations;

use std::sync::Arc;

use sqlx::{PgPool, Row};
use vantail::App;
use vantail::acces::sessions;
use vantail::config::{Config, CoutArgon2};
use vantail::db::UtilisateurId;
use vantail::serveur::ReglagesHttp;

pub use acteur::Acteur;

/// Host of the portal under test; https, so that cookies carry their production names.
pub const HOTE: &str = "vantail.test";
/// A password the rule accepts.
pub const MOT_DE_PASSE: &str = "Girafe-violette-42!";

/// A mail of the outbox.
#[derive(Debug, Clone)]
pub struct CourrierLu {
    pub gabarit: String,
    pub destinataire: String,
    pub sujet: String,
    pub texte: String,
    pub html: String,
}

/// The portal, alone on its database.
#[derive(Clone)]
pub struct Portail {
    pub app: App,
    pub db: PgPool,
    routeur: axum::Router,
    _base: Arc<base::Base>,
}

pub fn config() -> Config {
    config_avec(&[])
}

/// A valid configuration with some variables changed.
pub fn config_avec(changees: &[(&str, &str)]) -> Config {
    let lire = |nom: &str| {
        if let Some((_, valeur)) = changees.iter().find(|(n, _)| *n == nom) {
            return Some((*valeur).to_owned());
        }
        match nom {
            "SECRET_KEY" => Some("v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
            "PUBLIC_URL" => Some(format!("https://{HOTE}")),
            "SMTP_URL" => Some("smtp://127.0.0.1:1".to_owned()),
            // Has its own scenarios (second_facteur): elsewhere a staff account signs in at once.
            "SECOND_FACTOR_REQUIRED" => Some("nobody".to_owned()),
            _ => None,
        }
    };
    let mut config = Config::lire(&lire).expect("a valid configuration");
    config.argon2 = CoutArgon2 {
        memoire_kio: 8,
        passes: 1,
    };
    config
}

impl Portail {
    pub async fn nouveau() -> Self {
        Self::avec(config()).await
    }

    pub async fn avec(config: Config) -> Self {
        let base = base::Base::nouvelle().await;
        let db = base.bassin().await;
        let reglages = ReglagesHttp::pour(&config.public_url).expect("an origin");
        let app = App::new(db.clone(), config);
        app.relire_les_parametres().await.expect("the parameters");
        let routeur = vantail::portail(&app, &reglages);
        Self {
            app,
            db,
            routeur,
            _base: Arc::new(base),
        }
    }

    /// Another instance on the same database, with other settings.
    pub fn voisin(&self, config: Config) -> Self {
        let reglages = ReglagesHttp::pour(&config.public_url).expect("an origin");
        let app = App::new(self.db.clone(), config);
        Self {
            routeur: vantail::portail(&app, &reglages),
            app,
            db: self.db.clone(),
            _base: Arc::clone(&self._base),
        }
    }

    pub fn url_de_la_base(&self) -> &str {
        self._base.url()
    }

    /// Somebody without an account, or not signed in.
    pub fn anonyme(&self) -> Acteur {
        Acteur::new(self.routeur.clone())
    }

    /// A signed-in person, named by the login. The session is a real one; the sign-in page has its own scenarios.
    pub async fn connecter(&self, adresse: &str) -> Acteur {
        let id = self.id(adresse).await;
        let session = sessions::session_neuve(&self.app);
        sessions::ouvrir(&session, id, "tests", "127.0.0.1")
            .await
            .expect("a session");
        session.save().await.expect("a saved session");
        let mut acteur = self.anonyme();
        acteur.poser_cookie("__Host-sid", &session.id().expect("an id").to_string());
        acteur
    }

    pub async fn id(&self, adresse: &str) -> UtilisateurId {
        UtilisateurId(
            sqlx::query_scalar("select id from utilisateurs where adresse_connexion = $1")
                .bind(adresse)
                .fetch_one(&self.db)
                .await
                .unwrap_or_else(|e| panic!("{adresse}: {e}")),
        )
    }

    /// Every mail of the outbox, oldest first.
    pub async fn courriers(&self) -> Vec<CourrierLu> {
        sqlx::query(
            "select gabarit, destinataire, sujet, texte, html from courriers order by cree_le, id",
        )
        .fetch_all(&self.db)
        .await
        .expect("the outbox")
        .into_iter()
        .map(|l| CourrierLu {
            gabarit: l.get(0),
            destinataire: l.get(1),
            sujet: l.get(2),
            texte: l.get(3),
            html: l.get(4),
        })
        .collect()
    }

    pub async fn courriers_pour(&self, adresse: &str) -> Vec<CourrierLu> {
        self.courriers()
            .await
            .into_iter()
            .filter(|c| c.destinataire == adresse)
            .collect()
    }

    /// Moves the clock of this database: `avancer("8 days")`.
    pub async fn avancer(&self, duree: &str) {
        sqlx::query("update horloge set decalage = decalage + $1::interval")
            .bind(duree)
            .execute(&self.db)
            .await
            .expect("a moved clock");
    }

    /// A number from the database, for assertions.
    pub async fn nombre(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.db)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// The throttles as at the first minute: races repeat what a person does once.
    pub async fn oublier_les_compteurs(&self) {
        sqlx::query("delete from compteurs")
            .execute(&self.db)
            .await
            .expect("no counter");
    }

    /// The whole database as one digest, the tables that a reading touches left out:
    /// « nothing changed » is then one comparison.
    pub async fn empreinte(&self) -> String {
        base::empreinte(&self.db).await
    }
}

/// Rounds of a race: small by default, full in CI (decisions 25).
pub fn rondes(defaut: usize) -> usize {
    std::env::var("VANTAIL_RONDES")
        .ok()
        .and_then(|r| r.parse().ok())
        .unwrap_or(defaut)
}
