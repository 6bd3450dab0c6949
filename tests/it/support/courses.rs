//! Acts at the same time: sent together, or seen waiting for a lock that the test holds.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::{JoinHandle, JoinSet};

use super::page::PageLue;
use super::{Acteur, Portail};

/// Asked so many times at most before a waiting that does not come is a failure.
const REGARDS: usize = 20_000;

/// Until so many sessions of this database wait for a lock.
pub async fn attendent(portail: &Portail, combien: i64, courses: &[&JoinHandle<PageLue>]) {
    for _ in 0..REGARDS {
        let vus = portail
            .nombre(
                "select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock' and state = 'active'",
            )
            .await;
        if vus == combien {
            return;
        }
        assert!(
            courses.iter().all(|c| !c.is_finished()),
            "an act did not wait for its lock"
        );
        tokio::task::yield_now().await;
    }
    panic!("{combien} acts never waited together");
}

/// Sends the form in a task of its own, for what happens at the same time.
pub fn lancer(acteur: &Acteur, adresse: &str, champs: &[(&str, &str)]) -> JoinHandle<PageLue> {
    let (mut acteur, adresse) = (acteur.clone(), adresse.to_owned());
    let champs: Vec<(String, String)> = champs
        .iter()
        .map(|(c, v)| ((*c).to_owned(), (*v).to_owned()))
        .collect();
    tokio::spawn(async move {
        let champs: Vec<(&str, &str)> = champs
            .iter()
            .map(|(c, v)| (c.as_str(), v.as_str()))
            .collect();
        acteur.poster_sans_suivre(&adresse, &champs).await
    })
}

/// All from the same instant on; their answers, in the order given. None of them breaks down.
pub async fn pages_a_la_fois<G>(gestes: impl IntoIterator<Item = G>) -> Vec<PageLue>
where
    G: Future<Output = PageLue> + Send + 'static,
{
    let gestes: Vec<G> = gestes.into_iter().collect();
    let depart = Arc::new(Barrier::new(gestes.len()));
    let mut courses = JoinSet::new();
    for (rang, geste) in gestes.into_iter().enumerate() {
        let depart = Arc::clone(&depart);
        courses.spawn(async move {
            depart.wait().await;
            (rang, geste.await)
        });
    }
    let mut pages = courses.join_all().await;
    pages.sort_by_key(|(rang, _)| *rang);
    let pages: Vec<PageLue> = pages.into_iter().map(|(_, page)| page).collect();
    for page in &pages {
        assert!(page.statut.as_u16() < 500, "{}", page.texte());
    }
    pages
}

/// Sorted.
pub fn statuts(pages: &[PageLue]) -> Vec<u16> {
    let mut statuts: Vec<u16> = pages.iter().map(|p| p.statut.as_u16()).collect();
    statuts.sort_unstable();
    statuts
}

/// All from the same instant on; their statuses, sorted.
pub async fn a_la_fois<G>(gestes: impl IntoIterator<Item = G>) -> Vec<u16>
where
    G: Future<Output = PageLue> + Send + 'static,
{
    statuts(&pages_a_la_fois(gestes).await)
}

/// Who sends, where, what.
pub type Geste<Nom = &'static str, Valeur = &'static str> = (Acteur, String, Vec<(Nom, Valeur)>);

/// A form whose values are made by the scenario.
pub type Envoi = Geste<String, String>;

pub fn envoi(acteur: &Acteur, adresse: String, champs: Vec<(&str, String)>) -> Envoi {
    let champs = champs.into_iter().map(|(c, v)| (c.to_owned(), v));
    (acteur.clone(), adresse, champs.collect())
}

pub fn champs(champs: &[(&str, &str)]) -> Vec<(String, String)> {
    champs
        .iter()
        .map(|(c, v)| ((*c).to_owned(), (*v).to_owned()))
        .collect()
}

/// These forms at once; their answers, in the order given.
pub async fn pages_ensemble<Nom, Valeur>(gestes: Vec<Geste<Nom, Valeur>>) -> Vec<PageLue>
where
    Nom: AsRef<str> + Send + Sync + 'static,
    Valeur: AsRef<str> + Send + Sync + 'static,
{
    pages_a_la_fois(
        gestes
            .into_iter()
            .map(|(mut acteur, adresse, champs)| async move {
                let champs: Vec<(&str, &str)> = champs
                    .iter()
                    .map(|(nom, valeur)| (nom.as_ref(), valeur.as_ref()))
                    .collect();
                acteur.poster_sans_suivre(&adresse, &champs).await
            }),
    )
    .await
}

/// The same; the statuses, sorted.
pub async fn poster_ensemble<Nom, Valeur>(gestes: Vec<Geste<Nom, Valeur>>) -> Vec<u16>
where
    Nom: AsRef<str> + Send + Sync + 'static,
    Valeur: AsRef<str> + Send + Sync + 'static,
{
    statuts(&pages_ensemble(gestes).await)
}

/// The same form from each of them at once.
pub async fn ensemble(
    acteurs: Vec<Acteur>,
    adresse: &str,
    champs: &[(&'static str, &'static str)],
) -> Vec<u16> {
    let geste = |acteur| (acteur, adresse.to_owned(), champs.to_vec());
    poster_ensemble(acteurs.into_iter().map(geste).collect()).await
}
