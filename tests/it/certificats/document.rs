//! The document itself, as poppler reads it: its words, its pages, its fonts.

use std::io::Write as _;
use std::process::{Command, Stdio};

use vantail::sollicitations::certificat::{Contenu, composer};

use crate::support::page::plat;

fn contenu() -> Contenu {
    Contenu {
        reference: "SOL-2026-000042".to_owned(),
        jour: "22/11/2026".to_owned(),
        raison_sociale: "Lycée du Haut Forez".to_owned(),
        identifiant: "19420017600015".to_owned(),
        successeur: "Zoé Aubert".to_owned(),
        login: "zoe.aubert@test.example".to_owned(),
        ancien: Some("Gérard Pommier".to_owned()),
    }
}

/// What a tool of poppler says of this document, read from its standard input.
fn poppler(outil: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let mut processus = Command::new(outil)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{outil} (poppler-utils): {e}"));
    processus
        .stdin
        .take()
        .expect("an input")
        .write_all(pdf)
        .expect("a document");
    let sortie = processus.wait_with_output().expect("an end");
    assert!(sortie.status.success(), "{outil}");
    String::from_utf8(sortie.stdout).expect("text")
}

/// The words of it, lines folded.
fn mots(contenu: &Contenu) -> String {
    let pdf = composer(contenu).expect("a document");
    assert_eq!(pages(&pdf), 1);
    plat(&poppler("pdftotext", &["-layout", "-", "-"], &pdf))
}

fn pages(pdf: &[u8]) -> u32 {
    let infos = poppler("pdfinfo", &["-"], pdf);
    infos
        .lines()
        .find_map(|l| l.strip_prefix("Pages:"))
        .and_then(|n| n.trim().parse().ok())
        .expect("a number of pages")
}

#[test]
fn il_porte_ce_que_le_portail_sait_et_laisse_le_reste_a_remplir() {
    let texte = mots(&contenu());
    for phrase in [
        "Certificat administratif",
        "Sollicitation SOL-2026-000042, document établi le 22/11/2026.",
        "Structure Lycée du Haut Forez",
        "SIRET ou identifiant 19420017600015",
        "Gestionnaire principal actuel Gérard Pommier",
        "Gestionnaire principal désigné Zoé Aubert",
        "Identifiant de connexion zoe.aubert@test.example",
        "Je soussigné(e) (nom, prénom)",
        "en remplacement de Gérard Pommier, qui reste utilisateur simple",
        "le contester pendant 7 jours",
        "Signature et cachet de la structure",
    ] {
        assert!(texte.contains(phrase), "« {phrase} » : {texte}");
    }
}

#[test]
fn sans_gestionnaire_il_ne_remplace_personne() {
    let texte = mots(&Contenu {
        ancien: None,
        ..contenu()
    });
    assert!(
        texte.contains("Gestionnaire principal actuel Aucun"),
        "{texte}"
    );
    assert!(!texte.contains("en remplacement"), "{texte}");
}

/// Accents, ligatures, other alphabets of Europe, a name as long as a column, one word wider than the sheet: all of it is
/// there, on one page, and nothing leaves the sheet.
#[test]
fn les_noms_accentues_et_longs_y_sont_entiers() {
    let raison = "Établissement public local d’enseignement agricole de Saint-Barthélemy, Œuvres universitaires, Łódź, Škoda, Çeşme, Ørsted, Ελλάδα et Ÿ, annexe des Trois-Fontaines-l’Abbaye et des Hauts-de-Bièvre, pendant la reconstruction";
    let long = "a".repeat(100);
    let texte = mots(&Contenu {
        raison_sociale: raison.to_owned(),
        successeur: "Marie-Françoise-Élisabeth de La Rochefoucauld-Montbéliard d’Étampes-Valençay"
            .to_owned(),
        ancien: Some("Jean-Noël L’Hôpital-Ñuñez".to_owned()),
        login: format!("{long}@ac-lyon.example"),
        ..contenu()
    });
    for mot in [
        "Établissement",
        "Œuvres",
        "Łódź,",
        "Škoda,",
        "Çeşme,",
        "Ørsted,",
        "Ελλάδα",
        "Hauts-de-Bièvre,",
        "reconstruction",
        "Marie-Françoise-Élisabeth",
        "Rochefoucauld-Montbéliard",
        "d’Étampes-Valençay",
        "L’Hôpital-Ñuñez",
    ] {
        assert!(texte.contains(mot), "« {mot} » : {texte}");
    }
    // The login that is wider than its column is cut, not lost.
    let lettres: usize = texte.chars().filter(|c| *c == 'a').count();
    assert!(lettres >= 100, "{lettres}");
}

#[test]
fn rien_ne_sort_de_la_feuille() {
    let pdf = composer(&Contenu {
        raison_sociale: "M".repeat(255),
        successeur: format!("{} {}", "W".repeat(80), "W".repeat(80)),
        ancien: Some(format!("{} {}", "W".repeat(80), "W".repeat(80))),
        login: "w".repeat(254),
        ..contenu()
    })
    .expect("a document");
    assert_eq!(pages(&pdf), 1);
    let boites = poppler("pdftotext", &["-bbox", "-", "-"], &pdf);
    let nombre = |ligne: &str, cle: &str| -> f64 {
        let apres = ligne.split(&format!("{cle}=\"")).nth(1).expect("a side");
        let valeur = apres.split('"').next().expect("a value");
        valeur.parse().expect("a number")
    };
    let mots: Vec<&str> = boites.lines().filter(|l| l.contains("<word ")).collect();
    assert!(mots.len() > 50, "{boites}");
    for mot in mots {
        assert!(nombre(mot, "xMin") >= 0.0, "{mot}");
        assert!(nombre(mot, "xMax") <= 595.0, "{mot}");
        assert!(nombre(mot, "yMax") <= 842.0, "{mot}");
    }
}

/// The fonts are inside: it prints the same everywhere.
#[test]
fn ses_polices_sont_dedans() {
    let pdf = composer(&contenu()).expect("a document");
    let polices = poppler("pdffonts", &["-"], &pdf);
    let lignes: Vec<&str> = polices.lines().skip(2).collect();
    assert_eq!(lignes.len(), 2, "{polices}");
    assert!(lignes.iter().all(|l| l.contains("yes yes")), "{polices}");
    let infos = poppler("pdfinfo", &["-"], &pdf);
    assert!(
        infos.contains("Certificat administratif SOL-2026-000042"),
        "{infos}"
    );
}
