use vantail::acces::Systeme;
use vantail::imports::{Rapport, Source};
use vantail::vie_des_structures::identifiant;

use super::identifiant::nouvelle;
use super::{GP, Monde};
use crate::mon_compte::{actions, gp_de, historique_vrai, statut_de_la_structure};
use crate::support::monde::siret;

async fn importer(monde: &Monde, lignes: &str) -> Rapport {
    let fichier = format!("Ancien;Nouveau;Date\r\n{lignes}");
    let source = Source::Flux(Box::new(std::io::Cursor::new(fichier.into_bytes())));
    identifiant::importer(&monde.portail.app, &Systeme::processus(), source, |_| {})
        .await
        .expect("an import")
}

#[tokio::test]
async fn un_fichier_change_les_siret_des_collectivites() {
    let monde = Monde::nouveau().await;
    monde.remplir().await;
    sqlx::query("update structures set categorie = 'collectivite_locale' where id = $1")
        .bind(monde.mairie)
        .execute(&monde.portail.db)
        .await
        .expect("a category");
    let ligne = format!("{};{};01/01/2024\r\n", siret(1), siret(7));
    let rapport = importer(&monde, &ligne).await;
    assert_eq!(
        (rapport.lues, rapport.creees, rapport.rejetees),
        (1, 1, 0),
        "{:?}",
        rapport.rejets
    );
    let portail = &monde.portail;
    let neuve = nouvelle(portail).await;
    assert_eq!(gp_de(portail, neuve).await.as_deref(), Some(GP));
    assert_eq!(
        statut_de_la_structure(portail, monde.mairie).await,
        "inactive"
    );
    assert!(
        actions(portail, neuve)
            .await
            .contains(&"identifiant_modifie".to_owned())
    );
    assert_eq!(
        portail.nombre("select count(*) from changements_identifiant where effet = '2024-01-01' and par is null").await,
        1
    );
    historique_vrai(portail).await;
    assert_eq!(monde.prevenus("identifiant_change").await.len(), 4);
    // The same file again changes nothing.
    let avant = portail.empreinte().await;
    let rapport = importer(&monde, &ligne).await;
    assert_eq!((rapport.inchangees, rapport.rejetees), (1, 0));
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn une_ligne_rejetee_dit_pourquoi_et_n_arrete_pas_les_autres() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let fermee = portail.structure("Fermée", 3, true).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(fermee)
        .execute(&portail.db)
        .await
        .expect("closed");
    // Nobody attached: as most of the directory.
    portail.structure("Déserte", 4, true).await;
    let s = |rang| siret(rang);
    let lignes = [
        format!("{};{};01/01/2024", s(99), s(71)),     // unknown
        format!("{};{};01/01/2024", s(2), s(72)),      // private
        format!("{};{};01/01/2024", s(3), s(73)),      // closed
        format!("{};{};01/01/2024", s(1), s(4)),       // taken
        format!("{};12345678901234;01/01/2024", s(1)), // wrong
        format!("{};{};01/01/2024", s(1), s(1)),       // the same
        format!("{};{};", s(1), s(74)),                // no date
        format!("{};{};01/01/2199", s(1), s(75)),      // to come
        format!("{};{};2024-01-01", s(4), s(76)),      // right
        format!("{};{};2024-01-01", s(4), s(77)),      // changed already, to another one
    ]
    .join("\r\n");
    let rapport = importer(&monde, &lignes).await;
    assert_eq!((rapport.lues, rapport.creees, rapport.rejetees), (10, 1, 9));
    let raisons: Vec<(u64, &str)> = rapport
        .rejets
        .iter()
        .map(|r| (r.ligne, r.raison.as_str()))
        .collect();
    for (ligne, mot) in [
        (2, "aucune structure"),
        (3, "privée"),
        (4, "désactivée"),
        (5, "déjà celui d’une structure"),
        (6, "Nouveau"),
        (7, "le même"),
        (8, "Date"),
        (9, "à venir"),
        (11, "déjà été remplacé"),
    ] {
        let (_, raison) = raisons
            .iter()
            .find(|(l, _)| *l == ligne)
            .unwrap_or_else(|| panic!("{ligne}: {raisons:?}"));
        assert!(raison.contains(mot), "{ligne}: {raison}");
    }
    assert_eq!(
        statut_de_la_structure(portail, monde.mairie).await,
        "active"
    );
    assert_eq!(
        portail
            .nombre("select count(*) from changements_identifiant")
            .await,
        1
    );
}

#[tokio::test]
async fn une_colonne_absente_arrete_l_import() {
    let monde = Monde::nouveau().await;
    let source = Source::Octets(b"Ancien;Nouveau\r\n1;2\r\n");
    let erreur = identifiant::importer(&monde.portail.app, &Systeme::processus(), source, |_| {})
        .await
        .expect_err("a missing column");
    assert!(erreur.to_string().contains("Date"), "{erreur}");
}
