//! axe-core on the page shown, in both themes and at both widths.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::chromium::{Apparence, REMEDE};
use crate::gestes::Visite;
use crate::html;

const AXE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/navigateur/node_modules/axe-core/axe.min.js"
);

/// Violations, what axe could not decide, and how far the page is wider than the screen.
const EXAMEN: &str = r"
const fin = arguments[0];
const dire = (r) => r.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) =>
  `${n.target.join(' ')} (${(n.any[0] || n.all[0] || n.none[0] || {message: ''}).message})`).join(' | ')}`);
axe.run(document, {
  resultTypes: ['violations', 'incomplete'],
  runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']},
}).then((r) => fin({
  violations: dire(r.violations),
  incertains: dire(r.incomplete),
  debord: document.documentElement.scrollWidth - innerWidth,
  larges: [...document.querySelectorAll('.tableau')]
    .filter((t) => t.scrollWidth > t.clientWidth && !/\S{41}/.test(t.innerText))
    .map((t) => `${t.querySelector('caption').textContent}: ${t.scrollWidth - t.clientWidth} px`),
}), (e) => fin({violations: [`axe: ${e}`], incertains: [], debord: 0, larges: []}));
";

#[derive(Deserialize)]
struct Examen {
    violations: Vec<String>,
    incertains: Vec<String>,
    debord: i64,
    larges: Vec<String>,
}

/// What axe cannot decide and a person has: (start of the result, why it is right).
const TRIES: [(&str, &str); 0] = [];

fn source() -> Result<String> {
    std::fs::read_to_string(Path::new(AXE))
        .with_context(|| format!("axe-core is missing: {REMEDE}"))
}

/// Everything that is wrong with the page, one line each.
pub async fn examiner(v: &Visite, nom: &str) -> Result<Vec<String>> {
    let mut fautes = Vec::new();
    v.pilote().execute(source()?, Vec::new()).await?;
    for apparence in Apparence::TOUTES {
        v.fenetre.apparence(apparence).await?;
        let examen: Examen = v
            .pilote()
            .execute_async(EXAMEN, Vec::new())
            .await?
            .convert()?;
        let incertains = examen
            .incertains
            .into_iter()
            .filter(|i| !TRIES.iter().any(|(debut, _)| i.starts_with(debut)));
        let toutes = examen.violations.into_iter().chain(incertains);
        fautes.extend(toutes.map(|f| format!("{nom} ({apparence}): {f}")));
        if let Some(dossier) = std::env::var_os("VANTAIL_CAPTURES") {
            let fichier = format!("{} {apparence}.png", html::nom_de_fichier(nom));
            std::fs::create_dir_all(&dossier)?;
            v.fenetre
                .capture_entiere(&Path::new(&dossier).join(fichier))
                .await?;
        }
        // On a telephone a register scrolls in its box; on a desk nothing of a line is out of sight, but
        // for a word of more than forty letters, which takes its place.
        if apparence.largeur >= Apparence::ORDINAIRE.largeur {
            let larges = examen.larges.into_iter();
            fautes
                .extend(larges.map(|t| format!("{nom} ({apparence}): wider than its sheet: {t}")));
        }
        if examen.debord > 0 {
            fautes.push(format!(
                "{nom} ({apparence}): {} px wider than the screen",
                examen.debord
            ));
        }
    }
    v.fenetre.apparence(Apparence::ORDINAIRE).await?;
    Ok(fautes)
}
