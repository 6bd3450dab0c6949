//! The loader of services, against PostgreSQL.

use std::io::Cursor;

use sqlx::PgPool;
use vantail::imports::{self, Options, Rapport, Source};

use super::chargement::{base_de_test, comptes, executer, importer, rejets, texte, verifier};
use super::{ligne, siret};

const ENTETE_SERVICES: &str = "TypeIdentifiant;Identifiant;Code;Libelle;Description;EngagementObligatoire;DateDebut;DateFin;Actif";

async fn importer_services(db: &PgPool, entete: &str, lignes: &[String]) -> Rapport {
    let source = Source::Flux(Box::new(Cursor::new(format!(
        "{entete}\n{}\n",
        lignes.join("\n")
    ))));
    let rapport = imports::services(db, source, Options::default(), |_| {})
        .await
        .expect("import");
    verifier(&rapport);
    rapport
}

#[tokio::test(flavor = "multi_thread")]
async fn les_services_se_chargent_et_se_rechargent() {
    let db = base_de_test().await;
    importer(&db, [ligne(1, "UN"), ligne(2, "DEUX")]).await;
    executer(
        &db,
        "update structures set publique = false where raison_sociale = 'DEUX'",
    )
    .await;
    let (un, deux, inconnue) = (siret(1), siret(2), siret(3));
    let lignes = [
        format!("SIRET;{un};ACH;Achats;Commandes;true;10/03/2022;30/06/2022;true"),
        format!("SIRET;{inconnue};ACH;Achats;;;;;"),
        format!("SIRET;{un};JUR;Juridique;;;;;"),
        format!("SIRET;{deux};ACH;Achats;;true;;;non"),
        format!("SIRET;{un};ACH;Encore;;;;;"),
        format!("SIRET;{un};FIN;Finances;;;;01/01/2000;"),
    ];
    let r = importer_services(&db, ENTETE_SERVICES, &lignes).await;
    assert_eq!(comptes(&r), (3, 0, 0, 0, 3));
    assert_eq!(
        rejets(&r),
        [
            (3, "Structure inconnue\u{202f}: importez-la d'abord."),
            (
                6,
                "Code de service de cette structure déjà présent à la ligne 2."
            ),
            (7, "DateFin\u{202f}: avant la date de début."),
        ]
    );
    let etat = "select string_agg(concat_ws('/', t.raison_sociale, s.code, s.libelle, s.description, s.engagement_obligatoire, s.actif,
        to_char(s.date_debut at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), to_char(s.date_fin at time zone 'UTC', 'YYYY-MM-DD HH24:MI')), ' ' order by t.raison_sociale desc, s.code)
      from services s join structures t on t.id = s.structure_id where s.code <> 'JUR'";
    // Paris days: winter begins at 23:00 UTC, the last day of June ends at 22:00 UTC. No obligation for a private structure.
    assert_eq!(texte(&db, etat).await, "UN/ACH/Achats/Commandes/t/t/2022-03-09 23:00/2022-06-30 22:00 DEUX/ACH/Achats/f/f/".to_owned()
        + &texte(&db, "select to_char(debut_du_jour(aujourdhui()) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')").await);

    let r = importer_services(&db, ENTETE_SERVICES, &lignes).await;
    assert_eq!(comptes(&r), (0, 0, 3, 0, 3));

    let courtes = [
        format!("{un};Achats publics;ACH;SIRET"),
        format!("{un};Juridique;JUR;SIRET"),
    ];
    let r = importer_services(&db, "Identifiant;Libelle;Code;TypeIdentifiant", &courtes).await;
    assert_eq!(comptes(&r), (0, 1, 1, 0, 0));
    assert!(
        texte(&db, etat)
            .await
            .starts_with("UN/ACH/Achats publics/Commandes/t/t/2022-03-09 23:00/2022-06-30 22:00 "),
        "absent columns stay"
    );

    let r = importer_services(
        &db,
        "Identifiant;Libelle;Code;TypeIdentifiant;DateFin",
        &[format!("{un};Achats;ACH;SIRET;01/01/2022")],
    )
    .await;
    assert_eq!(
        rejets(&r),
        [(2, "DateFin\u{202f}: avant la date de début.")],
        "against the date already here"
    );
}
