//! The SIRENE repertory: the layouts of the INSEE, what they mask, and what the fiche of a private structure begins with.
//! Names and numbers are made up.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use sqlx::PgPool;
use vantail::imports::{self, Rapport, Source};

use super::chargement::{base_de_test, comptes, rejets, texte, verifier};
use crate::support::Portail;
use crate::support::monde::siret;

/// In another order than the INSEE's, with a column nobody knows.
const UNITES: &str = "denominationUniteLegale,siren,inconnue,etatAdministratifUniteLegale,statutDiffusionUniteLegale,\
prenomUsuelUniteLegale,nomUniteLegale,nomUsageUniteLegale,categorieJuridiqueUniteLegale";

const ETABLISSEMENTS: &str = "siren,nic,siret,statutDiffusionEtablissement,complementAdresseEtablissement,numeroVoieEtablissement,\
indiceRepetitionEtablissement,typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,\
libelleCommuneEtablissement,etatAdministratifEtablissement,enseigne1Etablissement";

fn flux(entete: &str, lignes: &[String]) -> Source {
    let texte: String = std::iter::once(entete.to_owned())
        .chain(lignes.iter().cloned())
        .map(|l| l + "\n")
        .collect();
    Source::Flux(Box::new(Cursor::new(texte)))
}

fn compresse(entete: &str, lignes: &[String]) -> Source {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    for ligne in std::iter::once(entete).chain(lignes.iter().map(String::as_str)) {
        writeln!(gz, "{ligne}").expect("memory");
    }
    Source::Flux(Box::new(Cursor::new(gz.finish().expect("memory"))))
}

fn siren(rang: u32) -> String {
    siret(rang)[..9].to_owned()
}

async fn unites(db: &PgPool, lignes: &[String]) -> Rapport {
    let rapport = imports::unites_legales(db, flux(UNITES, lignes), |_| {})
        .await
        .expect("an import");
    verifier(&rapport);
    rapport
}

async fn etablissements(db: &PgPool, lignes: &[String]) -> Rapport {
    let rapport = imports::etablissements(db, flux(ETABLISSEMENTS, lignes), |_| {})
        .await
        .expect("an import");
    verifier(&rapport);
    rapport
}

fn unite(rang: u32, suite: &str) -> String {
    // denomination, then the state, the diffusion and the rest.
    let (denomination, reste) = suite.split_once('|').unwrap_or((suite, "A,O,,,,5710"));
    format!("{denomination},{},x,{reste}", siren(rang))
}

fn etablissement(rang: u32, suite: &str) -> String {
    let siret = siret(rang);
    format!("{},{},{siret},{suite}", &siret[..9], &siret[9..])
}

const RUE: &str = "O,BAT B,12,BIS,AV,DES PARAPLUIES,69007,LYON,A,";

#[tokio::test]
async fn les_deux_fichiers_se_chargent_dans_n_importe_quel_ordre_et_une_fois() {
    let db = base_de_test().await;
    let lignes = [
        unite(1, "\"DUPONT, FILS & CIE\""),
        unite(2, "|A,O,CAMILLE,EXEMPLE,,1000"),
        unite(3, "[ND]|A,P,[ND],[ND],[ND],1000"),
        unite(4, "MAIRIE INVENTEE|A,O,,,,7210"),
        unite(5, "EN CLAIR MALGRE TOUT|A,N,,,,5710"),
        "SANS NUMERO,12,x,A,O,,,,5710".to_owned(),
        unite(6, "ETAT INCONNU|X,O,,,,5710"),
        unite(1, "ENCORE"),
    ];
    let rapport = unites(&db, &lignes).await;
    assert_eq!(comptes(&rapport), (5, 0, 0, 0, 3));
    let raisons = rejets(&rapport);
    assert_eq!(raisons.iter().map(|r| r.0).collect::<Vec<_>>(), [7, 8, 9]);
    assert!(raisons[0].1.contains("n'est pas un SIREN"), "{raisons:?}");
    assert!(raisons[1].1.contains("au lieu de A ou C"), "{raisons:?}");
    assert!(
        raisons[2].1.contains("déjà présent à la ligne 2"),
        "{raisons:?}"
    );
    let noms = texte(
        &db,
        "select string_agg(coalesce(denomination, '-'), '|' order by siren) from sirene_unites_legales",
    )
    .await;
    assert_eq!(
        noms,
        "DUPONT, FILS & CIE|CAMILLE EXEMPLE|-|MAIRIE INVENTEE|-"
    );

    let lignes = [
        etablissement(1, RUE),
        etablissement(2, "P,[ND],[ND],[ND],[ND],[ND],[ND],[ND],F,[ND]"),
        "1,2,12345678901234,O,,,,,,,,A,".to_owned(),
    ];
    let rapport = etablissements(&db, &lignes).await;
    assert_eq!(comptes(&rapport), (2, 0, 0, 0, 1));
    assert_eq!(rejets(&rapport)[0].0, 4);
    assert_eq!(
        texte(
            &db,
            "select string_agg(concat_ws('/', ferme, adresse, complement, code_postal, ville), '|' order by siret) from sirene_etablissements"
        )
        .await,
        "f/12 BIS AVENUE DES PARAPLUIES/BAT B/69007/LYON|t"
    );

    // Again, compressed: nothing. Then a name changes, and an establishment closes.
    let rapport = imports::etablissements(&db, compresse(ETABLISSEMENTS, &lignes), |_| {})
        .await
        .expect("an import");
    assert_eq!(comptes(&rapport), (0, 0, 2, 0, 1));
    let rapport = unites(&db, &[unite(1, "DUPONT ET FILLES")]).await;
    assert_eq!(comptes(&rapport), (0, 1, 0, 0, 0));
    let rapport = etablissements(&db, &[etablissement(1, &RUE.replace(",A,", ",F,"))]).await;
    assert_eq!(comptes(&rapport), (0, 1, 0, 0, 0));
}

#[tokio::test]
async fn une_colonne_absente_ou_un_autre_separateur_se_disent() {
    let db = base_de_test().await;
    for (entete, phrase) in [
        (
            "siren,denominationUniteLegale",
            "etatAdministratifUniteLegale",
        ),
        ("siren;etatAdministratifUniteLegale", "des virgules"),
    ] {
        let erreur = imports::unites_legales(&db, flux(entete, &[]), |_| {})
            .await
            .expect_err("a refusal");
        assert!(format!("{erreur:#}").contains(phrase), "{erreur:#}");
    }
}

#[tokio::test]
async fn un_long_fichier_passe_par_lots() {
    let db = base_de_test().await;
    let lignes: Vec<String> = (1..=4_500).map(|rang| etablissement(rang, RUE)).collect();
    let rapport = etablissements(&db, &lignes).await;
    assert_eq!(comptes(&rapport), (4_500, 0, 0, 0, 0));
}

async fn repertoire(portail: &Portail) {
    unites(
        &portail.db,
        &[
            unite(40, "PARAPLUIES DU RHONE"),
            unite(41, "FERMEE SARL"),
            unite(42, "CESSEE SARL|C,O,,,,5710"),
            unite(43, "ETABLISSEMENT PUBLIC INVENTE|A,O,,,,7389"),
        ],
    )
    .await;
    etablissements(
        &portail.db,
        &[
            etablissement(40, RUE),
            etablissement(41, &RUE.replace(",A,", ",F,")),
            etablissement(42, RUE),
            etablissement(43, RUE),
        ],
    )
    .await;
}

#[tokio::test]
async fn la_fiche_d_une_structure_privee_se_pre_remplit() {
    let portail = Portail::nouveau().await;
    repertoire(&portail).await;
    portail.personne("jules.martin@example.org").await;
    let mut jules = portail.connecter("jules.martin@example.org").await;
    let adresse = |rang| {
        format!(
            "/structures/nouvelle?type_identifiant=SIRET&identifiant={}",
            siret(rang)
        )
    };
    let page = jules.page(&adresse(40)).await;
    page.statut(200)
        .contient("Pré-remplie depuis le répertoire SIRENE");
    let formulaire = page.formulaire("Créer la structure");
    for (champ, valeur) in [
        ("raison_sociale", "PARAPLUIES DU RHONE"),
        ("adresse", "12 BIS AVENUE DES PARAPLUIES, BAT B"),
        ("code_postal", "69007"),
        ("ville", "LYON"),
    ] {
        assert_eq!(formulaire.valeur(champ), Some(valeur));
    }
    // What is typed is kept as typed.
    let refus = formulaire
        .clone()
        .remplir("ville", "")
        .envoyer(&mut jules)
        .await;
    refus.statut(422).ne_contient_pas("Pré-remplie");
    formulaire
        .cocher("privee", "oui")
        .envoyer(&mut jules)
        .await
        .statut(200)
        .contient("La fiche de PARAPLUIES DU RHONE est créée.");
    // Closed establishment, ended unit, body of public law: said, and not created.
    let avant = portail.empreinte().await;
    for (rang, phrase) in [
        (41, "Cet établissement est fermé"),
        (42, "Cet établissement est fermé"),
        (43, "Ce n’est pas une structure privée"),
    ] {
        let page = jules.page(&adresse(rang)).await;
        page.statut(200)
            .contient(phrase)
            .ne_contient_pas("Créer la structure Annuler");
        let champs = [
            ("raison_sociale", "FORCEE"),
            ("adresse", "1 rue"),
            ("code_postal", "69001"),
            ("ville", "Lyon"),
            ("privee", "oui"),
        ];
        let force = jules.poster_sans_suivre(&adresse(rang), &champs).await;
        assert!(
            matches!(force.statut.as_u16(), 409 | 422),
            "{}",
            force.statut
        );
    }
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
    // Unknown to the repertory: an empty fiche, as before.
    jules
        .page(&adresse(50))
        .await
        .contient("Créer la structure")
        .ne_contient_pas("Pré-remplie");
}

#[tokio::test]
async fn l_inscription_se_pre_remplit_et_dit_l_etablissement_ferme() {
    let portail = Portail::nouveau().await;
    repertoire(&portail).await;
    let mut lea = portail.anonyme();
    let page = lea.page("/inscription").await;
    page.formulaire("Continuer")
        .remplir("adresse_connexion", "lea.neuve@example.org")
        .remplir("prenom", "Léa")
        .remplir("nom", "Neuve")
        .envoyer(&mut lea)
        .await;
    let page = lea.page("/inscription/structure").await;
    let ferme = page
        .formulaire("Vérifier l’identifiant")
        .remplir("identifiant", &siret(41))
        .envoyer(&mut lea)
        .await;
    ferme
        .statut(200)
        .contient("Cet établissement est fermé")
        .contient("Continuer sans structure");
    lea.page("/inscription/fiche")
        .await
        .contient("Cet établissement est fermé");
    let fiche = ferme
        .formulaire("Vérifier l’identifiant")
        .remplir("identifiant", &siret(40))
        .envoyer(&mut lea)
        .await;
    fiche
        .statut(200)
        .contient("Pré-remplie depuis le répertoire SIRENE");
    assert_eq!(
        fiche.formulaire("Continuer").valeur("raison_sociale"),
        Some("PARAPLUIES DU RHONE")
    );
}
