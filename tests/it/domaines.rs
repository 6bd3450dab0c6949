//! « Les domaines » and « Organisation » (R-DOMAINES): only what the person may use, the structure first when there are several.

use crate::support::{Portail, config_avec, instructions};

const GP: &str = "pauline.dufour@terneuil.example";
const GS: &str = "matthieu.cardan@terneuil.example";
const US: &str = "thomas.mostkowsy@terneuil.example";
const SEUL: &str = "jules.martin@example.org";

/// The applications offered, in order.
async fn offertes(portail: &Portail, login: &str) -> Vec<String> {
    let mut acteur = portail.connecter(login).await;
    let (page, compte) = instructions::compter(acteur.page("/domaines/organisation")).await;
    page.statut(200);
    assert!(compte <= 8, "{compte} statements");
    page.tous("#structures dt, #utilisateurs dt")
}

#[tokio::test]
async fn l_organisation_ne_montre_que_ce_que_l_on_peut_utiliser() {
    let portail = Portail::nouveau().await;
    for login in [GP, GS, US, SEUL] {
        portail.personne(login).await;
    }
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    let achats = portail.service(ccas, "ACH", "Achats").await;
    portail.gp(ccas, portail.id(GP).await).await;
    portail
        .rattacher(ccas, portail.id(GS).await, "gs", &[achats])
        .await;
    portail
        .rattacher(ccas, portail.id(US).await, "us", &[])
        .await;
    assert_eq!(offertes(&portail, SEUL).await, ["Créer une structure"]);
    assert_eq!(offertes(&portail, US).await, ["Créer une structure"]);
    assert_eq!(
        offertes(&portail, GS).await,
        [
            "Créer une structure",
            "Gérer un service",
            "Rattacher un utilisateur",
            "Gérer les utilisateurs",
            "Gérer les droits",
        ],
        "what belongs to the whole structure is not his"
    );
    assert_eq!(
        offertes(&portail, GP).await,
        [
            "Créer une structure",
            "Gérer une structure",
            "Créer un service",
            "Gérer un service",
            "Créer une coordonnée bancaire",
            "Gérer une coordonnée bancaire",
            "Rattacher un utilisateur",
            "Gérer les utilisateurs",
            "Gérer les droits",
        ]
    );
    // On a deactivated structure nothing is created.
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(ccas)
        .execute(&portail.db)
        .await
        .expect("a deactivation");
    let restantes = offertes(&portail, GP).await;
    assert!(
        !restantes.contains(&"Créer un service".to_owned()),
        "{restantes:?}"
    );
    assert!(
        restantes.contains(&"Gérer une structure".to_owned()),
        "{restantes:?}"
    );
}

#[tokio::test]
async fn chaque_application_s_ouvre_sur_son_ecran() {
    let portail = Portail::nouveau().await;
    portail.personne(GP).await;
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    portail.gp(ccas, portail.id(GP).await).await;
    let mut pauline = portail.connecter(GP).await;
    let page = pauline.page("/domaines/organisation").await;
    for lien in page.attributs("#structures a, #utilisateurs a, #plus-utilisees a", "href") {
        let ecran = pauline.page(&lien).await;
        ecran.statut(200);
        assert!(
            !ecran.adresse.starts_with("/domaines/"),
            "{lien}: {}",
            ecran.adresse
        );
    }
    assert_eq!(page.lien("Retour aux domaines"), "/domaines");
    let (domaines, compte) = instructions::compter(pauline.page("/domaines")).await;
    assert!(compte <= 8, "{compte} statements");
    assert_eq!(
        domaines.lien("Accéder au domaine"),
        "/domaines/organisation"
    );
}

#[tokio::test]
async fn avec_plusieurs_structures_la_structure_se_choisit_d_abord() {
    let portail = Portail::nouveau().await;
    portail.personne(GP).await;
    let mut ids = Vec::new();
    for rang in 1..=14 {
        let id = portail
            .structure(&format!("Mairie {rang:02}"), rang, true)
            .await;
        portail.gp(id, portail.id(GP).await).await;
        ids.push(id);
    }
    portail.structure("Mairie d’ailleurs", 50, true).await;
    let mut pauline = portail.connecter(GP).await;
    let (page, compte) =
        instructions::compter(pauline.page("/domaines/organisation/gerer-un-service")).await;
    page.statut(200)
        .contient("Choisir la structure")
        .ne_contient_pas("ailleurs");
    assert!(compte <= 8, "{compte} statements");
    assert_eq!(page.tous("#choix dt").len(), 14);
    let page = pauline
        .page("/domaines/organisation/gerer-un-service?q=mairie+07")
        .await;
    assert_eq!(page.tous("#choix dt"), ["Mairie 07"]);
    let ecran = pauline.page(&page.lien("Choisir")).await;
    assert_eq!(ecran.adresse, format!("/structures/{}/services", ids[6]));
    pauline
        .page("/domaines/organisation/gerer-un-service?q=ailleurs")
        .await
        .statut(200)
        .contient("Aucune structure trouvée");
}

#[tokio::test]
async fn une_application_hors_de_mes_droits_dit_a_qui_s_adresser() {
    let portail = Portail::nouveau().await;
    portail.personne(SEUL).await;
    let mut jules = portail.connecter(SEUL).await;
    jules
        .page("/domaines/organisation/gerer-un-service")
        .await
        .statut(403)
        .contient("Gérer un service");
    jules
        .page("/domaines/organisation/inconnue")
        .await
        .statut(404);
    let vers = jules
        .page("/domaines/organisation/creer-une-structure")
        .await;
    assert_eq!(vers.adresse, "/structures/nouvelle");
}

#[tokio::test]
async fn les_autres_domaines_s_ouvrent_par_leur_adresse() {
    let portail = Portail::avec(config_avec(&[(
        "DOMAINES_FACTURATION",
        "https://factures.example/",
    )]))
    .await;
    portail.personne(SEUL).await;
    let page = portail.connecter(SEUL).await.page("/domaines").await;
    page.contient("Organisation")
        .contient("Facturation")
        .ne_contient_pas("Raccordements");
    assert_eq!(
        page.lien("Accéder au domaine Facturation"),
        "https://factures.example/"
    );
}
