//! What an operator does from a terminal: verify, name, create.

use vantail::acces::Systeme;
use vantail::db::transaction;
use vantail::rattachements;
use vantail::web::Erreur;

use super::{CLE, dit, lancer, refus};
use crate::support::Portail;
use crate::support::monde::siret;

#[tokio::test]
async fn le_journal_se_verifie_de_la_ligne_de_commande() {
    let portail = Portail::nouveau().await;
    let systeme = Systeme::processus();
    vantail::demo::charger(&portail.app, &systeme)
        .await
        .expect("the demo world");
    let variables = [
        ("SECRET_KEY", CLE),
        ("DATABASE_URL", portail.url_de_la_base()),
    ];
    let sortie = lancer(&["journal", "verify"], &variables).await;
    assert!(sortie.status.success(), "{}", dit(&sortie));
    sqlx::raw_sql(
        "alter table historique disable trigger all;
         update historique set acteur_genre = 'equipe' where id = (select min(id::text)::uuid from historique);
         alter table historique enable trigger all",
    )
    .execute(&portail.db)
    .await
    .expect("an altered line");
    let sortie = lancer(&["journal", "verify"], &variables).await;
    assert_eq!(sortie.status.code(), Some(1));
    let liste = String::from_utf8_lossy(&sortie.stdout).into_owned();
    assert!(
        liste.contains("was altered") && liste.contains("1 defects"),
        "{liste}"
    );
}

#[tokio::test]
async fn un_gestionnaire_est_designe_la_ou_personne_ne_gere() {
    let portail = Portail::nouveau().await;
    let structure = portail.structure("COMMUNE DE LAMA", 1, true).await;
    let marie = portail.personne("marie.leca@lama.example").await;
    let paul = portail.personne("paul.orsini@lama.example").await;
    portail.demande(structure, marie, "us", &[]).await;
    portail.demande(structure, paul, "us", &[]).await;
    let variables = [
        ("SECRET_KEY", CLE),
        ("DATABASE_URL", portail.url_de_la_base()),
    ];
    let siret = siret(1);
    let arguments = [
        "gestionnaire",
        "designer",
        &siret,
        "Marie.Leca@lama.example",
        "--motif",
        "Arrêté du 3 mars",
    ];
    let sortie = lancer(&arguments, &variables).await;
    assert!(sortie.status.success(), "{}", dit(&sortie));

    assert_eq!(portail.structures_sans_un_gp().await, 0);
    assert_eq!(
        portail
            .nombre("select count(*) from structures s join rattachements r on r.id = s.gp_id join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = 'marie.leca@lama.example' and r.role = 'gp'")
            .await,
        1
    );
    assert_eq!(portail.nombre("select count(*) from demandes_rattachement where statut = 'validee' and acte is not null").await, 1);
    assert_eq!(portail.nombre("select count(*) from historique where action = 'gestionnaire_designe' and acteur_genre = 'systeme'").await, 1);
    let lettres = portail.courriers_pour("marie.leca@lama.example").await;
    let lettre = lettres
        .iter()
        .find(|c| c.gabarit == "gestionnaire_designe")
        .expect("a mail");
    assert!(
        lettre.texte.contains("Paul Orsini") && lettre.texte.contains("Arrêté du 3 mars"),
        "{}",
        lettre.texte
    );
    assert!(
        !lettre.texte.contains("- Marie Leca"),
        "her own request is satisfied: {}",
        lettre.texte
    );

    // There is one now: nobody takes his place this way.
    let avant = portail.empreinte().await;
    let arguments = [
        "gestionnaire",
        "designer",
        &siret,
        "paul.orsini@lama.example",
        "--motif",
        "Arrêté du 4 mars",
    ];
    refus(
        &lancer(&arguments, &variables).await,
        "déjà un gestionnaire principal : Marie Leca",
    );
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn une_structure_desactivee_et_vide_revient_avec_son_gestionnaire() {
    let portail = Portail::nouveau().await;
    portail.structure("RÉGIE DISSOUTE", 2, true).await;
    sqlx::query("update structures set statut = 'inactive'")
        .execute(&portail.db)
        .await
        .expect("inactive");
    portail.personne("marie.leca@lama.example").await;
    let systeme = Systeme::processus();
    let siret = siret(2);
    let designer = async |siret: &str, login: &str, motif: &str| {
        transaction(&portail.app, async |tx| {
            rattachements::designer(tx, &systeme, siret, login, motif).await
        })
        .await
    };
    for (siret, login, motif, champ) in [
        ("123", "marie.leca@lama.example", "Reprise", "siret"),
        (siret.as_str(), "inconnue@lama.example", "Reprise", "login"),
        (siret.as_str(), "marie.leca@lama.example", " ", "motif"),
        (
            siret.as_str(),
            "marie.leca@lama.example",
            &"x".repeat(256),
            "motif",
        ),
    ] {
        match designer(siret, login, motif).await {
            Err(Erreur::Invalide(erreurs)) => {
                assert!(erreurs.pour(champ).is_some(), "{champ}: {erreurs:?}")
            }
            autre => panic!("{champ}: {autre:?}"),
        }
    }
    let fait = designer(&siret, "marie.leca@lama.example", "Reprise")
        .await
        .expect("named");
    assert!(fait.reactivee);
    assert_eq!(
        portail
            .nombre("select count(*) from structures where statut = 'active' and a_gp")
            .await,
        1
    );
    assert_eq!(
        portail
            .nombre("select count(*) from historique where action = 'structure_reactivee'")
            .await,
        1
    );
}

#[tokio::test]
async fn un_compte_de_l_equipe_s_active_par_courriel() {
    let portail = Portail::nouveau().await;
    let variables = [
        ("SECRET_KEY", CLE),
        ("DATABASE_URL", portail.url_de_la_base()),
    ];
    let creer = async |equipe: &str| {
        let arguments = [
            "staff",
            "create",
            "--adresse",
            "Agathe.Colin@vantail.example",
            "--prenom",
            "Agathe",
            "--nom",
            "Colin",
            "--equipe",
            equipe,
        ];
        lancer(&arguments, &variables).await
    };
    refus(
        &creer("directeur").await,
        "support, referent ou administrateur",
    );
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 0);
    let sortie = creer("administrateur").await;
    assert!(sortie.status.success(), "{}", dit(&sortie));
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where equipe = 'administrateur' and statut = 'en_cours_activation' and mot_de_passe is null")
            .await,
        1
    );
    let lettres = portail.courriers_pour("agathe.colin@vantail.example").await;
    assert_eq!(lettres.len(), 1);
    assert_eq!(lettres[0].gabarit, "activation");
    refus(&creer("support").await, "existe déjà");
}

#[tokio::test]
async fn le_repertoire_sirene_se_charge_de_la_ligne_de_commande() {
    let portail = Portail::nouveau().await;
    let variables = [
        ("SECRET_KEY", CLE),
        ("DATABASE_URL", portail.url_de_la_base()),
    ];
    let dossier = tempfile::tempdir().expect("a folder");
    let ecrire = |nom: &str, texte: String| {
        let chemin = dossier.path().join(nom);
        std::fs::write(&chemin, texte).expect("a file");
        chemin.to_string_lossy().into_owned()
    };
    let siret = siret(1);
    let unites = ecrire(
        "unites.csv",
        format!(
            "siren,denominationUniteLegale,etatAdministratifUniteLegale\n{},PARAPLUIES INVENTES,A\n12,X,A\n",
            &siret[..9]
        ),
    );
    let etablissements = ecrire(
        "etablissements.csv",
        format!(
            "siret,etatAdministratifEtablissement,libelleCommuneEtablissement\n{siret},A,LYON\n"
        ),
    );
    let arguments = [
        "import",
        "sirene",
        "--etablissements",
        &etablissements,
        "--unites-legales",
        &unites,
    ];
    let sortie = lancer(&arguments, &variables).await;
    assert!(sortie.status.success(), "{}", dit(&sortie));
    let rapport = String::from_utf8_lossy(&sortie.stdout).into_owned();
    for extrait in [
        "unités légales",
        "établissements",
        "1 créées",
        "1 rejetées",
        "ligne 3",
        "n'est pas un SIREN",
    ] {
        assert!(rapport.contains(extrait), "{extrait} : {rapport}");
    }
    let imports = "select count(*) from historique where action = 'import'";
    assert_eq!(portail.nombre(imports).await, 2);
    let sortie = lancer(&["import", "sirene"], &variables).await;
    assert_eq!(sortie.status.code(), Some(2), "{}", dit(&sortie));
}
