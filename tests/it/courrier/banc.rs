//! The bench of these tests: a database, keys, an outbox, and a clock that is moved, never waited for.

use std::sync::Arc;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;
use vantail::courrier::{self, Bilan, Courrier, Destinataire, Expedition, LIEN};
use vantail::secrets::Cles;

use crate::support::base::Base;
use crate::support::smtp::Puits;

pub const PUBLIQUE: &str = "https://portail.example/vantail";

/// A database of its own with the outbox's tables.
pub async fn base_de_test() -> PgPool {
    PgPoolOptions::new()
        .max_connections(12)
        .connect(&Base::pour_le_run().await)
        .await
        .expect("connected")
}

/// Moves the database's clock.
pub async fn avancer(db: &PgPool, secondes: i64) {
    sqlx::query("update horloge set decalage = decalage + make_interval(secs => $1)")
        .bind(secondes as f64)
        .execute(db)
        .await
        .expect("moved");
}

pub fn cles() -> Arc<Cles> {
    Arc::new(Cles::lire("v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").expect("valid"))
}

pub fn expedition(smtp: Option<&str>) -> Expedition {
    let publique = Url::parse(PUBLIQUE).expect("valid");
    Expedition::lire(
        smtp,
        "ne-pas-repondre@portail.example",
        &publique,
        "Vantail",
    )
    .expect("valid settings")
}

/// A mail that says one word.
pub struct Mot(pub String);

impl Courrier for Mot {
    const GABARIT: &'static str = "mot";
    fn sujet(&self) -> String {
        format!("À propos de {}", self.0)
    }
    fn texte(&self) -> String {
        format!("{} : {LIEN}", self.0)
    }
    fn html(&self) -> String {
        format!("<p>{} : <a href=\"{LIEN}\">ici</a></p>", self.0)
    }
    fn chemin(&self) -> String {
        "/activites".into()
    }
}

pub fn a(adresse: &str) -> Destinataire {
    Destinataire {
        utilisateur: Some(Uuid::now_v7()),
        adresse: adresse.to_owned(),
    }
}

/// Deposits one word for each address, each its own event, in committed transactions.
pub async fn deposer(db: &PgPool, adresses: &[&str]) {
    for adresse in adresses {
        let mut tx = db.begin().await.expect("begun");
        courrier::deposer(&mut tx, Uuid::now_v7(), &a(adresse), &Mot("bonjour".into()))
            .await
            .expect("deposited");
        tx.commit().await.expect("committed");
    }
}

pub struct Banc {
    pub db: PgPool,
    pub puits: Puits,
    pub cles: Arc<Cles>,
    pub expedition: Expedition,
}

impl Banc {
    pub async fn nouveau() -> Self {
        let puits = Puits::demarrer().await;
        let expedition = expedition(Some(&format!("{}?tls=none", puits.url())));
        Self {
            db: base_de_test().await,
            puits,
            cles: cles(),
            expedition,
        }
    }

    /// One pass of a worker.
    pub async fn passer(&self) -> Bilan {
        courrier::passer(
            &self.db,
            &self.expedition,
            &self.cles,
            &CancellationToken::new(),
        )
        .await
        .expect("database")
    }

    /// `(destinataire, statut, essais)` of every mail, by address.
    pub async fn etats(&self) -> Vec<(String, String, i32)> {
        sqlx::query_as(
            "select destinataire, statut, essais from courriers order by destinataire, id",
        )
        .fetch_all(&self.db)
        .await
        .expect("read")
    }

    /// The only mail's `(statut, derniere_erreur)`.
    pub async fn seul(&self) -> (String, Option<String>) {
        sqlx::query_as("select statut, derniere_erreur from courriers")
            .fetch_one(&self.db)
            .await
            .expect("one mail")
    }
}
