//! What was aimed at, what was measured.

/// The longest p95 of a page, in ms.
const P95: f64 = 50.0;
/// The largest world against the smallest.
const RATIO: f64 = 1.3;
const INSTRUCTIONS: usize = 8;

#[derive(Default)]
pub struct Objectifs {
    /// Page, then what it measured.
    p95: Vec<(String, f64)>,
    ratios: Vec<(String, f64)>,
    instructions: Vec<(String, f64)>,
    autres: Vec<(String, String, bool)>,
}

impl Objectifs {
    pub fn page(&mut self, page: &str, p95: f64, ratio: f64, instructions: usize) {
        self.p95.push((page.to_owned(), p95));
        self.ratios.push((page.to_owned(), ratio));
        self.instructions
            .push((page.to_owned(), instructions as f64));
    }

    pub fn noter(&mut self, objectif: &str, mesure: String, tenu: bool) {
        self.autres.push((objectif.to_owned(), mesure, tenu));
    }

    /// One line per goal.
    pub fn afficher(mut self) {
        let pages = [
            (
                format!("p95 of every page ≤ {P95} ms"),
                std::mem::take(&mut self.p95),
                P95,
            ),
            (
                format!("p50 of every page ≤ {RATIO} × the smallest world"),
                std::mem::take(&mut self.ratios),
                RATIO,
            ),
            (
                format!("every page in ≤ {INSTRUCTIONS} statements"),
                std::mem::take(&mut self.instructions),
                INSTRUCTIONS as f64,
            ),
        ];
        let mut lignes: Vec<_> = pages
            .into_iter()
            .map(|(objectif, mesures, borne)| juger(objectif, &mesures, borne))
            .collect();
        lignes.append(&mut self.autres);
        println!("\nGoals");
        for (objectif, mesure, tenu) in lignes {
            let verdict = if tenu { "held" } else { "NOT HELD" };
            println!("{objectif:<58} {verdict:<9} {mesure}");
        }
    }
}

/// The worst page, and those that are over.
fn juger(objectif: String, mesures: &[(String, f64)], borne: f64) -> (String, String, bool) {
    let mut hors: Vec<_> = mesures.iter().filter(|(_, m)| *m > borne).collect();
    hors.sort_by(|a, b| b.1.total_cmp(&a.1));
    if hors.is_empty() {
        let pire = mesures.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let mesure = pire.map_or_else(String::new, |(page, m)| format!("{m:.2} at most: {page}"));
        return (objectif, mesure, true);
    }
    let nommees: Vec<_> = hors
        .iter()
        .map(|(page, mesure)| format!("{mesure:.2} {page}"))
        .collect();
    let mesure = format!(
        "{} of {}: {}",
        hors.len(),
        mesures.len(),
        nommees.join("; ")
    );
    (objectif, mesure, false)
}
