//! Whole files: compressed, cut, endless, and the one that ships with the project.

use std::io::{BufReader, Cursor, Read, Write};
use std::path::Path;

use serde_json::json;
use vantail::imports::{Lecteur, LigneService, LigneStructure, Source, annuaire_embarque};

use super::lecture::trier;
use super::{ENTETE, ligne, siret};

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
