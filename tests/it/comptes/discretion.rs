//! What the logs and the tables keep: no password, no link, no cookie (security.md LG3, ML6, failure-modes I3).

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber, span};

use super::{NEUF, a_activer, connecte, lien, oublier, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail, instructions};

/// Everything that a log at its usual level shows, fields of spans included. Without a level hint: hints are global to
/// the process, where other scenarios count statements at the same time.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<String>>);

impl Visit for Journal {
    fn record_debug(&mut self, champ: &Field, valeur: &dyn std::fmt::Debug) {
        let mut lignes = self.0.lock().expect("the log");
        let _ = writeln!(lignes, "{}={valeur:?}", champ.name());
    }
}

impl Subscriber for Journal {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, attributs: &span::Attributes<'_>) -> span::Id {
        attributs.record(&mut self.clone());
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, valeurs: &span::Record<'_>) {
        valeurs.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, evenement: &Event<'_>) {
        evenement.record(&mut self.clone());
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn ni_les_journaux_ni_les_tables_ne_gardent_un_secret() {
    let portail = Portail::nouveau().await;
    portail.personne("camille.durand@example.org").await;
    let journal = Journal::default();
    let garde = instructions::ecouter(journal.clone());
    a_activer(&portail, "ines.faure@example.org").await;
    let activation = lien(&portail, "ines.faure@example.org").await;
    let mut ines = portail.anonyme();
    ines.page(&activation).await.statut(200);
    ines.poster(&activation, &[("mot_de_passe", NEUF)])
        .await
        .statut(200);
    ines.page(&activation).await.statut(410);
    let reinitialisation = oublier(&portail, "camille.durand@example.org").await;
    let mut camille = portail.anonyme();
    se_connecter(
        &mut camille,
        "camille.durand@example.org",
        "Secret-rate-0123",
    )
    .await
    .statut(422);
    se_connecter(&mut camille, "Secret@colle.ici", "x")
        .await
        .statut(422);
    se_connecter(&mut camille, "camille.durand@example.org", MOT_DE_PASSE)
        .await
        .statut(303);
    assert!(connecte(&mut camille).await);
    let cookie = camille.cookie("__Host-sid").expect("a cookie").to_owned();
    camille
        .poster(
            "/mon-compte/mot-de-passe",
            &[("actuel", MOT_DE_PASSE), ("mot_de_passe", NEUF)],
        )
        .await
        .statut(200);
    let second = camille.cookie("__Host-sid").expect("a cookie").to_owned();
    camille.poster("/deconnexion", &[]).await.statut(200);
    drop(garde);

    let journal = journal.0.lock().expect("the log").clone();
    for evenement in [
        "compte_cree",
        "activation",
        "connexion_refusee",
        "evenement=\"connexion\"",
        "mot_de_passe_change",
        "deconnexion",
    ] {
        assert!(
            journal.contains(evenement),
            "{evenement} is not logged:\n{journal}"
        );
    }
    let mut tables = String::new();
    for sql in [
        "select t::text from utilisateurs t",
        "select t::text from jetons t",
        "select t::text from courriers t",
        "select t::text from sessions t",
        "select t::text from messages t",
        "select t::text from historique_donnees t",
    ] {
        let lignes: Vec<String> = sqlx::query_scalar(sql)
            .fetch_all(&portail.db)
            .await
            .expect(sql);
        tables.push_str(&lignes.join("\n"));
    }
    let secret = |lien: &str| lien.rsplit('/').next().unwrap_or_default().to_owned();
    for secret in [
        NEUF.to_owned(),
        MOT_DE_PASSE.to_owned(),
        "Secret-rate-0123".to_owned(),
        secret(&activation),
        secret(&reinitialisation),
        cookie,
        second,
    ] {
        assert!(secret.len() > 8);
        assert!(
            !journal.contains(&secret),
            "a secret in the log:\n{journal}"
        );
        assert!(!tables.contains(&secret), "a secret in a table");
    }
    assert!(
        !journal.contains("secret@colle.ici"),
        "people type their password in the wrong field"
    );
}
