//! Accounts: sign-in, activation, passwords, sessions, search (R-COMPTE-ACTIVER, R-COMPTE-CONNEXION, security.md
//! AU, PW, SE, CS, ML).

mod adresse;
mod appareils;
mod connexion;
mod creation;
mod demandes;
mod discretion;
mod enumeration;
mod freins;
mod liens;
mod mots_de_passe;
mod recherche;
mod sessions;

use sqlx::Connection;
use vantail::acces::Systeme;
use vantail::courrier::{self, Expedition};
use vantail::db::UtilisateurId;
use vantail::serveur::ReglagesHttp;
use vantail::utilisateurs;

use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

/// A password the rule accepts, other than the one of the tests.
pub(crate) const NEUF: &str = "Tortue-argentee-57?";

/// Fills the sign-in page and sends it; the answer itself, redirection not followed.
pub(crate) async fn se_connecter(acteur: &mut Acteur, adresse: &str, mot: &str) -> PageLue {
    acteur
        .poster_sans_suivre(
            "/connexion",
            &[("adresse", adresse), ("mot_de_passe", mot), ("retour", "")],
        )
        .await
}

/// Does this browser hold a session that counts?
pub(crate) async fn connecte(acteur: &mut Acteur) -> bool {
    acteur.lire("/mon-compte/sessions").await.statut.as_u16() == 200
}

/// A browser at this address, seen through a trusted proxy.
pub(crate) fn depuis(portail: &Portail, adresse: &str) -> Acteur {
    let reglages = ReglagesHttp {
        proxies: vec!["127.0.0.1".parse().expect("an address")],
        ..ReglagesHttp::pour(&portail.app.config.public_url).expect("an origin")
    };
    let mut acteur = Acteur::new(vantail::portail(&portail.app, &reglages));
    acteur
        .entetes
        .push(("X-Forwarded-For".to_owned(), adresse.to_owned()));
    acteur
}

/// Paths of the links mailed to an address, the newest first, as the mail that leaves shows them.
pub(crate) async fn liens(portail: &Portail, adresse: &str) -> Vec<String> {
    let config = &portail.app.config;
    let expedition = Expedition::lire(None, &config.mail_from, &config.public_url, "Vantail")
        .expect("mail settings");
    courrier::recents(&portail.db, &expedition, &portail.app.cles, 1_000)
        .await
        .expect("the outbox")
        .into_iter()
        .filter(|c| c.destinataire == adresse)
        .filter_map(|c| {
            let lien = c
                .texte
                .split_whitespace()
                .find(|m| m.starts_with("https://"))?
                .to_owned();
            assert!(c.html.contains(&lien), "one link in both bodies");
            Some(lien.strip_prefix("https://vantail.test")?.to_owned())
        })
        .collect()
}

/// The newest one.
pub(crate) async fn lien(portail: &Portail, adresse: &str) -> String {
    liens(portail, adresse)
        .await
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no link mailed to {adresse}"))
}

/// An account that waits for its activation, made by the real function.
pub(crate) async fn a_activer(portail: &Portail, adresse: &str) -> UtilisateurId {
    utilisateurs::creer_equipe(
        &portail.app,
        &Systeme::processus(),
        adresse,
        "Ines",
        "Faure",
        "support",
    )
    .await
    .unwrap_or_else(|e| panic!("{adresse}: {e:?}"))
}

/// Asks for a new password by the page, and gives the path of the link.
pub(crate) async fn oublier(portail: &Portail, adresse: &str) -> String {
    portail
        .anonyme()
        .poster("/mot-de-passe-oublie", &[("adresse", adresse)])
        .await
        .statut(200)
        .contient("Consultez votre messagerie.");
    lien(portail, adresse).await
}

/// A statement on the test database, for states no page gives yet.
pub(crate) async fn executer(portail: &Portail, sql: &'static str) {
    let mut db = sqlx::PgConnection::connect(portail.url_de_la_base())
        .await
        .expect("a connection");
    sqlx::raw_sql(sql).execute(&mut db).await.expect(sql);
    db.close().await.expect("a closed connection");
}
