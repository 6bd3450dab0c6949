//! `docs/SECURITY.md` names tests that exist; `docs/EXPLOITATION.md` names settings and scripts that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::architecture::fichiers;

/// What stands between backquotes on a page.
fn cites(page: &str) -> impl Iterator<Item = &str> {
    page.split('`').skip(1).step_by(2)
}

#[test]
fn chaque_promesse_a_un_test_qui_existe() {
    let sources: Vec<(_, String)> = fichiers("tests/it", ".rs");
    let mut tests = BTreeSet::new();
    for (_, texte) in &sources {
        let mut marque = false;
        for ligne in texte.lines().map(str::trim_start) {
            if ligne.starts_with("#[test]") || ligne.starts_with("#[tokio::test") {
                marque = true;
            } else if marque && let Some((_, reste)) = ligne.split_once("fn ") {
                tests.insert(reste.split('(').next().unwrap_or_default().to_owned());
                marque = false;
            }
        }
    }
    assert!(tests.len() > 500, "the tests are read: {}", tests.len());
    let page = include_str!("../../docs/SECURITY.md");
    let (mut promesses, mut absents) = (0, Vec::new());
    for ligne in page.lines().filter(|l| l.starts_with("| ")) {
        let Some(preuves) = ligne.trim_end_matches('|').rsplit(" | ").next() else {
            continue;
        };
        if preuves.trim() == "test" {
            continue;
        }
        promesses += 1;
        let noms: Vec<&str> = cites(preuves).collect();
        if noms.is_empty() {
            absents.push(ligne);
        }
        absents.extend(noms.into_iter().filter(|nom| !tests.contains(*nom)));
    }
    assert!(promesses > 50, "the page is read: {promesses}");
    assert!(absents.is_empty(), "no such test: {absents:#?}");
}

#[test]
fn l_exploitation_cite_des_scripts_qui_existent() {
    let racine = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = include_str!("../../docs/EXPLOITATION.md");
    let mut cites_ici: BTreeSet<&str> = cites(page)
        .filter_map(|c| c.strip_prefix(".exploitation/"))
        .filter_map(|c| c.split(' ').next())
        .collect();
    let scripts: BTreeSet<String> = fs::read_dir(racine.join(".exploitation"))
        .expect("the folder")
        .flatten()
        .filter(|e| e.path().is_file())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|nom| !nom.contains('.'))
        .collect();
    let inconnus: Vec<_> = cites_ici
        .iter()
        .filter(|nom| !scripts.contains(**nom))
        .collect();
    assert!(inconnus.is_empty(), "no such script: {inconnus:?}");
    let tus: Vec<_> = scripts
        .iter()
        .filter(|nom| !cites_ici.remove(nom.as_str()))
        .collect();
    assert!(tus.is_empty(), "not in docs/EXPLOITATION.md: {tus:?}");
}
