//! Where the time of a page goes: each of its statements, explained with its own parameters.

use sqlx::{AssertSqlSafe, Row};

use crate::instance::Lecteur;
use crate::nu::arguments;
use crate::temoin::Instruction;

/// What takes less, in ms, is told in one line.
const LONG: f64 = 3.0;

/// The statement is planned for these parameters; the server may meanwhile keep a plan for any.
pub async fn expliquer(lecteur: &Lecteur<'_>, adresse: &str) {
    let releve = &lecteur.instance.releve;
    for emprunt in releve.page(&lecteur.cookie, adresse).await {
        for instruction in emprunt.0 {
            let Instruction::Preparee {
                sql, parametres, ..
            } = instruction
            else {
                continue;
            };
            let ordre = format!("explain (analyze, buffers) {sql}");
            let parametres = arguments(&parametres).expect("parameters");
            let texte = sql.split_whitespace().collect::<Vec<_>>().join(" ");
            let debut: String = texte.chars().take(120).collect();
            let plan = sqlx::query_with(AssertSqlSafe(ordre), parametres)
                .persistent(false)
                .fetch_all(&lecteur.instance.monde.db)
                .await;
            // What writes the line of a search cannot write it twice.
            let Ok(lignes) = plan else {
                println!("       not explained: {debut}");
                continue;
            };
            let lignes: Vec<String> = lignes.iter().map(|l| l.get(0)).collect();
            let (preparation, execution) =
                (temps(&lignes, "Planning"), temps(&lignes, "Execution"));
            println!("    {preparation:>7.2} ms to plan, {execution:>8.2} to run: {debut}");
            if execution > LONG {
                println!("      {texte}");
                for ligne in lignes {
                    println!("      {ligne}");
                }
            }
        }
    }
}

/// « Planning Time: 0.187 ms ».
fn temps(plan: &[String], quoi: &str) -> f64 {
    let debut = format!("{quoi} Time: ");
    plan.iter()
        .find_map(|ligne| {
            ligne
                .strip_prefix(&debut)?
                .strip_suffix(" ms")?
                .parse()
                .ok()
        })
        .unwrap_or_default()
}
