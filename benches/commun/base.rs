//! The PostgreSQL of a bench.

use url::Url;
use vantail::postgres_prive::{PostgresPrive, Reglages, dossier_de_tests};

/// Half of a world of a million structures, in MiB. More: a server of one's own (`VANTAIL_BENCH_PG`).
const BANC_MIO: u32 = 4_096;

/// The server of `VANTAIL_BENCH_PG`, whose databases stay and serve again; else a private one, stopped when this is dropped.
pub struct Base {
    racine: Url,
    _prive: Option<PostgresPrive>,
}

impl Base {
    /// Blocks: to be called outside of the runtime.
    pub fn ouvrir() -> Self {
        let existante = std::env::var("VANTAIL_BENCH_PG").ok();
        let prive = existante.is_none().then(|| {
            PostgresPrive::demarrer(&Reglages {
                dossier: dossier_de_tests().expect("a folder"),
                durable: false,
                memoire_mio: BANC_MIO,
                binaires: std::env::var_os("VANTAIL_PG_BIN").map(Into::into),
            })
            .expect("a private PostgreSQL")
        });
        let racine = existante
            .or_else(|| prive.as_ref().map(|p| p.url("postgres")))
            .expect("one or the other");
        Self {
            racine: racine.parse().expect("VANTAIL_BENCH_PG is an address"),
            _prive: prive,
        }
    }

    /// Address of a database.
    pub fn url(&self, base: &str) -> String {
        let mut url = self.racine.clone();
        url.set_path(base);
        url.into()
    }
}
