//! The rules of the house, read from the sources: a failure says the rule (docs/ARCHITECTURE.md).

use std::fs;
use std::path::{Path, PathBuf};

/// The texts of a folder whose names end so.
pub fn fichiers(dossier: &str, fin: &str) -> Vec<(PathBuf, String)> {
    fn parcourir(dossier: &Path, fin: &str, trouves: &mut Vec<(PathBuf, String)>) {
        for entree in fs::read_dir(dossier).expect("a folder").flatten() {
            let chemin = entree.path();
            if chemin.is_dir() {
                if !chemin.ends_with("node_modules") {
                    parcourir(&chemin, fin, trouves);
                }
            } else if chemin.to_string_lossy().ends_with(fin) {
                let texte = fs::read_to_string(&chemin).expect("a text");
                trouves.push((chemin, texte));
            }
        }
    }
    let mut trouves = Vec::new();
    parcourir(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(dossier),
        fin,
        &mut trouves,
    );
    assert!(!trouves.is_empty(), "{dossier} has files in {fin}");
    trouves
}

/// Path below the crate, with slashes.
fn relatif(chemin: &Path) -> String {
    chemin
        .strip_prefix(env!("CARGO_MANIFEST_DIR"))
        .expect("below the crate")
        .to_string_lossy()
        .replace('\\', "/")
}

#[test]
fn un_fichier_de_plus_de_400_lignes_devient_un_dossier() {
    let longs: Vec<String> = ["src", "tests"]
        .iter()
        .flat_map(|d| fichiers(d, ".rs"))
        .filter(|(_, texte)| texte.lines().count() > 400)
        .map(|(chemin, texte)| format!("{} ({} lines)", relatif(&chemin), texte.lines().count()))
        .collect();
    assert!(longs.is_empty(), "over 400 lines: {longs:?}");
}

#[test]
fn le_statut_d_un_rattachement_change_a_un_seul_endroit() {
    let lieux: Vec<String> = fichiers("src", ".rs")
        .into_iter()
        .filter(|(_, texte)| texte.contains("update rattachements set statut"))
        .map(|(chemin, _)| relatif(&chemin))
        .collect();
    assert_eq!(lieux, ["src/rattachements/statuts.rs"]);
}

#[test]
fn les_pages_ne_parlent_pas_sql() {
    for (chemin, texte) in fichiers("src", ".rs") {
        let nom = relatif(&chemin);
        let page = nom.contains("/pages/") || nom.ends_with("/pages.rs");
        assert!(
            !(page && texte.contains("sqlx::query")),
            "{nom}: SQL lives in the stores, not in the pages"
        );
    }
}

#[test]
fn le_sql_assemble_n_existe_pas() {
    for (chemin, texte) in fichiers("src", ".rs") {
        let nom = relatif(&chemin);
        // The loads of the demo world and the private PostgreSQL are listed here when they need it.
        assert!(
            !texte.contains("AssertSqlSafe"),
            "{nom}: every statement is a constant (security.md IN3)"
        );
    }
}

#[test]
fn l_horloge_du_processus_ne_decide_de_rien() {
    for (chemin, texte) in fichiers("src", ".rs") {
        let nom = relatif(&chemin);
        for appel in ["now_utc()", "SystemTime::now", "UtcDateTime::now"] {
            assert!(
                !texte.contains(appel),
                "{nom}: {appel}: deadlines compare with maintenant() (decisions 8)"
            );
        }
    }
}

/// Imports go leftwards only (decisions 15). What is not listed is the kernel, which imports no feature.
const ORDRE: [&[&str]; 10] = [
    &["aide", "structures", "utilisateurs"],
    &["services"],
    &["decisions"],
    &["abonnements"],
    &["rattachements"],
    &[
        "annuaire",
        "informations",
        "boite_demo",
        "inscription",
        "mon_compte",
        "activites",
        "espaces",
        "accueil",
        "domaines",
        "vie_des_structures",
        "api",
    ],
    &["sollicitations"],
    &["support", "referents", "administration", "assistance"],
    &["demo", "jobs", "portail"],
    &["commandes"],
];

fn rang(module: &str) -> Option<usize> {
    ORDRE.iter().position(|etage| etage.contains(&module))
}

#[test]
fn les_imports_vont_vers_la_gauche() {
    for (chemin, texte) in fichiers("src", ".rs") {
        let nom = relatif(&chemin);
        let module = nom
            .trim_start_matches("src/")
            .split(['/', '.'])
            .next()
            .unwrap_or_default();
        let fondations = ["lib", "main"];
        if fondations.contains(&module) {
            continue;
        }
        for ligne in texte.lines().map(str::trim) {
            let Some(reste) = ligne
                .strip_prefix("use crate::")
                .or_else(|| ligne.strip_prefix("pub use crate::"))
            else {
                continue;
            };
            let cible = reste.split([':', ';', '{', ' ']).next().unwrap_or_default();
            let Some(cible_rang) = rang(cible) else {
                continue;
            };
            if cible == module {
                continue;
            }
            match rang(module) {
                None => panic!("{nom}: the kernel imports the feature {cible}"),
                Some(mien) => assert!(
                    cible_rang < mien,
                    "{nom}: {module} imports {cible}, which is not on its left"
                ),
            }
        }
    }
}

#[test]
fn les_gabarits_n_ont_ni_style_ni_script_en_ligne() {
    for (chemin, texte) in fichiers("templates", ".html") {
        let nom = relatif(&chemin);
        if nom.contains("courriers/") {
            continue;
        }
        for interdit in ["onclick=", "<script>", "<style", "|safe"] {
            assert!(!texte.contains(interdit), "{nom}: {interdit} (CSP, OU1)");
        }
        // An attribute, not the `style="secondaire"` argument of a macro.
        let attribut = texte
            .lines()
            .any(|l| l.replace(", style=\"", "").contains(" style=\""));
        assert!(!attribut, "{nom}: inline style (CSP)");
        let composant = nom.contains("composants/") || nom.ends_with("base.html");
        assert!(
            composant || !(texte.contains("class=\"") || texte.contains("<svg")),
            "{nom}: class names and drawings live in templates/composants"
        );
    }
}

/// A line of text whose punctuation could begin the next one: a plain space stands before « : », or after «.
fn espace_ordinaire(ligne: &str) -> bool {
    let lettres: Vec<char> = ligne.chars().collect();
    lettres.windows(3).enumerate().any(|(rang, trois)| {
        let suite = lettres.get(rang + 3);
        trois[1] == ' '
            && (trois[0] == '«'
                || (matches!(trois[2], ':' | ';' | '?' | '!' | '»')
                    && (trois[0].is_alphanumeric() || matches!(trois[0], '»' | ')' | '’' | '}'))
                    && suite.is_none_or(|c| c.is_whitespace() || matches!(c, '<' | '"'))))
    })
}

#[test]
fn la_ponctuation_francaise_ne_quitte_pas_son_mot() {
    for fin in [".html", ".txt"] {
        for (chemin, texte) in fichiers("templates", fin) {
            // Comments of the templates are English, and nobody's screen shows them.
            let lu: String = texte
                .split("{#")
                .enumerate()
                .map(|(rang, partie)| match (rang, partie.split_once("#}")) {
                    (1.., Some((_, apres))) => apres,
                    _ => partie,
                })
                .collect();
            for ligne in lu.lines() {
                assert!(
                    !espace_ordinaire(ligne),
                    "{}: a narrow no-break space (U+202F) before ; : ? ! » and after «: {ligne}",
                    relatif(&chemin)
                );
            }
        }
    }
}
