use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use vantail::db::StructureId;

use super::{GP, Monde};
use crate::support::monde::SECRET;
use crate::support::page::PageLue;
use crate::support::{Portail, instructions};

/// A value of `Authorization`.
pub(super) fn cle(identifiant: &str, secret: &str) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{identifiant}:{secret}"))
    )
}

/// One call of an information system.
pub(super) async fn appeler(portail: &Portail, adresse: &str, autorisation: &str) -> PageLue {
    let mut machine = portail.anonyme();
    // No browser behind it.
    machine
        .entetes
        .push(("Sec-Fetch-Site".to_owned(), "none".to_owned()));
    if !autorisation.is_empty() {
        machine
            .entetes
            .push(("Authorization".to_owned(), autorisation.to_owned()));
    }
    machine.lire(adresse).await
}

pub(super) fn json(page: &PageLue) -> Value {
    serde_json::from_str(&page.corps)
        .unwrap_or_else(|e| panic!("{}: {e}: {}", page.adresse, page.corps))
}

/// A technical account put in place, and its key.
pub(super) async fn cle_de(portail: &Portail, structure: StructureId) -> String {
    let (_, identifiant) = portail.technique(structure).await;
    cle(&identifiant, &format!("{SECRET}{identifiant}"))
}

const LISTES: [&str; 3] = [
    "/api/v1/services",
    "/api/v1/utilisateurs",
    "/api/v1/espaces",
];

#[tokio::test]
async fn le_systeme_d_information_lit_sa_structure() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let cle = cle_de(portail, monde.mairie).await;
    let moi = appeler(portail, "/api/v1/moi", &cle).await;
    moi.statut(200);
    assert_eq!(moi.entete("content-type"), Some("application/json"));
    assert_eq!(moi.entete("cache-control"), Some("no-store"));
    assert_eq!(
        json(&moi)["structure"]["raison_sociale"],
        "Mairie de Terneuil"
    );
    assert_eq!(json(&moi)["structure"]["id"], monde.mairie.to_string());
    let services = json(&appeler(portail, "/api/v1/services", &cle).await);
    let codes: Vec<&str> = services["donnees"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|s| s["code"].as_str().expect("a code"))
        .collect();
    assert_eq!(codes, ["ACH", "TVX"]);
    assert_eq!(services["suivant"], Value::Null);
    let utilisateurs = json(&appeler(portail, "/api/v1/utilisateurs", &cle).await);
    let lignes = utilisateurs["donnees"].as_array().expect("lines");
    assert_eq!(lignes.len(), 4);
    let gp = lignes.iter().find(|l| l["role"] == "gp").expect("the GP");
    assert_eq!(gp["adresse_connexion"], GP);
    let service = lignes
        .iter()
        .find(|l| l["toute_la_structure"] == false)
        .expect("a GS of a service");
    assert_eq!(service["services"], serde_json::json!(["ACH"]));
    let corps = appeler(portail, "/api/v1/utilisateurs", &cle).await.corps;
    assert!(
        !corps.contains("argon2") && !corps.contains("mot_de_passe"),
        "no secret of people"
    );
    let gp: uuid::Uuid = portail
        .uuid("select gp_id from structures where gp_id is not null and publique")
        .await;
    portail
        .abonnement(
            vantail::db::RattachementId(gp),
            None,
            "factures_a_valider",
            "consultation",
        )
        .await;
    let espaces = json(&appeler(portail, "/api/v1/espaces", &cle).await);
    assert_eq!(espaces["donnees"][0]["espace"], "factures_a_valider");
    assert_eq!(espaces["donnees"][0]["nom"], "Factures à valider");
    for adresse in ["/api/v1/moi", LISTES[0], LISTES[1], LISTES[2]] {
        let (page, instructions) = instructions::compter(appeler(portail, adresse, &cle)).await;
        page.statut(200);
        assert!(instructions <= 5, "{adresse}: {instructions}");
    }
}

#[tokio::test]
async fn rien_d_une_autre_structure_ne_se_lit() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let cle = cle_de(portail, monde.ailleurs).await;
    let autre = portail.service(monde.ailleurs, "FOU", "Four").await;
    for adresse in LISTES {
        let page = appeler(portail, adresse, &cle).await;
        page.statut(200);
        for secret in [
            "Mairie",
            "ACH",
            "TVX",
            GP,
            "Gerant",
            &monde.mairie.to_string(),
        ] {
            assert!(!page.corps.contains(secret), "{adresse} says {secret}");
        }
        // A cursor of another structure gives nothing of it either.
        let page = appeler(portail, &format!("{adresse}?apres={}", monde.achats), &cle).await;
        assert!(!page.corps.contains("TVX"));
        appeler(
            portail,
            &format!("{adresse}?structure={}", monde.mairie),
            &cle,
        )
        .await
        .statut(422);
    }
    let page = appeler(portail, LISTES[0], &cle).await;
    assert_eq!(json(&page)["donnees"][0]["id"], autre.to_string());
}

#[tokio::test]
async fn sans_cle_juste_rien_ne_s_ouvre() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let (id, identifiant) = portail.technique(monde.mairie).await;
    let secret = format!("{SECRET}{identifiant}");
    let (_, autre) = portail.technique(monde.ailleurs).await;
    let juste = cle(&identifiant, &secret);
    let fausses = [
        String::new(),
        "Basic".to_owned(),
        "Basic %%%".to_owned(),
        format!("Bearer {secret}"),
        cle(&identifiant, ""),
        cle("", &secret),
        cle(&identifiant, &secret[1..]),
        cle(&identifiant, &secret.to_uppercase()),
        cle(&identifiant.to_uppercase(), &secret),
        cle(&autre, &secret),
        cle(&id.to_string(), &secret),
        format!("Basic {}", STANDARD.encode(identifiant.as_bytes())),
        format!("Basic {}", STANDARD.encode([0xff, b':', 0xfe])),
        format!("Basic {}", "A".repeat(2_000)),
    ];
    for fausse in &fausses {
        let page = appeler(portail, "/api/v1/moi", fausse).await;
        page.statut(401);
        assert_eq!(
            page.entete("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(
            page.entete("www-authenticate"),
            Some("Basic realm=\"API\", charset=\"UTF-8\"")
        );
        assert!(page.entete("location").is_none(), "no sign-in page");
        let probleme = json(&page);
        assert_eq!(probleme["status"], 401);
        assert_eq!(
            probleme["type"],
            "/api/documentation#authentification-requise"
        );
        assert!(
            probleme["reference"]
                .as_str()
                .is_some_and(|r| r.len() == 10)
        );
    }
    appeler(portail, "/api/v1/moi", &juste.replace("Basic", "basic"))
        .await
        .statut(200);
    // The header twice is no key.
    let mut machine = portail.anonyme();
    machine
        .entetes
        .push(("Authorization".to_owned(), juste.clone()));
    machine
        .entetes
        .push(("Authorization".to_owned(), juste.clone()));
    machine.lire("/api/v1/moi").await.statut(401);
}

#[tokio::test]
async fn une_session_n_ouvre_pas_l_api_et_une_cle_n_ouvre_aucune_page() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let cle = cle_de(portail, monde.mairie).await;
    let mut gp = monde.gp.clone();
    for adresse in ["/api/v1/moi", LISTES[0], LISTES[1], LISTES[2]] {
        let page = gp.lire(adresse).await;
        page.statut(401);
        assert!(page.entete("set-cookie").is_none());
        let page = appeler(portail, adresse, &cle).await;
        assert!(page.entete("set-cookie").is_none(), "no cookie");
    }
    for adresse in [
        "/mon-compte".to_owned(),
        "/activites".to_owned(),
        format!("/structures/{}", monde.mairie),
        monde.adresse("techniques"),
    ] {
        let page = appeler(portail, &adresse, &cle).await;
        assert_eq!(page.statut.as_u16(), 303, "{adresse}");
        assert!(
            page.entete("location")
                .is_some_and(|l| l.starts_with("/connexion"))
        );
    }
    // It reads only.
    let mut machine = portail.anonyme();
    machine.entetes.push(("Authorization".to_owned(), cle));
    let page = machine.poster_sans_suivre("/api/v1/services", &[]).await;
    page.statut(405);
    assert_eq!(json(&page)["type"], "/api/documentation#methode-refusee");
}

#[tokio::test]
async fn une_structure_desactivee_ne_se_lit_plus() {
    let monde = Monde::nouveau().await;
    let cle = cle_de(&monde.portail, monde.mairie).await;
    for (statut, attendu) in [("inactive", 403), ("active", 200)] {
        sqlx::query("update structures set statut = $2 where id = $1")
            .bind(monde.mairie)
            .bind(statut)
            .execute(&monde.portail.db)
            .await
            .expect("a state");
        let page = appeler(&monde.portail, "/api/v1/services", &cle).await;
        page.statut(attendu);
        if attendu == 403 {
            assert_eq!(json(&page)["type"], "/api/documentation#interdit");
        }
    }
}
