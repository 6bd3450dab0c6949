//! The options, from the environment.

use crate::commun::{tailles, variable};

pub struct Reglages {
    pub tailles: Vec<u64>,
    /// Requests of one client per page.
    pub tours: usize,
    /// Keeps the pages whose address holds that, and measures nothing else.
    pub seules: String,
    /// Explains each statement of the pages.
    pub plans: bool,
    /// Clients at once, and their requests in all.
    pub clients: usize,
    pub requetes: usize,
    /// Lines of the import; none without lines.
    pub import: u64,
}

impl Reglages {
    pub fn lire() -> Self {
        let tailles = tailles("1000,100000,1000000");
        assert!(
            !tailles.is_empty(),
            "VANTAIL_BENCH_SIZES takes sizes, the smallest first"
        );
        Self {
            tailles,
            tours: variable("VANTAIL_BENCH_TOURS", 200),
            seules: variable("VANTAIL_BENCH_PAGES", String::new()),
            plans: variable("VANTAIL_BENCH_PLANS", 0) != 0,
            clients: variable("VANTAIL_BENCH_CLIENTS", 16),
            requetes: variable("VANTAIL_BENCH_REQUESTS", 200),
            import: variable("VANTAIL_BENCH_IMPORT", 100_000),
        }
    }
}
