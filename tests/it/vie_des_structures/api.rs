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
    format!("Basic {}", STANDARD.encode(format!("{identifiant}:{secret}")))
}

/// One call of an information system.
pub(super) async fn appeler(portail: &Portail, adresse: &str, autorisation: &str) -> PageLue {
    let mut machine = portail.anonyme();
    // No browser behind it.
    machine.entetes.push(("Sec-Fetch-Site".to_owned(), "none".to_owned()));
    if !autorisation.is_empty() {
        machine.entetes.push(("Authorization".to_owned(), autorisation.to_owned()));
    }
    machine.lire(adresse).await
}

fn json(page: &PageLue) -> Value {
    serde_json::from_str(&page.corps).unwrap_or_else(|e| panic!("{}: {e}: {}", page.adresse, page.corps))
}

/// A technical account put in place, and its key.
async fn cle_de(portail: &Portail, structure: StructureId) -> String {
    let (_, identifiant) = portail.technique(structure).await;
    cle(&identifiant, &format!("{SECRET}{identifiant}"))
}

const LISTES: [&str; 3] = ["/api/v1/services", "/api/v1/utilisateurs", "/api/v1/espaces"];

#[tokio::test]
async fn le_systeme_d_information_lit_sa_structure() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let cle = cle_de(portail, monde.mairie).await;
    let moi = appeler(portail, "/api/v1/moi", &cle).await;
    moi.statut(200);
    assert_eq!(moi.entete("content-type"), Some("application/json"));
    assert_eq!(moi.entete("cache-control"), Some("no-store"));
    assert_eq!(json(&moi)["structure"]["raison_sociale"], "Mairie de Terneuil");
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
    let service = lignes.iter().find(|l| l["toute_la_structure"] == false).expect("a GS of a service");
    assert_eq!(service["services"], serde_json::json!(["ACH"]));
    let corps = appeler(portail, "/api/v1/utilisateurs", &cle).await.corps;
    assert!(!corps.contains("argon2") && !corps.contains("mot_de_passe"), "no secret of people");
    let gp: uuid::Uuid = portail.uuid("select gp_id from structures where gp_id is not null and publique").await;
    portail
        .abonnement(vantail::db::RattachementId(gp), None, "factures_a_valider", "consultation")
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
        for secret in ["Mairie", "ACH", "TVX", GP, "Gerant", &monde.mairie.to_string()] {
            assert!(!page.corps.contains(secret), "{adresse} says {secret}");
        }
        // A cursor of another structure gives nothing of it either.
        let page = appeler(portail, &format!("{adresse}?apres={}", monde.achats), &cle).await;
        assert!(!page.corps.contains("TVX"));
        appeler(portail, &format!("{adresse}?structure={}", monde.mairie), &cle).await.statut(422);
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
        assert_eq!(page.entete("content-type"), Some("application/problem+json"));
        assert_eq!(page.entete("www-authenticate"), Some("Basic realm=\"API\", charset=\"UTF-8\""));
        assert!(page.entete("location").is_none(), "no sign-in page");
        let probleme = json(&page);
        assert_eq!(probleme["status"], 401);
        assert_eq!(probleme["type"], "/api/documentation#authentification-requise");
        assert!(probleme["reference"].as_str().is_some_and(|r| r.len() == 10));
    }
    appeler(portail, "/api/v1/moi", &juste.replace("Basic", "basic")).await.statut(200);
    // The header twice is no key.
    let mut machine = portail.anonyme();
    machine.entetes.push(("Authorization".to_owned(), juste.clone()));
    machine.entetes.push(("Authorization".to_owned(), juste.clone()));
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
        assert!(page.entete("location").is_some_and(|l| l.starts_with("/connexion")));
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

#[tokio::test]
async fn les_listes_se_suivent_jusqu_au_bout() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    for rang in 0..23 {
        portail.service(monde.mairie, &format!("S{rang:02}"), "Service").await;
    }
    let cle = cle_de(portail, monde.mairie).await;
    let mut adresse = "/api/v1/services?limite=10".to_owned();
    let (mut vus, mut pages) = (Vec::new(), 0);
    loop {
        let reponse = json(&appeler(portail, &adresse, &cle).await);
        let lignes = reponse["donnees"].as_array().expect("lines").clone();
        assert!(lignes.len() <= 10);
        vus.extend(lignes.iter().map(|l| l["id"].as_str().expect("an id").to_owned()));
        pages += 1;
        match reponse["suivant"].as_str() {
            Some(suivant) => suivant.clone_into(&mut adresse),
            None => break,
        }
    }
    assert_eq!((vus.len(), pages), (25, 3));
    vus.sort();
    vus.dedup();
    assert_eq!(vus.len(), 25, "each once");
    for (question, parametre) in [
        ("limite=0", "limite"),
        ("limite=201", "limite"),
        ("limite=x", "limite"),
        ("apres=x", "apres"),
        ("page=2", "page"),
    ] {
        let page = appeler(portail, &format!("/api/v1/services?{question}"), &cle).await;
        page.statut(422);
        assert_eq!(json(&page)["erreurs"][0]["parametre"], parametre);
        assert_eq!(json(&page)["type"], "/api/documentation#parametre-invalide");
    }
    let page = appeler(portail, "/api/v1/inconnue", &cle).await;
    page.statut(404);
    assert_eq!(json(&page)["type"], "/api/documentation#introuvable");
}

#[tokio::test]
async fn trop_de_requetes_dit_quand_revenir() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let cle = cle_de(portail, monde.mairie).await;
    appeler(portail, "/api/v1/moi", &cle).await.statut(200);
    sqlx::query("update compteurs set compte = 300 where cle like 'api:%'")
        .execute(&portail.db)
        .await
        .expect("the limit");
    let page = appeler(portail, "/api/v1/moi", &cle).await;
    page.statut(429);
    let attente: u64 = page.entete("retry-after").expect("a time").parse().expect("seconds");
    assert!((1..=60).contains(&attente));
    assert_eq!(json(&page)["type"], "/api/documentation#trop-de-requetes");
    // The others go on; the next minute too.
    let autre = cle_de(portail, monde.ailleurs).await;
    appeler(portail, "/api/v1/moi", &autre).await.statut(200);
    portail.avancer("61 seconds").await;
    appeler(portail, "/api/v1/moi", &cle).await.statut(200);
    // Wrong keys from one address: 401, then 429; the right one still passes.
    for rang in 0..61 {
        let statut = appeler(portail, "/api/v1/moi", "Basic x").await.statut.as_u16();
        assert_eq!(statut, if rang < 60 { 401 } else { 429 });
    }
    appeler(portail, "/api/v1/moi", &cle).await.statut(200);
}

#[tokio::test]
async fn la_description_openapi_dit_vrai() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let cle = cle_de(portail, monde.mairie).await;
    let gp = portail.uuid("select gp_id from structures where gp_id is not null and publique").await;
    portail
        .abonnement(vantail::db::RattachementId(gp), None, "factures_a_valider", "consultation")
        .await;
    let page = appeler(portail, "/api/v1/openapi.json", "").await;
    page.statut(200);
    let document = json(&page);
    assert_eq!(document["openapi"], "3.1.0");
    // The addresses are those of the routes, all of them, and their permission is the same.
    let mut decrites: Vec<String> = document["paths"].as_object().expect("paths").keys().cloned().collect();
    let mut routes: Vec<String> = vantail::routes(&portail.app)
        .table()
        .iter()
        .filter(|r| r.permission == vantail::acces::Permission::Technique)
        .inspect(|r| assert_eq!((r.methode, r.change_l_etat), ("GET", false)))
        .map(|r| r.chemin.to_owned())
        .collect();
    decrites.sort();
    routes.sort();
    assert_eq!(decrites, routes);
    for chemin in routes {
        let operation = &document["paths"][&chemin]["get"];
        assert_eq!(operation["security"][0]["technique"], serde_json::json!([]));
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let reponse = json(&appeler(portail, &chemin, &cle).await);
        let (schema, objets) = match reponse.get("donnees") {
            Some(lignes) => {
                conforme(&chemin, schema, &reponse);
                let lignes = lignes.as_array().expect("lines").clone();
                assert!(!lignes.is_empty(), "{chemin}: something to compare");
                (&schema["properties"]["donnees"]["items"], lignes)
            }
            None => (schema, vec![reponse]),
        };
        for objet in objets {
            conforme(&chemin, schema, &objet);
        }
    }
}

/// The same fields on both sides, each of its type.
fn conforme(chemin: &str, schema: &Value, objet: &Value) {
    let proprietes = schema["properties"].as_object().expect("properties");
    let objet = objet.as_object().expect("an object");
    let mut decrits: Vec<&String> = proprietes.keys().collect();
    let mut recus: Vec<&String> = objet.keys().collect();
    decrits.sort();
    recus.sort();
    assert_eq!(decrits, recus, "{chemin}");
    for (nom, valeur) in objet {
        let genre = match valeur {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let permis = &proprietes[nom]["type"];
        let permis = permis.as_array().cloned().unwrap_or_else(|| vec![permis.clone()]);
        assert!(permis.contains(&Value::from(genre)), "{chemin}: {nom} is {genre}, not {permis:?}");
    }
}

#[tokio::test]
async fn la_documentation_se_lit_sans_compte() {
    let monde = Monde::nouveau().await;
    let page = monde.portail.anonyme().page("/api/documentation").await;
    page.statut(200)
        .contient("Documentation de l’API")
        .contient("GET /api/v1/utilisateurs")
        .contient("statut_rattachement")
        .contient("Retry-After");
    // Every kind of problem has its paragraph.
    for genre in [
        "authentification-requise",
        "interdit",
        "introuvable",
        "methode-refusee",
        "parametre-invalide",
        "trop-de-requetes",
        "erreur-interne",
        "indisponible",
    ] {
        assert_eq!(page.attributs(&format!("#{genre}"), "id").len(), 1, "{genre}");
    }
    monde.portail.anonyme().page("/plan-du-site").await.contient("Documentation de l’API");
}
