//! Many clients at once, each on its own connection, each with one request after another and no pause between them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::task::JoinSet;

use crate::client::{Client, Reponse};
use crate::commun::centiles;

/// Who asks what of whom.
pub struct Charge<'a> {
    pub adresse: SocketAddr,
    pub cookie: &'a str,
    pub encodage: &'static str,
    pub clients: usize,
}

pub struct Bilan {
    /// Requests per second.
    pub debit: f64,
    pub p50: f64,
    pub p95: f64,
    /// Answers other than 200.
    pub refus: usize,
}

impl Charge<'_> {
    /// Sends `requetes` requests in all, to these pages in turn.
    pub async fn tirer(&self, pages: &[String], requetes: usize) -> Bilan {
        let pages: Arc<[String]> = pages.into();
        let parties = Arc::new(AtomicUsize::new(0));
        let mut clients = JoinSet::new();
        let debut = Instant::now();
        for _ in 0..self.clients {
            let client = Client::new(self.adresse, self.cookie);
            let (pages, parties, encodage) = (pages.clone(), parties.clone(), self.encodage);
            clients.spawn(async move {
                let mut reponses: Vec<Reponse> = Vec::new();
                loop {
                    let rang = parties.fetch_add(1, Ordering::Relaxed);
                    if rang >= requetes {
                        break reponses;
                    }
                    let page = &pages[rang % pages.len()];
                    reponses.push(client.lire(page, encodage).await);
                }
            });
        }
        let reponses: Vec<Reponse> = clients.join_all().await.into_iter().flatten().collect();
        let duree = debut.elapsed().as_secs_f64();
        let (p50, p95) = centiles(reponses.iter().map(|r| r.ms).collect());
        Bilan {
            debit: reponses.len() as f64 / duree,
            p50,
            p95,
            refus: reponses.iter().filter(|r| r.statut != 200).count(),
        }
    }
}
