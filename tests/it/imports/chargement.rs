//! The loader, against PostgreSQL.

use std::io::{Cursor, Read};
use std::sync::mpsc;

use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row};
use vantail::imports::{self, Options, Rapport, Source, annuaire_embarque};

use super::{ENTETE, ligne, siret};
use crate::support::base::Base;

/// A database of its own for each test: the only place that knows where it comes from.
pub async fn base_de_test() -> PgPool {
    PgPoolOptions::new()
        .max_connections(4)
        .connect(&Base::pour_le_run().await)
        .await
        .expect("connects")
}

fn fichier(lignes: impl IntoIterator<Item = String>) -> Source {
    let texte: String = std::iter::once(ENTETE.to_owned())
        .chain(lignes)
        .map(|l| l + "\n")
        .collect();
    Source::Flux(Box::new(Cursor::new(texte)))
}

pub async fn importer(db: &PgPool, lignes: impl IntoIterator<Item = String>) -> Rapport {
    let rapport = imports::structures(db, fichier(lignes), Options::default(), |_| {})
        .await
        .expect("import");
    verifier(&rapport);
    rapport
}

pub fn verifier(r: &Rapport) {
    assert_eq!(
        r.lues,
        r.creees + r.modifiees + r.inchangees + r.rejetees,
        "{r}"
    );
}

/// (created, changed, unchanged, differences, rejected)
pub fn comptes(r: &Rapport) -> (u64, u64, u64, u64, u64) {
    (
        r.creees,
        r.modifiees,
        r.inchangees,
        r.differences,
        r.rejetees,
    )
}

pub fn rejets(r: &Rapport) -> Vec<(u64, &str)> {
    r.rejets
        .iter()
        .map(|r| (r.ligne, r.raison.as_str()))
        .collect()
}

pub async fn executer(db: &PgPool, commande: &'static str) {
    sqlx::raw_sql(commande).execute(db).await.expect(commande);
}

pub async fn texte(db: &PgPool, requete: &'static str) -> String {
    sqlx::query(requete)
        .fetch_one(db)
        .await
        .expect(requete)
        .get::<Option<String>, _>(0)
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn l_annuaire_entier_se_charge_puis_ne_change_plus() {
    let db = base_de_test().await;
    let mut appels = 0;
    let premier = imports::structures(
        &db,
        Source::Octets(annuaire_embarque()),
        Options::default(),
        |_| appels += 1,
    )
    .await
    .expect("import");
    assert_eq!(comptes(&premier), (36_130, 0, 0, 0, 0));
    assert!(appels >= 1, "progress at the end at least");
    let etat = "select md5(string_agg(s::text, '|' order by s.identifiant)) || max(xmin::text) from structures s";
    let avant = texte(&db, etat).await;
    let second = imports::structures(
        &db,
        Source::Octets(annuaire_embarque()),
        Options::default(),
        |_| {},
    )
    .await
    .expect("import");
    assert_eq!(comptes(&second), (0, 0, 36_130, 0, 0));
    assert_eq!(texte(&db, etat).await, avant, "not a row was written");
    eprintln!("first: {premier}\nagain: {second}");
    assert_eq!(
        texte(&db, "select publique || ' ' || categorie || ' ' || statut || ' ' || passe_par_pigp || ' ' || ville from structures where identifiant = '21200223200016'").await,
        "true collectivite_locale active false PIETRALBA"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ce_qui_est_modifie_ici_est_garde_et_signale() {
    let db = base_de_test().await;
    importer(&db, [ligne(1, "COMMUNE UN"), ligne(2, "COMMUNE DEUX")]).await;
    // Edited here: the address, one flag, and a telephone where the file had none.
    executer(&db, "update structures set adresse = '2 quai Neuf', gestion_engagement = false, telephone = '0102030405' where raison_sociale = 'COMMUNE UN'").await;

    // The file as before: the edits stay, and are reported.
    let r = importer(&db, [ligne(1, "COMMUNE UN"), ligne(2, "COMMUNE DEUX")]).await;
    assert_eq!(comptes(&r), (0, 0, 2, 3, 0));
    let differences: Vec<_> = r
        .premieres_differences
        .iter()
        .map(|d| {
            (
                d.ligne,
                d.colonne.as_str(),
                d.ici.as_deref(),
                d.fichier.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        differences,
        [
            (2, "adresse", Some("2 quai Neuf"), Some("1 rue du Port")),
            (2, "gestion_engagement", Some("false"), Some("true")),
            (2, "telephone", Some("0102030405"), None),
        ]
    );
    let mut ecrit = Vec::new();
    r.ecrire(&mut ecrit).expect("memory");
    let ecrit = String::from_utf8(ecrit).expect("UTF-8");
    assert!(
        ecrit.contains("telephone de ") && ecrit.contains("(fichier\u{202f}: (vide))"),
        "{ecrit}"
    );

    // A new file: name, statut, untouched values follow it; edited ones stay.
    let neuve = |n, nom| {
        ligne(n, nom)
            .replace("1 rue du Port", "3 place Haute")
            .replace(";69001;Lyon;", ";69002;LYON;")
            .replace("true;3 place", "false;3 place")
    };
    let r = importer(&db, [neuve(1, "VILLE UN"), neuve(2, "VILLE DEUX")]).await;
    assert_eq!(comptes(&r), (0, 2, 0, 3, 0));
    let etat = "select string_agg(concat_ws('/', raison_sociale, statut, adresse, code_postal, ville, gestion_engagement, telephone), ' ' order by raison_sociale desc) from structures";
    assert_eq!(
        texte(&db, etat).await,
        "VILLE UN/inactive/2 quai Neuf/69002/LYON/f/0102030405 VILLE DEUX/inactive/3 place Haute/69002/LYON/t"
    );

    // Still the same afterwards: what the file says now did not become « edited here », and the reverse.
    let r = importer(&db, [neuve(1, "VILLE UN"), neuve(2, "VILLE DEUX")]).await;
    assert_eq!(comptes(&r), (0, 0, 2, 3, 0));
    // Back to the value of the file by hand: from now on it follows the file again.
    executer(&db, "update structures set adresse = '3 place Haute', gestion_engagement = true, telephone = null where raison_sociale = 'VILLE UN'").await;
    let r = importer(&db, [ligne(1, "COMMUNE UN"), ligne(2, "COMMUNE DEUX")]).await;
    assert_eq!(comptes(&r), (0, 2, 0, 0, 0));
    assert_eq!(
        texte(&db, etat).await,
        "COMMUNE UN/active/1 rue du Port/69001/Lyon/t COMMUNE DEUX/active/1 rue du Port/69001/Lyon/t"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn une_colonne_absente_ne_vide_rien() {
    let db = base_de_test().await;
    importer(&db, [ligne(1, "COMMUNE UN")]).await;
    let court = format!(
        "Identifiant;TypeIdentifiant;RaisonSociale;StructureActive\n{};SIRET;VILLE UN;true\n",
        siret(1)
    );
    let source = || Source::Flux(Box::new(Cursor::new(court.clone())));
    let r = imports::structures(&db, source(), Options::default(), |_| {})
        .await
        .expect("import");
    assert_eq!(comptes(&r), (0, 1, 0, 0, 0));
    assert_eq!(
        texte(
            &db,
            "select raison_sociale || adresse || gestion_engagement from structures"
        )
        .await,
        "VILLE UN1 rue du Porttrue"
    );
    let r = imports::structures(&db, source(), Options::default(), |_| {})
        .await
        .expect("import");
    assert_eq!(comptes(&r), (0, 0, 1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn une_structure_connue_ici_rejoint_l_annuaire() {
    let db = base_de_test().await;
    importer(&db, [ligne(2, "AUTRE")]).await;
    executer(&db, "insert into structures (id, type_identifiant, identifiant, raison_sociale, publique, ville)
      select uuid_v7(), 'SIRET', '21000001400014', 'CREEE ICI', false, 'Vienne'").await;
    assert_eq!(siret(1), "21000001400014");
    let r = importer(&db, [ligne(1, "COMMUNE UN")]).await;
    assert_eq!(comptes(&r), (0, 1, 0, 1, 0));
    assert_eq!(r.premieres_differences[0].colonne, "ville");
    assert_eq!(
        texte(&db, "select concat_ws('/', raison_sociale, publique, categorie, ville, adresse, gestion_engagement) from structures where identifiant = '21000001400014'").await,
        "COMMUNE UN/t/collectivite_locale/Vienne/1 rue du Port/t"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn les_doublons_sont_signales_meme_loin_dans_le_fichier() {
    let db = base_de_test().await;
    let mut lignes: Vec<_> = (0..4_500).map(|n| ligne(n, "Première")).collect();
    lignes[3] = ligne(1, "Doublon proche");
    lignes[4_400] = ligne(2, "Doublon lointain").replace(&siret(2), &format!(" {}", siret(2)));
    lignes[10] = ligne(10, "\"Jamais refermé");
    lignes[4_401] = ligne(10, "La première était fausse");
    let r = importer(&db, lignes).await;
    assert_eq!(comptes(&r), (4_497, 0, 0, 0, 3));
    assert_eq!(
        rejets(&r),
        [
            (5, "Identifiant déjà présent à la ligne 3."),
            (12, "Guillemet ouvrant jamais refermé."),
            (4_402, "Identifiant déjà présent à la ligne 4."),
        ]
    );
    assert_eq!(
        texte(
            &db,
            "select count(*)::text from structures where raison_sociale like 'Doublon%'"
        )
        .await,
        "0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn les_caracteres_de_copie_sont_des_caracteres() {
    let db = base_de_test().await;
    let nom = r#"A\B\N \. \t 'C' "D" ; É{}$1"#;
    importer(
        &db,
        [ligne(1, &format!("\"{}\"", nom.replace('"', "\"\"")))],
    )
    .await;
    assert_eq!(
        texte(&db, "select raison_sociale from structures").await,
        nom
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn l_option_pigp_marque_et_son_absence_n_efface_rien() {
    let db = base_de_test().await;
    importer(&db, [ligne(1, "UN")]).await;
    let pigp = Options { pigp: true };
    let r = imports::structures(
        &db,
        fichier([ligne(1, "UN"), ligne(2, "DEUX")]),
        pigp,
        |_| {},
    )
    .await
    .expect("import");
    assert_eq!(comptes(&r), (1, 1, 0, 0, 0));
    let r = importer(&db, [ligne(1, "UN"), ligne(2, "DEUX")]).await;
    assert_eq!(comptes(&r), (0, 0, 2, 0, 0));
    assert_eq!(
        texte(
            &db,
            "select count(*)::text from structures where passe_par_pigp"
        )
        .await,
        "2"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mille_rejets_sont_detailles_les_autres_comptes() {
    let db = base_de_test().await;
    let r = importer(
        &db,
        (0..3_500).map(|n| {
            if n == 3_000 {
                ligne(n, "Bonne")
            } else {
                ligne(n, "")
            }
        }),
    )
    .await;
    assert_eq!(comptes(&r), (1, 0, 0, 0, 3_499));
    assert_eq!((r.rejets.len(), r.rejets[999].ligne), (1_000, 1_001));
    let mut ecrit = Vec::new();
    r.ecrire(&mut ecrit).expect("memory");
    assert!(
        String::from_utf8(ecrit)
            .expect("UTF-8")
            .contains("… et 2499 autres lignes rejetées")
    );
}

/// A file that gives its first part, waits for the word, and gives the rest.
struct EnDeuxTemps(Cursor<String>, Option<mpsc::Receiver<String>>);

impl Read for EnDeuxTemps {
    fn read(&mut self, sortie: &mut [u8]) -> std::io::Result<usize> {
        match (self.0.read(sortie)?, self.1.take()) {
            (0, Some(suite)) => {
                self.0 = Cursor::new(suite.recv().unwrap_or_default());
                self.0.read(sortie)
            }
            (n, suite) => {
                self.1 = suite;
                Ok(n)
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn un_second_import_attend_son_tour_et_le_dit() {
    let db = base_de_test().await;
    let (mot, attente) = mpsc::channel();
    let source = Source::Flux(Box::new(EnDeuxTemps(
        Cursor::new(format!("{ENTETE}\n{}\n", ligne(1, "UN"))),
        Some(attente),
    )));
    let premier = tokio::spawn({
        let db = db.clone();
        async move { imports::structures(&db, source, Options::default(), |_| {}).await }
    });
    let tenu = "select count(*)::text from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    while texte(&db, tenu).await == "0" {
        tokio::task::yield_now().await;
    }
    let refus = imports::structures(&db, fichier([]), Options::default(), |_| {})
        .await
        .expect_err("one at a time");
    assert_eq!(
        refus.to_string(),
        "un autre import est en cours sur cette base"
    );
    mot.send(format!("{}\n", ligne(2, "DEUX")))
        .expect("still reading");
    assert_eq!(
        comptes(&premier.await.expect("no panic").expect("import")),
        (2, 0, 0, 0, 0)
    );
    importer(&db, []).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn un_fichier_refuse_ne_laisse_rien_derriere_lui() {
    let db = base_de_test().await;
    let source = Source::Flux(Box::new(Cursor::new("TypeIdentifiant;Identifiant\n")));
    let refus = imports::structures(&db, source, Options::default(), |_| {})
        .await
        .expect_err("a column is missing");
    assert_eq!(
        refus.to_string(),
        "il manque la colonne « RaisonSociale » dans la première ligne"
    );
    assert_eq!(
        comptes(&importer(&db, [ligne(1, "UN")]).await),
        (1, 0, 0, 0, 0),
        "the lock is free again"
    );
}
