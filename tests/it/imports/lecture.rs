//! The reader alone: no database.

use std::io::Cursor;

use proptest::prelude::*;
use serde_json::json;
use vantail::imports::{Lecteur, LigneStructure, Rejet};

use super::{ENTETE, ligne, siret};

pub type Lues = (Vec<LigneStructure>, Vec<(u64, String)>);

pub fn lire(fichier: impl AsRef<[u8]>) -> Lues {
    let lecteur =
        Lecteur::<LigneStructure, _>::ouvrir(Cursor::new(fichier)).expect("readable header");
    trier(lecteur.map(|l| l.expect("readable file")))
}

pub fn trier(lignes: impl Iterator<Item = Result<LigneStructure, Rejet>>) -> Lues {
    let (mut bonnes, mut rejets) = (Vec::new(), Vec::new());
    for l in lignes {
        match l {
            Ok(bonne) => bonnes.push(bonne),
            Err(rejet) => rejets.push((rejet.ligne, rejet.raison)),
        }
    }
    (bonnes, rejets)
}

pub fn refus(fichier: impl AsRef<[u8]>) -> String {
    match Lecteur::<LigneStructure, _>::ouvrir(Cursor::new(fichier)) {
        Ok(_) => panic!("should be refused"),
        Err(e) => e.to_string(),
    }
}

/// Numbers of the lines read, and of those rejected.
pub fn numeros(lues: &Lues) -> (Vec<u64>, Vec<u64>) {
    (
        lues.0.iter().map(|l| l.ligne).collect(),
        lues.1.iter().map(|r| r.0).collect(),
    )
}

#[test]
fn les_colonnes_sont_liees_par_leur_nom() {
    let fichier = format!(
        "\u{feff}structureactive;INCONNUE;Ville;raisonsociale;Identifiant;estMoa;TypeIdentifiant\r\nOui;x; Saint  Étienne ;Lycée \"Ampère\";{};1;siret\r\n",
        siret(7)
    );
    let (lignes, rejets) = lire(fichier);
    assert_eq!(rejets, []);
    let l = &lignes[0];
    assert_eq!(
        (
            l.ligne,
            l.identifiant.valeur(),
            l.raison_sociale.as_str(),
            l.active
        ),
        (2, siret(7).as_str(), "Lycée \"Ampère\"", true)
    );
    assert_eq!(
        json!(l.fiche),
        json!({"ville": "Saint Étienne", "est_moa": true}),
        "only the columns of the file"
    );
    assert_eq!(l.categorie(), "collectivite_locale");
}

#[test]
fn une_ligne_entiere_remplit_la_fiche() {
    let (lignes, _) = lire(format!("{ENTETE}\n{}", ligne(1, "COMMUNE DE LYON")));
    assert_eq!(lignes.len(), 1, "no line end at the end of the file");
    assert_eq!(
        json!(lignes[0].fiche),
        json!({
            "emetteur_edi": false, "recepteur_edi": false, "gestion_statut_mise_en_paiement": true, "gestion_engagement": true,
            "gestion_service": false, "gestion_service_engagement": false, "est_moa": false, "est_moa_uniquement": false,
            "adresse": "1 rue du Port", "complement_adresse_1": null, "complement_adresse_2": null, "code_postal": "69001",
            "ville": "Lyon", "telephone": null, "courriel": null, "code_pays": "FR", "libelle_pays": "FRANCE",
        })
    );
}

#[test]
fn une_colonne_obligatoire_absente_est_nommee() {
    for colonne in [
        "TypeIdentifiant",
        "Identifiant",
        "RaisonSociale",
        "StructureActive",
    ] {
        let entete = format!(";{ENTETE}").replacen(&format!(";{colonne};"), ";Autre;", 1);
        assert_eq!(
            refus(entete),
            format!("il manque la colonne « {colonne} » dans la première ligne")
        );
    }
    assert!(refus(ENTETE.replace(';', ",")).contains("points-virgules"));
    assert_eq!(
        refus("A;Ville;ville"),
        "la colonne « ville » figure deux fois dans la première ligne"
    );
    assert_eq!(refus(""), "le fichier est vide");
    assert!(refus(b"\xff\xfeT\0y\0p\0e\0").contains("UTF-16"));
    assert!(refus(b"Raison;Libell\xe9").contains("UTF-8"));
}

#[test]
fn chaque_ligne_fausse_est_signalee_sans_perdre_les_autres() {
    let mut fichier = format!("{ENTETE}\n").into_bytes();
    let lignes: [Vec<u8>; 14] = [
        ligne(1, "Bonne").into(),
        ligne(2, "x").replace(&siret(2), "21000002000001").into(),
        ligne(3, "x").replace("SIRET", "SIREN").into(),
        ligne(4, "").into(),
        ligne(5, &"é".repeat(256)).into(),
        ligne(6, "a\0b").into(),
        ligne(7, "a\u{202e}b").into(),
        [
            b"SIRET;".as_slice(),
            siret(8).as_bytes(),
            b";Libert\xe9",
            ligne(8, "")
                .split_once(&format!("{};", siret(8)))
                .expect("parts")
                .1
                .as_bytes(),
        ]
        .concat(),
        ligne(9, "x").replace(";FR;FRANCE", "").into(),
        ligne(10, "x;y").into(),
        ligne(11, "x")
            .replace("true;1 rue", "peut-être;1 rue")
            .into(),
        ligne(12, "x").replace("true;1 rue", ";1 rue").into(),
        ligne(13, "x").replace("FR;FRANCE", "FRA;FRANCE").into(),
        ligne(14, &"é".repeat(255)).into(),
    ];
    for l in &lignes {
        fichier.extend_from_slice(l);
        fichier.push(b'\n');
    }
    let (bonnes, rejets) = lire(fichier);
    assert_eq!(bonnes.iter().map(|l| l.ligne).collect::<Vec<_>>(), [2, 15]);
    let attendus: [(u64, &str); 12] = [
        (
            3,
            "Identifiant\u{202f}: «\u{202f}21000002000001\u{202f}». Ce SIRET est faux\u{202f}: vérifiez la saisie, sa clé de contrôle ne correspond pas.",
        ),
        (
            4,
            "TypeIdentifiant\u{202f}: «\u{202f}SIREN\u{202f}» n'est pas un type d'identifiant.",
        ),
        (5, "RaisonSociale\u{202f}: valeur absente."),
        (6, "RaisonSociale\u{202f}: plus de 255 caractères."),
        (
            7,
            "RaisonSociale\u{202f}: caractère invisible ou de commande.",
        ),
        (
            8,
            "RaisonSociale\u{202f}: caractère invisible ou de commande.",
        ),
        (
            9,
            "RaisonSociale\u{202f}: octets qui ne sont pas de l'UTF-8.",
        ),
        (10, "19 colonnes au lieu de 21."),
        (11, "22 colonnes au lieu de 21."),
        (12, "StructureActive\u{202f}: saisissez true ou false."),
        (13, "StructureActive\u{202f}: valeur absente."),
        (14, "CodePays\u{202f}: plus de 2 caractères."),
    ];
    assert_eq!(rejets, attendus.map(|(l, r)| (l, r.to_owned())));
}

#[test]
fn une_valeur_citee_ne_commande_pas_le_terminal() {
    let (_, rejets) = lire(format!(
        "{ENTETE}\n{}",
        ligne(1, "x").replace(&siret(1), &format!("\u{1b}[2J{}", "9".repeat(500)))
    ));
    assert!(
        !rejets[0].1.contains('\u{1b}') && rejets[0].1.chars().count() < 150,
        "{rejets:?}"
    );
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
