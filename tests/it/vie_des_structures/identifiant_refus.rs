use super::identifiant::nouvelle;
use super::{AILLEURS, GS, GS_SERVICE, Monde, US};
use crate::support::monde::siret;

#[tokio::test]
async fn un_mauvais_identifiant_est_refuse_au_champ() {
    let mut monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    let (un, deux) = (siret(1), siret(2));
    for chemin in ["identifiant/saisie", "identifiant/confirmation"] {
        for (champ, genre, valeur) in [
            ("type_identifiant", "", siret(7)),
            ("type_identifiant", "X", siret(7)),
            ("identifiant", "SIRET", String::new()),
            ("identifiant", "SIRET", "12345678901234".to_owned()),
            ("identifiant", "SIRET", un.clone()),
            ("identifiant", "SIRET", deux.clone()),
            ("identifiant", "RIDET", "12".to_owned()),
        ] {
            let champs = [("type_identifiant", genre), ("identifiant", &*valeur)];
            let adresse = monde.adresse(chemin);
            let page = monde.gp.poster(&adresse, &champs).await;
            page.statut(422);
            assert!(page.erreur_de(champ).is_some(), "{chemin} {champs:?}");
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
    // A private structure does not take a number of public law.
    let mut aude = monde.portail.connecter(AILLEURS).await;
    let adresse = format!("/structures/{}/identifiant/confirmation", monde.ailleurs);
    let champs = [
        ("type_identifiant", "SIRET"),
        ("identifiant", "21200223200016"),
    ];
    aude.poster(&adresse, &champs).await.statut(422);
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn seul_le_gestionnaire_principal_change_l_identifiant() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    let champs = [("type_identifiant", "SIRET"), ("identifiant", &*siret(7))];
    for (qui, lecture, acte) in [
        (GS, 200, 403),
        (GS_SERVICE, 200, 403),
        (US, 403, 403),
        (AILLEURS, 404, 404),
    ] {
        let mut acteur = monde.portail.connecter(qui).await;
        let page = acteur.page(&monde.adresse("identifiant")).await;
        page.statut(lecture);
        if lecture == 200 {
            page.contient("Seul le gestionnaire principal modifie l’identifiant de la structure : Paul Gerant.");
            assert!(page.lien_eventuel("Modifier l’identifiant").is_none());
        }
        for suite in ["modification", "saisie", "confirmation"] {
            acteur
                .page(&monde.adresse(&format!("identifiant/{suite}")))
                .await
                .statut(acte);
        }
        for suite in ["saisie", "confirmation"] {
            acteur
                .poster(&monde.adresse(&format!("identifiant/{suite}")), &champs)
                .await
                .statut(acte);
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn une_collectivite_locale_est_renvoyee_au_support() {
    let mut monde = Monde::nouveau().await;
    sqlx::query("update structures set categorie = 'collectivite_locale' where id = $1")
        .bind(monde.mairie)
        .execute(&monde.portail.db)
        .await
        .expect("a category");
    let avant = monde.portail.empreinte().await;
    let page = monde.gp.page(&monde.adresse("identifiant")).await;
    page.statut(200)
        .contient("transfert d’informations entre administrations");
    assert!(page.lien_eventuel("Modifier l’identifiant").is_none());
    let saisie = monde.gp.page(&page.lien("Saisir une sollicitation")).await;
    saisie.statut(200);
    assert!(
        saisie
            .corps
            .contains("Changement de SIRET de Mairie de Terneuil")
    );
    monde
        .gp
        .page(&monde.adresse("identifiant/saisie"))
        .await
        .statut(403);
    monde.changer(7).await.statut(403);
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn l_ancien_ne_change_plus_et_le_nouveau_peut_encore() {
    let mut monde = Monde::nouveau().await;
    monde.changer(7).await.statut(200);
    let avant = monde.portail.empreinte().await;
    monde.changer(8).await.statut(409);
    monde.changer(7).await.statut(409);
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
    let neuve = nouvelle(&monde.portail).await;
    let adresse = format!("/structures/{neuve}/identifiant/confirmation");
    let champs = [("type_identifiant", "SIRET"), ("identifiant", &*siret(8))];
    monde.gp.poster(&adresse, &champs).await.statut(200);
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from changements_identifiant")
            .await,
        2,
        "a chain"
    );
    assert_eq!(monde.portail.structures_sans_un_gp().await, 0);
}

#[tokio::test]
async fn dix_mille_utilisateurs_suivent_en_quelques_secondes() {
    let mut monde = Monde::nouveau().await;
    let mut tx = monde.portail.db.begin().await.expect("a transaction");
    // The limit of a page is not what is measured here.
    sqlx::query("set local statement_timeout = 0")
        .execute(&mut *tx)
        .await
        .expect("no limit");
    sqlx::query(
        "with p as (
           insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut, mot_de_passe, active_le)
           select uuid_v7(), 'p' || n || '@masse.example', 'p' || n || '@masse.example', 'P', 'N' || n, 'actif', 'x', maintenant()
           from generate_series(1, 10000) n returning id)
         insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, date_debut)
         select uuid_v7(), $1, id, 'us', 'validee', true, maintenant() - interval '1 day' from p",
    )
    .bind(monde.mairie)
    .execute(&mut *tx)
    .await
    .expect("many people");
    tx.commit().await.expect("a commit");
    let depart = std::time::Instant::now();
    monde.changer(7).await.statut(200);
    let duree = depart.elapsed();
    eprintln!("10 000 users: {duree:?}");
    assert!(
        duree.as_secs() < 25,
        "{duree:?}: within the limit of a request"
    );
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from rattachements r join changements_identifiant c on c.nouvelle_id = r.structure_id")
            .await,
        10_004
    );
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from courriers where gabarit = 'identifiant_change'")
            .await,
        10_004
    );
}

#[tokio::test]
async fn une_structure_remplacee_ne_revient_pas() {
    let mut monde = Monde::nouveau().await;
    monde.changer(7).await.statut(200);
    let refus = sqlx::query("update structures set statut = 'active' where id = $1")
        .bind(monde.mairie)
        .execute(&monde.portail.db)
        .await
        .expect_err("its people would act twice");
    assert_eq!(
        vantail::db::contrainte(&refus),
        Some("structures_remplacee")
    );
    assert_eq!(vantail::web::Erreur::from(refus).statut().as_u16(), 409);
    // The directory may still say that it is active: the state is kept, and reported.
    let fichier = format!(
        "TypeIdentifiant;Identifiant;RaisonSociale;StructureActive\nSIRET;{};Mairie de Terneuil;true\n",
        siret(1)
    );
    for _ in 0..2 {
        let source =
            vantail::imports::Source::Flux(Box::new(std::io::Cursor::new(fichier.clone())));
        let rapport = vantail::imports::structures(
            &monde.portail.db,
            source,
            vantail::imports::Options::default(),
            |_| {},
        )
        .await
        .expect("an import");
        assert_eq!((rapport.rejetees, rapport.differences), (0, 1));
    }
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from structures where statut = 'inactive' and not statut_a_annoncer")
            .await,
        1
    );
}
