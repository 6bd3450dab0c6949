//! The command line as an operator meets it: the binary itself, its words, its exit code.

mod actes;
mod serve;

use std::process::{Command, Output, Stdio};

pub const CLE: &str = "v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// The binary with an empty environment but for these variables.
pub fn vantail(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut commande = Command::new(env!("CARGO_BIN_EXE_vantail"));
    commande
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    commande
}

async fn lancer(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut commande = vantail(arguments, variables);
    tokio::task::spawn_blocking(move || commande.output())
        .await
        .expect("a thread")
        .expect("the binary")
}

fn dit(sortie: &Output) -> String {
    String::from_utf8_lossy(&sortie.stderr).into_owned()
}

/// One sentence on stderr, exit code 1.
fn refus(sortie: &Output, extrait: &str) {
    let erreur = dit(sortie);
    assert_eq!(sortie.status.code(), Some(1), "{erreur}");
    assert!(erreur.contains(extrait), "{erreur}");
    assert_eq!(erreur.trim_end().lines().count(), 1, "{erreur}");
}

#[tokio::test]
async fn la_table_des_routes_est_celle_du_releve() {
    let sortie = lancer(&["routes", "--json"], &[]).await;
    assert!(sortie.status.success(), "{}", dit(&sortie));
    let table = String::from_utf8(sortie.stdout).expect("UTF-8");
    let releve = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/routes.json");
    if std::env::var_os("VANTAIL_RELEVER").is_some() {
        std::fs::write(releve, &table).expect("a recorded table");
    }
    let attendu = std::fs::read_to_string(releve).expect("the recorded table");
    let premiere = table.lines().zip(attendu.lines()).find(|(a, b)| a != b);
    assert!(
        table == attendu,
        "record it again with VANTAIL_RELEVER=1 if the change is wanted; the first difference: {premiere:?}"
    );
}
