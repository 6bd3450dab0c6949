//! The reader alone: no database.

use std::io::{BufReader, Cursor, Read, Write};
use std::path::Path;

use serde_json::json;
use vantail::imports::{Lecteur, LigneService, LigneStructure, Rejet, Source, annuaire_embarque};

use super::{ENTETE, ligne, siret};

pub type Lues = (Vec<LigneStructure>, Vec<(u64, String)>);

pub fn lire(fichier: impl AsRef<[u8]>) -> Lues {
    let lecteur =
        Lecteur::<LigneStructure, _>::ouvrir(Cursor::new(fichier)).expect("readable header");
    trier(lecteur.map(|l| l.expect("readable file")))
}

fn trier(lignes: impl Iterator<Item = Result<LigneStructure, Rejet>>) -> Lues {
    let (mut bonnes, mut rejets) = (Vec::new(), Vec::new());
    for l in lignes {
        match l {
            Ok(bonne) => bonnes.push(bonne),
            Err(rejet) => rejets.push((rejet.ligne, rejet.raison)),
        }
    }
    (bonnes, rejets)
}

fn refus(fichier: impl AsRef<[u8]>) -> String {
    match Lecteur::<LigneStructure, _>::ouvrir(Cursor::new(fichier)) {
        Ok(_) => panic!("should be refused"),
        Err(e) => e.to_string(),
    }
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

fn comprimer(texte: &str) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(texte.as_bytes()).expect("memory");
    gz.finish().expect("memory")
}

#[test]
fn gzip_est_reconnu_a_ses_octets() {
    let texte = format!("{ENTETE}\n{}\n", ligne(1, "Bonne"));
    let dossier = tempfile::tempdir().expect("temporary folder");
    // Neither name tells the truth.
    for (nom, octets) in [
        ("a.gz", texte.clone().into_bytes()),
        ("b.csv", comprimer(&texte)),
        (
            "c",
            [comprimer(&texte), comprimer(&ligne(2, "Seconde"))].concat(),
        ),
    ] {
        let chemin = dossier.path().join(nom);
        std::fs::write(&chemin, octets).expect("written");
        let lecteur = Lecteur::<LigneStructure, _>::ouvrir(
            Source::depuis_argument(&chemin).ouvrir().expect("opens"),
        )
        .expect("header");
        let (bonnes, rejets) = trier(lecteur.map(|l| l.expect("readable")));
        assert_eq!(
            (bonnes.len(), rejets.len()),
            (if nom == "c" { 2 } else { 1 }, 0),
            "{nom}"
        );
    }
    assert!(matches!(
        Source::depuis_argument(Path::new("-")),
        Source::EntreeStandard
    ));
    let absent = Source::depuis_argument(&dossier.path().join("absent")).ouvrir();
    assert!(
        absent
            .err()
            .is_some_and(|e| e.to_string().contains("absent"))
    );
}

#[test]
fn un_fichier_gzip_coupe_est_une_erreur_apres_ses_lignes() {
    let texte: String = std::iter::once(ENTETE.to_owned())
        .chain((0..5_000).map(|n| ligne(n, &format!("Commune {}", n * 7919 % 5_003))))
        .map(|l| l + "\n")
        .collect();
    let mut gz = comprimer(&texte);
    gz.truncate(gz.len() / 2);
    let source = Source::Flux(Box::new(Cursor::new(gz)));
    let mut lecteur =
        Lecteur::<LigneStructure, _>::ouvrir(source.ouvrir().expect("opens")).expect("header");
    let bonnes = lecteur.by_ref().take_while(|l| l.is_ok()).count();
    assert!(
        (1_000..5_000).contains(&bonnes),
        "{bonnes} lines before the cut"
    );
}

#[test]
fn l_annuaire_embarque_se_lit_sans_rejet() {
    let source = Source::Octets(annuaire_embarque()).ouvrir().expect("opens");
    let (bonnes, rejets) = trier(
        Lecteur::ouvrir(source)
            .expect("header")
            .map(|l| l.expect("readable")),
    );
    assert_eq!((bonnes.len(), rejets), (36_130, vec![]));
    assert!(
        bonnes
            .iter()
            .any(|l| l.identifiant.valeur() == "21200223200016"),
        "Pietralba of the guides"
    );
}

/// A file without end would fill the memory of a reader that keeps something of each line.
#[test]
fn un_fichier_sans_fin_se_lit_ligne_a_ligne() {
    struct SansFin(Vec<u8>, usize);
    impl Read for SansFin {
        fn read(&mut self, sortie: &mut [u8]) -> std::io::Result<usize> {
            let n = sortie.len().min(self.0.len() - self.1);
            sortie[..n].copy_from_slice(&self.0[self.1..self.1 + n]);
            self.1 = (self.1 + n) % self.0.len();
            Ok(n)
        }
    }
    let corps = SansFin(
        format!("{}\n\"ouvert;\n", ligne(1, "Bonne")).into_bytes(),
        0,
    );
    let source = BufReader::new(Cursor::new(format!("{ENTETE}\n")).chain(corps));
    let lecteur = Lecteur::<LigneStructure, _>::ouvrir(source).expect("header");
    let (bonnes, rejets) = trier(lecteur.map(|l| l.expect("readable")).take(20_000));
    assert_eq!((bonnes.len(), rejets.len()), (10_000, 10_000));
}

#[test]
fn les_services_se_lisent_avec_leurs_dates() {
    let s = siret(1);
    let fichier = format!(
        "TypeIdentifiant;Identifiant;Code;Libelle;Description;EngagementObligatoire;DateDebut;DateFin;Actif\n\
         SIRET;{s};FI_SGPI;Service financier SGPI;\"Deux\nlignes\";true;10/03/2022;2022-12-31;false\n\
         SIRET;{s};B;Achats;;;;;\n\
         SIRET;{s};C;x;;;31/02/2022;;\n\
         SIRET;{s};D;x;;;02/01/2022;01/01/2022;\n\
         SIRET;{s};;x;;;;;\n\
         SIRET;{s};{};x;;;;;\n\
         SIRET;{s};E;x;;;01/01/0022;;\n\
         SIRET;{s};F;x;;;01/01/2022;01/01/2022;\n",
        "c".repeat(101),
    );
    let lues: Vec<_> = Lecteur::<LigneService, _>::ouvrir(Cursor::new(fichier))
        .expect("header")
        .map(|l| l.expect("readable"))
        .collect();
    let bonnes: Vec<_> = lues.iter().flatten().collect();
    assert_eq!(
        bonnes
            .iter()
            .map(|l| (l.ligne, l.code.as_str()))
            .collect::<Vec<_>>(),
        [(2, "FI_SGPI"), (4, "B"), (10, "F")]
    );
    assert_eq!(
        json!(bonnes[0].fiche),
        json!({
            "description": "Deux\nlignes", "engagement_obligatoire": true, "actif": false, "date_debut": "2022-03-10", "date_fin": "2023-01-01",
        })
    );
    assert_eq!(
        json!(bonnes[1].fiche),
        json!({"description": null, "date_fin": null})
    );
    let rejets: Vec<_> = lues
        .iter()
        .filter_map(|l| l.as_ref().err())
        .map(|r| (r.ligne, r.raison.as_str()))
        .collect();
    assert_eq!(
        rejets,
        [
            (
                5,
                "DateDebut\u{202f}: saisissez une date au format JJ/MM/AAAA."
            ),
            (6, "DateFin\u{202f}: avant la date de début."),
            (7, "Code\u{202f}: valeur absente."),
            (8, "Code\u{202f}: plus de 100 caractères."),
            (
                9,
                "DateDebut\u{202f}: saisissez une date au format JJ/MM/AAAA."
            ),
        ]
    );
}
