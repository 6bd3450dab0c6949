//! A world and the server that shows it.

use std::path::Path;
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use vantail::jobs;

use crate::charge::Charge;
use crate::client::Client;
use crate::commun::base::Base;
use crate::commun::monde::{self, Monde, monde};
use crate::processus::Processus;
use crate::releve::Releve;

/// After this long the server has done what it does at start.
const REPOS: Duration = Duration::from_secs(3);

pub struct Instance {
    pub monde: Monde,
    pub portail: Processus,
    pub releve: Releve,
    /// Address of its database.
    pub base: String,
    /// Memory at rest after the start, in MiB.
    pub repos: f64,
    /// Holds the lock of the jobs, which would otherwise close the old sollicitations of the world, a hundred thousand of them,
    /// while the pages are measured.
    _travaux: PgConnection,
}

impl Instance {
    pub async fn ouvrir(base: &Base, dossier: &Path, taille: u64) -> Self {
        let monde = monde(base, taille).await;
        let url = base.url(&monde::nom(taille));
        let mut travaux = PgConnection::connect(&url).await.expect("a connection");
        let pris: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
            .bind(jobs::VERROU)
            .fetch_one(&mut travaux)
            .await
            .expect("an answer");
        assert!(pris, "somebody else runs the jobs of this world");
        let releve = Releve::ouvrir(&monde, &url).await;
        let portail = Processus::portail(&url, &dossier.join(format!("serve-{taille}.jsonl")));
        tokio::time::sleep(REPOS).await;
        Self {
            repos: portail.memoire(),
            monde,
            portail,
            releve,
            base: url,
            _travaux: travaux,
        }
    }

    /// Somebody who has just signed in.
    pub async fn lecteur(&self, qui: &str) -> Lecteur<'_> {
        Lecteur {
            instance: self,
            cookie: self.monde.connecter(qui).await,
        }
    }
}

pub struct Lecteur<'a> {
    pub instance: &'a Instance,
    pub cookie: String,
}

impl Lecteur<'_> {
    pub fn client(&self) -> Client {
        Client::new(self.instance.portail.adresse, &self.cookie)
    }

    pub fn charge(&self, encodage: &'static str, clients: usize) -> Charge<'_> {
        Charge {
            adresse: self.instance.portail.adresse,
            cookie: &self.cookie,
            encodage,
            clients,
        }
    }

    pub fn adresse(&self, page: &str) -> String {
        self.instance.monde.adresse(page)
    }
}
