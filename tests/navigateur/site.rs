//! The portal as a visitor meets it: its own database with the demo world, served on loopback by the real server.

use std::io::{BufRead as _, Cursor};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::ACCEPT_ENCODING;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use base64::Engine as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vantail::App;
use vantail::acces::{Systeme, sessions};
use vantail::config::{Config, CoutArgon2};
use vantail::db::UtilisateurId;
use vantail::db::bassin::{self, Usage};
use vantail::imports::{self, Options, Source};
use vantail::secrets::Cles;
use vantail::serveur::{self, Limites, ReglagesHttp};

use crate::base::Base;

fn config(adresse: &str) -> Result<Config> {
    let cle = base64::engine::general_purpose::STANDARD.encode("0123456789abcdef0123456789abcdef");
    let cles = Cles::lire(&format!("v1:{cle}")).map_err(|e| anyhow::anyhow!("{e}"))?;
    let source = |nom: &str| (nom == "LISTEN_ADDR").then(|| adresse.to_owned());
    let mut config = Config::demo(&source, cles)?;
    config.argon2 = CoutArgon2 {
        memoire_kio: 8,
        passes: 1,
    };
    Ok(config)
}

/// Enough of the directory for several pages of results.
fn debut_de_l_annuaire() -> Result<Source> {
    let mut lignes = String::new();
    for ligne in Source::Octets(imports::annuaire_embarque())
        .ouvrir()?
        .lines()
        .take(400)
    {
        lignes.push_str(&ligne?);
        lignes.push('\n');
    }
    Ok(Source::Flux(Box::new(Cursor::new(lignes))))
}

/// The demo world, loaded once; each scenario works on a copy.
pub struct Monde(Base);

impl Monde {
    pub async fn charger() -> Result<Self> {
        let base = Base::nouvelle().await;
        let app = App::new(base.bassin().await, config("127.0.0.1:1")?);
        imports::structures(&app.db, debut_de_l_annuaire()?, Options::default(), |_| ()).await?;
        vantail::demo::charger(&app, &Systeme::processus()).await?;
        app.db.close().await;
        Ok(Self(base))
    }

    pub async fn site(&self) -> Result<Site> {
        let base = self.0.copier().await;
        let ecoute = TcpListener::bind("127.0.0.1:0").await?;
        let adresse = ecoute.local_addr()?.to_string();
        let db = bassin::ouvrir(base.url(), Usage::Pages).await?;
        let app = App::new(db, config(&adresse)?);
        app.relire_les_parametres().await?;
        let reglages = ReglagesHttp::pour(&app.config.public_url)?;
        let document = Document::default();
        let routeur =
            vantail::portail(&app, &reglages).layer(from_fn_with_state(document.clone(), retenir));
        let arret = CancellationToken::new();
        let service = tokio::spawn(serveur::servir(
            ecoute,
            routeur,
            Limites::default(),
            arret.clone(),
        ));
        Ok(Site(Arc::new(Interieur {
            app,
            document,
            arret,
            service: service.abort_handle(),
            _base: base,
        })))
    }
}

/// The last document sent, as it was sent.
type Document = Arc<Mutex<String>>;

/// The browser gives back what it has made of a page, never its text: it is kept on the way. Uncompressed for that.
async fn retenir(
    State(document): State<Document>,
    mut requete: Request,
    suite: Next,
) -> Result<Response, StatusCode> {
    let est_un_document = requete
        .headers()
        .get("sec-fetch-dest")
        .is_some_and(|dest| dest == "document");
    if !est_un_document {
        return Ok(suite.run(requete).await);
    }
    requete.headers_mut().remove(ACCEPT_ENCODING);
    let (tete, corps) = suite.run(requete).await.into_parts();
    let octets = to_bytes(corps, usize::MAX)
        .await
        .map_err(|_| StatusCode::BAD_GATEWAY)?;
    if let Ok(texte) = str::from_utf8(&octets) {
        texte.clone_into(&mut document.lock().unwrap_or_else(PoisonError::into_inner));
    }
    Ok(Response::from_parts(tete, octets.into()))
}

/// A running portal; stopped, and its database dropped, with the last clone.
#[derive(Clone)]
pub struct Site(Arc<Interieur>);

struct Interieur {
    app: App,
    document: Document,
    arret: CancellationToken,
    service: tokio::task::AbortHandle,
    _base: Base,
}

impl Drop for Interieur {
    fn drop(&mut self) {
        self.arret.cancel();
        self.service.abort();
    }
}

impl Site {
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// The HTML of the last page, as the server sent it.
    pub fn document(&self) -> String {
        let document = self.0.document.lock();
        document.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn adresse(&self, chemin: &str) -> String {
        format!("{}{chemin}", self.0.app.config.origine())
    }

    pub async fn personne(&self, login: &str) -> Result<UtilisateurId> {
        sqlx::query_scalar("select id from utilisateurs where adresse_connexion = $1")
            .bind(login)
            .fetch_one(&self.app().db)
            .await
            .map(UtilisateurId)
            .with_context(|| format!("no account {login}"))
    }

    /// The value of a session cookie; the sign-in page has its own journey.
    pub async fn session(&self, login: &str) -> Result<String> {
        let personne = self.personne(login).await?;
        let session = sessions::session_neuve(self.app());
        sessions::ouvrir(&session, personne, "Chromium", "127.0.0.1")
            .await
            .map_err(|e| anyhow::anyhow!("{e:?}"))?;
        session.save().await?;
        Ok(session.id().context("a session without id")?.to_string())
    }

    /// One text value from the database.
    pub async fn valeur(&self, sql: &'static str, parametre: &str) -> Result<String> {
        sqlx::query_scalar(sql)
            .bind(parametre)
            .fetch_one(&self.app().db)
            .await
            .with_context(|| format!("{sql} ({parametre})"))
    }

    /// The key of the structure with this identifier, for its addresses.
    pub async fn structure(&self, identifiant: &str) -> Result<String> {
        let sql = "select id::text from structures where identifiant = $1";
        self.valeur(sql, identifiant).await
    }
}
