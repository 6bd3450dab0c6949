//! Wrong quotes, fields of several lines, oversized lines: what is lost, and what must not be.

use std::io::Cursor;

use proptest::prelude::*;
use serde_json::json;
use vantail::imports::{Lecteur, LigneStructure};

use super::lecture::{Lues, lire};
use super::{ENTETE, ligne, siret};

/// Numbers of the lines read, and of those rejected.
fn numeros(lues: &Lues) -> (Vec<u64>, Vec<u64>) {
    (
        lues.0.iter().map(|l| l.ligne).collect(),
        lues.1.iter().map(|r| r.0).collect(),
    )
}

#[test]
fn un_guillemet_jamais_referme_ne_coute_que_sa_ligne() {
    let mut fichier = format!("{ENTETE}\n{}\n", ligne(1, "\"Ouvert"));
    for n in 2..5_000 {
        fichier += &ligne(n, "Bonne");
        fichier += "\n";
    }
    let (bonnes, rejets) = lire(&fichier);
    assert_eq!(bonnes.len(), 4_998);
    assert_eq!(bonnes[0].ligne, 3);
    assert_eq!(
        rejets,
        [(2, "Guillemet ouvrant jamais refermé.".to_owned())]
    );
}

#[test]
fn les_guillemets_faux_sont_circonscrits() {
    let b = |n| ligne(n, "Bonne");
    // Next line quoted; the quote closed by the next line; text after the quote; last line of the file; short lines after.
    let cas: [(String, &[u64], &[u64]); 6] = [
        (
            format!(
                "{}\n{}\n{}",
                ligne(1, "\"Ouvert"),
                ligne(2, "\"Entre guillemets\""),
                b(3)
            ),
            &[3, 4],
            &[2],
        ),
        (
            format!(
                "{}\n{}\n{}",
                ligne(1, "\"Ouvert"),
                ligne(2, "Fermé\""),
                b(3)
            ),
            &[3, 4],
            &[2],
        ),
        (
            format!("{}\n{}", ligne(1, "\"Les\" Lilas"), b(2)),
            &[3],
            &[2],
        ),
        (format!("{}\n{}", b(1), ligne(2, "\"Ouvert")), &[2], &[3]),
        (
            format!("{}\nun\ndeux\n{}", ligne(1, "\"Ouvert"), b(2)),
            &[5],
            &[2, 3, 4],
        ),
        (
            format!(
                "{}\nun\n\ntrois\nquatre\ncinq\n{}",
                ligne(1, "\"Ouvert"),
                b(2)
            ),
            &[8],
            &[2, 3, 5, 6, 7],
        ),
    ];
    for (texte, bonnes, rejetees) in cas {
        let lues = lire(format!("{ENTETE}\n{texte}\n"));
        assert_eq!(
            numeros(&lues),
            (bonnes.to_vec(), rejetees.to_vec()),
            "{texte}\n{:?}",
            lues.1
        );
    }
}

#[test]
fn un_champ_de_plusieurs_lignes_est_accepte() {
    let adresse = ligne(1, "Bonne").replace(
        "1 rue du Port",
        "\"1 rue du \"\"Port\"\"\r\nBâtiment B; escalier 2\"",
    );
    let (lignes, rejets) = lire(format!(
        "{ENTETE}\r\n{adresse}\r\n\r\n{}\r\n",
        ligne(2, "Suivante")
    ));
    assert_eq!(rejets, []);
    assert_eq!(
        lignes[0].fiche["adresse"],
        json!("1 rue du \"Port\" Bâtiment B; escalier 2")
    );
    assert_eq!(
        (lignes[1].ligne, lignes[1].raison_sociale.as_str()),
        (5, "Suivante")
    );
}

#[test]
fn une_ligne_demesuree_est_sautee() {
    let geante = ligne(1, &"x".repeat(10_000_000));
    let apres_guillemet = format!("{}\n{}", ligne(2, "\"Ouvert"), "y".repeat(100_000));
    let lues = lire(format!(
        "{ENTETE}\n{geante}\n{apres_guillemet}\n{}",
        ligne(3, "Bonne")
    ));
    assert_eq!(numeros(&lues), (vec![5], vec![2, 3, 4]));
    assert_eq!(lues.1[0].1, "Ligne trop longue\u{202f}: plus de 64 Kio.");
    assert_eq!(lues.1[2].1, "Ligne trop longue\u{202f}: plus de 64 Kio.");
}

proptest! {
    /// The heart of the matter: whatever stands between them, good lines come out, with their numbers.
    #[test]
    fn aucun_dechet_n_avale_une_bonne_ligne(dechets in prop::collection::vec(prop::collection::vec(dechet(), 0..4), 1..8)) {
        let mut fichier = format!("{ENTETE}\n").into_bytes();
        let (mut numero, mut attendues) = (1, Vec::new());
        for (n, lot) in dechets.iter().enumerate() {
            for octets in lot {
                fichier.extend_from_slice(octets);
                fichier.push(b'\n');
                numero += 1;
            }
            fichier.extend_from_slice(ligne(n as u32, "Bonne").as_bytes());
            fichier.push(b'\n');
            numero += 1;
            attendues.push((numero, siret(n as u32)));
        }
        let (bonnes, _) = lire(&fichier);
        let lues: Vec<_> = bonnes.into_iter().map(|l| (l.ligne, l.identifiant.valeur().to_owned())).collect();
        prop_assert!(attendues.iter().all(|a| lues.contains(a)), "{attendues:?} {lues:?}");
    }

    #[test]
    fn aucun_fichier_ne_fait_tomber_la_lecture(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        lire([ENTETE.as_bytes(), b"\n", &octets].concat());
        let _ = Lecteur::<LigneStructure, _>::ouvrir(Cursor::new(octets));
    }
}

/// A line without line end, rich in quotes and separators.
fn dechet() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(
            prop_oneof![Just(b'"'), Just(b';'), Just(b'a'), Just(b'\r'), any::<u8>()],
            0..40
        )
        .prop_map(|l| l.into_iter().filter(|o| *o != b'\n').collect()),
        Just(ligne(900_000, "\"Ouvert").into_bytes()),
        Just(ligne(900_001, "Fermé\"").into_bytes()),
        Just(ligne(900_002, "\"\"\"").into_bytes()),
    ]
}
