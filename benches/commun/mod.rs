//! What the benches share: the server of databases, the worlds, the pages that are read, the arithmetic.

pub mod base;
pub mod lot;
pub mod monde;
pub mod pages;

/// The option of this name, as the environment gives it.
pub fn variable<T: std::str::FromStr>(nom: &str, defaut: T) -> T {
    std::env::var(nom)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(defaut)
}

/// `VANTAIL_BENCH_SIZES`: how many structures each world has.
pub fn tailles(defaut: &str) -> Vec<u64> {
    variable("VANTAIL_BENCH_SIZES", defaut.to_owned())
        .split(',')
        .filter_map(|t| t.trim().parse().ok())
        .collect()
}

/// Median and 95th percentile.
pub fn centiles(mut valeurs: Vec<f64>) -> (f64, f64) {
    valeurs.sort_by(f64::total_cmp);
    let rang = |centieme: usize| valeurs[(valeurs.len() * centieme / 100).min(valeurs.len() - 1)];
    (rang(50), rang(95))
}

/// Resident memory of a process in MiB, with everything it holds; zero where the kernel does not tell it in a file.
pub fn memoire(pid: u32) -> f64 {
    let statut = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let ligne = statut.lines().find(|l| l.starts_with("VmRSS:"));
    let kio = ligne.and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok());
    kio.unwrap_or_default() / 1024.0
}
