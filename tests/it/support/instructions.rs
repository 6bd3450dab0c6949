//! Counts the SQL statements of a page, so that « no N+1 » is an assertion.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use tracing::field::{Field, Visit};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Event, Metadata, Subscriber, span};

#[derive(Clone, Default)]
struct Compteur(Arc<AtomicUsize>);

/// The statement an event is about.
#[derive(Default)]
struct Resume(String);

impl Visit for Resume {
    fn record_str(&mut self, champ: &Field, valeur: &str) {
        if champ.name() == "summary" {
            self.0 = valeur.to_owned();
        }
    }

    fn record_debug(&mut self, champ: &Field, valeur: &dyn std::fmt::Debug) {
        if champ.name() == "summary" {
            self.0 = format!("{valeur:?}");
        }
    }
}

impl Subscriber for Compteur {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, evenement: &Event<'_>) {
        let mut lu = Resume::default();
        evenement.record(&mut lu);
        if !du_bassin(&lu.0) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// What the pool says for itself, when it lends a connection or opens one: which of them it does is not the page's doing.
pub fn du_bassin(resume: &str) -> bool {
    let resume = resume.to_ascii_lowercase();
    resume.contains("rollback") || resume.contains("set_config")
}

/// One more listener, that hears nothing and stays. While there is a single one, tracing asks the thread that meets a statement
/// first whether anybody listens, and remembers its no for every thread: a count was 0 when scenarios ran side by side.
static TEMOIN: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// Listens to what this thread traces, until the guard is dropped.
pub fn ecouter(abonne: impl Subscriber + Send + Sync + 'static) -> DefaultGuard {
    LazyLock::force(&TEMOIN);
    tracing::subscriber::set_default(abonne)
}

/// Runs `acte` on this thread's runtime and answers what it gave with the number of statements it ran.
/// The scenario must use the default (current-thread) test runtime. What the pool says for itself is not a statement.
pub async fn compter<T>(acte: impl Future<Output = T>) -> (T, usize) {
    let compteur = Compteur::default();
    let garde = ecouter(compteur.clone());
    let issue = acte.await;
    drop(garde);
    (issue, compteur.0.load(Ordering::Relaxed))
}
