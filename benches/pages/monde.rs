//! A world that is read: its database, a router with all its layers, the sessions of its two readers.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tower::ServiceExt;
use uuid::Uuid;
use vantail::App;
use vantail::acces::{Systeme, sessions};
use vantail::config::{Config, CoutArgon2};
use vantail::db::bassin::{self, Usage};
use vantail::db::{MIGRATIONS, UtilisateurId};

use vantail::serveur::ReglagesHttp;

const PUBLIQUE: &str = "http://127.0.0.1:8080";
pub const QUI: &str = "pauline.dufour@terneuil.example";
pub const CHARGE: &str = "gp@charge.example";
/// An agent of the support.
pub const AGENT: &str = "support.un@vantail.example";
/// Requests in one act (spec §12).
pub const LOT: usize = 500;

/// Five hundred more people ask to join the loaded structure: as many in both worlds.
const DEMANDES: &str = "
  with structure as (
    select r.structure_id as id from rattachements r join utilisateurs u on u.id = r.utilisateur_id
    where u.adresse_connexion = 'gp@charge.example' order by r.id limit 1)
  insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire, creee_le)
  select uuid_v7(), s.id, u.id, 'us', true, 'Lot', '2025-10-01'
  from structure s, utilisateurs u
  where u.adresse_connexion like 'u%@charge.example'
    and not exists (select from rattachements r where r.structure_id = s.id and r.utilisateur_id = u.id)
    and not exists (select from demandes_rattachement d where d.structure_id = s.id and d.utilisateur_id = u.id)
  order by u.id limit 500";

/// The queue of the desk: as many sollicitations as structures, seven in ten open, from the people of the world.
const SOLLICITATIONS: &str = "
  with auteurs as (
    select array_agg(id order by id) as ids from (select id from utilisateurs where equipe is null order by id limit 20000) u),
  agents as (select array_agg(id order by id) as ids from utilisateurs where equipe = 'support')
  insert into sollicitations (id, reference, emetteur_id, destinataire, categorie, objet, texte, statut, prise_en_charge_par,
                              prise_en_charge_le, creee_le, modifiee_le, resolue_le, close_le)
  select uuid_v7(), 'SOL-2019-' || lpad(n::text, greatest(6, length(n::text)), '0'), u.ids[1 + (n::bigint * 7919 % cardinality(u.ids))::int], 'support',
         (array['compte', 'rattachements', 'structure', 'anomalie', 'autre'])[1 + n % 5],
         (array['Connexion impossible', 'Demande sans réponse', 'Fiche à corriger', 'Question sur un espace', 'Mot de passe'])[1 + n % 5]
           || ' ' || n,
         repeat('Bonjour, je rencontre une difficulté. ', 20), l.statut,
         case when l.statut <> 'nouvelle' then a.ids[1 + n % cardinality(a.ids)] end,
         case when l.statut <> 'nouvelle' then c.creee_le end, c.creee_le, c.creee_le,
         case when l.statut = 'resolue' then c.creee_le end, case when l.statut = 'close' then c.creee_le end
  from auteurs u, agents a, generate_series(1, :taille) n,
       lateral (select (array['nouvelle', 'nouvelle', 'nouvelle', 'nouvelle', 'en_cours', 'en_cours', 'en_attente_du_demandeur',
                              'resolue', 'resolue', 'close'])[1 + (n * 31) % 10]) l (statut),
       lateral (select maintenant() - n * interval '5 minutes') c (creee_le)";

pub struct Monde {
    db: sqlx::PgPool,
    routeur: Router,
    cookies: BTreeMap<&'static str, String>,
    structure: Uuid,
}

fn config() -> Config {
    let lire = |nom: &str| match nom {
        "SECRET_KEY" => Some("v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
        "PUBLIC_URL" => Some(PUBLIQUE.to_owned()),
        "SMTP_URL" => Some("smtp://127.0.0.1:1".to_owned()),
        // The agent of the desk reads its queue, not the page that asks for a code.
        "SECOND_FACTOR_REQUIRED" => Some("nobody".to_owned()),
        _ => None,
    };
    let mut config = Config::lire(&lire).expect("a valid configuration");
    config.argon2 = CoutArgon2 {
        memoire_kio: 8,
        passes: 1,
    };
    config
}

pub async fn monde(url: &dyn Fn(&str) -> String, taille: u64) -> Monde {
    let nom = format!("mesures_{taille}");
    let mut admin = PgConnection::connect(&url("postgres"))
        .await
        .expect("the server");
    let existe: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&nom)
            .fetch_one(&mut admin)
            .await
            .expect("an answer");
    if !existe {
        sqlx::raw_sql(AssertSqlSafe(format!("create database {nom}")))
            .execute(&mut admin)
            .await
            .expect("a database");
        charger(&url(&nom), taille).await;
    }

    let db = bassin::ouvrir(&url(&nom), Usage::Pages)
        .await
        .expect("a pool");
    let app = App::new(db.clone(), config());
    let mut cookies = BTreeMap::new();
    for qui in [QUI, CHARGE, AGENT] {
        cookies.insert(qui, connecter(&app, qui).await);
    }
    let structure = sqlx::query_scalar(
        "select r.structure_id from rattachements r join utilisateurs u on u.id = r.utilisateur_id
         where u.adresse_connexion = $1 order by r.id limit 1",
    )
    .bind(CHARGE)
    .fetch_one(&db)
    .await
    .expect("the loaded structure");
    let reglages = ReglagesHttp::pour(&app.config.public_url).expect("an origin");
    Monde {
        db,
        routeur: vantail::portail(&app, &reglages),
        cookies,
        structure,
    }
}

/// The demo world, then the large one.
async fn charger(url: &str, taille: u64) {
    let chargeur = bassin::ouvrir(url, Usage::Imports).await.expect("a pool");
    MIGRATIONS.run(&chargeur).await.expect("the migrations");
    let app = App::new(chargeur.clone(), config());
    let debut = Instant::now();
    vantail::demo::charger(&app, &Systeme::processus())
        .await
        .expect("the demo world");
    vantail::demo::masse::charger(&app, &Systeme::processus(), taille)
        .await
        .expect("the large world");
    let sollicitations = SOLLICITATIONS.replace(":taille", &taille.to_string());
    for ordre in [DEMANDES, &sollicitations, "vacuum analyze"] {
        sqlx::raw_sql(AssertSqlSafe(ordre.to_owned()))
            .execute(&chargeur)
            .await
            .expect("requests, statistics");
    }
    eprintln!(
        "{taille} structures loaded in {:.1} s",
        debut.elapsed().as_secs_f64()
    );
    chargeur.close().await;
}

async fn connecter(app: &App, qui: &str) -> String {
    let id: Uuid = sqlx::query_scalar("select id from utilisateurs where adresse_connexion = $1")
        .bind(qui)
        .fetch_one(&app.db)
        .await
        .expect("the reader");
    let session = sessions::session_neuve(app);
    sessions::ouvrir(&session, UtilisateurId(id), "bench", "127.0.0.1")
        .await
        .expect("a session");
    session.save().await.expect("a saved session");
    format!("sid={}", session.id().expect("an id"))
}

/// Resident memory of this process, in MiB, with everything it holds.
fn memoire() -> f64 {
    let statut = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ligne = statut.lines().find(|l| l.starts_with("VmRSS:"));
    let kio = ligne.and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok());
    kio.unwrap_or_default() / 1024.0
}

/// A file as it arrives.
pub struct Fichier {
    pub premier_octet: f64,
    pub total: f64,
    pub octets: usize,
    /// Highest seen on the way, above what was held before, in MiB.
    pub memoire: f64,
}

impl Monde {
    fn adresse(&self, adresse: &str) -> String {
        adresse.replace("{s}", &self.structure.to_string())
    }

    async fn repondre(&self, requete: Builder, qui: &str, corps: Body) -> Response<Body> {
        let requete = requete
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::COOKIE, &self.cookies[qui])
            .header("sec-fetch-site", "same-origin")
            .body(corps)
            .expect("a request");
        self.routeur
            .clone()
            .oneshot(requete)
            .await
            .expect("an answer")
    }

    async fn lire(&self, qui: &str, adresse: &str) -> Duration {
        let debut = Instant::now();
        let requete = Request::get(self.adresse(adresse));
        let reponse = self.repondre(requete, qui, Body::empty()).await;
        let statut = reponse.status();
        let corps = reponse.into_body().collect().await.expect("a body");
        let duree = debut.elapsed();
        assert_eq!(statut, StatusCode::OK, "{adresse}");
        assert!(!corps.to_bytes().is_empty(), "{adresse}");
        duree
    }

    /// Median and 95th percentile, in milliseconds, after a warm-up: the server decides how it plans a statement after five
    /// executions on each of the two connections that one reader after another uses.
    pub async fn mesurer(&self, qui: &str, adresse: &str, tours: usize) -> (f64, f64) {
        for _ in 0..(tours / 10).max(15) {
            self.lire(qui, adresse).await;
        }
        let mut durees = Vec::with_capacity(tours);
        for _ in 0..tours {
            durees.push(self.lire(qui, adresse).await.as_secs_f64() * 1000.0);
        }
        durees.sort_by(f64::total_cmp);
        (durees[tours / 2], durees[tours * 95 / 100])
    }

    pub async fn fichier(&self, adresse: &str) -> Fichier {
        let avant = memoire();
        let debut = Instant::now();
        let requete = Request::get(self.adresse(adresse));
        let reponse = self.repondre(requete, CHARGE, Body::empty()).await;
        assert_eq!(reponse.status(), StatusCode::OK, "{adresse}");
        let mut corps = reponse.into_body();
        let (mut octets, mut premier, mut haut) = (0, None, avant);
        while let Some(trame) = corps.frame().await {
            octets += trame.expect("a frame").data_ref().map_or(0, |d| d.len());
            premier.get_or_insert_with(|| debut.elapsed());
            haut = memoire().max(haut);
        }
        Fichier {
            premier_octet: premier.unwrap_or_default().as_secs_f64() * 1000.0,
            total: debut.elapsed().as_secs_f64() * 1000.0,
            octets,
            memoire: haut - avant,
        }
    }

    async fn poster(&self, adresse: &str, corps: String) -> f64 {
        let requete = Request::post(adresse)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let debut = Instant::now();
        let reponse = self.repondre(requete, CHARGE, Body::from(corps)).await;
        let duree = debut.elapsed().as_secs_f64() * 1000.0;
        assert_eq!(reponse.status(), StatusCode::SEE_OTHER, "{adresse}");
        duree
    }

    /// Medians of the decision of five hundred requests and of its undo, in milliseconds.
    pub async fn decider(&self, tours: usize) -> (f64, f64) {
        let (mut decidees, mut annulees) = (Vec::new(), Vec::new());
        for _ in 0..tours {
            let ids: Vec<Uuid> = sqlx::query_scalar(
                "select id from demandes_rattachement
                 where structure_id = $1 and commentaire = 'Lot' and statut = 'en_cours_de_validation' order by id",
            )
            .bind(self.structure)
            .fetch_all(&self.db)
            .await
            .expect("the requests");
            assert_eq!(ids.len(), LOT);
            let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
            let corps = format!("ids={}&decision=valider&confirme=1", ids.join("%2C"));
            decidees.push(self.poster("/activites/demandes/lot", corps).await);
            let acte: Uuid = sqlx::query_scalar(
                "select acte_id from decisions where annulee_le is null order by id desc limit 1",
            )
            .fetch_one(&self.db)
            .await
            .expect("an act");
            let adresse = format!("/activites/demandes/annulation/{acte}");
            annulees.push(self.poster(&adresse, String::new()).await);
        }
        decidees.sort_by(f64::total_cmp);
        annulees.sort_by(f64::total_cmp);
        (decidees[tours / 2], annulees[tours / 2])
    }
}
