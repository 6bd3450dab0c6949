//! Contrast of the palette, computed from the tokens themselves (ui/README §6, RGAA 3.2 and 3.3).

use std::collections::BTreeMap;

const JETONS: &str = include_str!("../../static/css/02-jetons.css");

type Theme = BTreeMap<String, String>;

/// The custom properties of the first block after `debut`.
fn bloc(debut: &str) -> Theme {
    let (_, suite) = JETONS.split_once(debut).expect("the block exists");
    let (corps, _) = suite.split_once('}').expect("the block ends");
    corps
        .lines()
        .filter_map(|ligne| ligne.trim().strip_prefix("--")?.split_once(": "))
        .map(|(nom, valeur)| (nom.to_owned(), valeur.trim_end_matches(';').to_owned()))
        .collect()
}

fn luminance(hexa: &str) -> f64 {
    let canal = |i: usize| {
        let octet = u8::from_str_radix(&hexa[i..i + 2], 16).expect("a colour in hexadecimal");
        let v = f64::from(octet) / 255.0;
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * canal(1) + 0.7152 * canal(3) + 0.0722 * canal(5)
}

fn contraste(theme: &Theme, devant: &str, derriere: &str) -> f64 {
    let (a, b) = (luminance(&theme[devant]), luminance(&theme[derriere]));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn chaque_texte_se_lit_dans_les_deux_themes() {
    for (nom, theme) in [
        ("clair", bloc("\n  :root {")),
        ("sombre", bloc(":root[data-theme=\"sombre\"] {")),
    ] {
        let paires = [
            ("texte", &["fond", "page", "creux", "accent-fond"][..]),
            ("doux", &["fond", "page", "creux", "accent-fond"]),
            ("accent", &["fond", "page", "creux", "accent-fond"]),
            ("accent-fonce", &["fond", "page", "accent-fond"]),
            ("visite", &["fond", "page", "accent-fond"]),
            ("erreur", &["fond", "page", "erreur-fond"]),
            ("succes", &["succes-fond"]),
            ("attente", &["attente-fond"]),
            ("info", &["info-fond"]),
            ("neutre", &["neutre-fond"]),
            ("sur-accent", &["accent", "accent-fonce"]),
            ("sur-erreur", &["erreur", "erreur-fonce"]),
        ];
        for (devant, fonds) in paires {
            for derriere in fonds {
                let c = contraste(&theme, devant, derriere);
                assert!(c >= 4.5, "{nom} : {devant} sur {derriere} = {c:.2}");
            }
        }
        for teinte in ["succes", "attente", "erreur", "info", "neutre"] {
            let c = contraste(&theme, "texte", &format!("{teinte}-fond"));
            assert!(c >= 4.5, "{nom} : texte sur {teinte}-fond = {c:.2}");
        }
    }
}

#[test]
fn bords_de_champ_et_focus_se_voient_dans_les_deux_themes() {
    for theme in [bloc("\n  :root {"), bloc(":root[data-theme=\"sombre\"] {")] {
        for devant in ["bord-champ", "focus"] {
            for derriere in ["fond", "page"] {
                assert!(
                    contraste(&theme, devant, derriere) >= 3.0,
                    "{devant} sur {derriere}"
                );
            }
        }
    }
}

#[test]
fn le_theme_sombre_est_le_meme_qu_il_soit_voulu_ou_subi() {
    assert_eq!(
        bloc(":root:not([data-theme=\"clair\"]) {"),
        bloc(":root[data-theme=\"sombre\"] {")
    );
}
