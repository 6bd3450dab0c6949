use serde_json::Value;

use super::Monde;
use super::api::{appeler, cle_de, json};

#[tokio::test]
async fn les_listes_se_suivent_jusqu_au_bout() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    for rang in 0..23 {
        portail
            .service(monde.mairie, &format!("S{rang:02}"), "Service")
            .await;
    }
    let cle = cle_de(portail, monde.mairie).await;
    let mut adresse = "/api/v1/services?limite=10".to_owned();
    let (mut vus, mut pages) = (Vec::new(), 0);
    loop {
        let reponse = json(&appeler(portail, &adresse, &cle).await);
        let lignes = reponse["donnees"].as_array().expect("lines").clone();
        assert!(lignes.len() <= 10);
        vus.extend(
            lignes
                .iter()
                .map(|l| l["id"].as_str().expect("an id").to_owned()),
        );
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
    let attente: u64 = page
        .entete("retry-after")
        .expect("a time")
        .parse()
        .expect("seconds");
    assert!((1..=60).contains(&attente));
    assert_eq!(json(&page)["type"], "/api/documentation#trop-de-requetes");
    // The others go on; the next minute too.
    let autre = cle_de(portail, monde.ailleurs).await;
    appeler(portail, "/api/v1/moi", &autre).await.statut(200);
    portail.avancer("61 seconds").await;
    appeler(portail, "/api/v1/moi", &cle).await.statut(200);
    // Wrong keys from one address: 401, then 429; the right one still passes.
    for rang in 0..61 {
        let statut = appeler(portail, "/api/v1/moi", "Basic x")
            .await
            .statut
            .as_u16();
        assert_eq!(statut, if rang < 60 { 401 } else { 429 });
    }
    appeler(portail, "/api/v1/moi", &cle).await.statut(200);
}

#[tokio::test]
async fn la_description_openapi_dit_vrai() {
    let monde = Monde::nouveau().await;
    let portail = &monde.portail;
    let cle = cle_de(portail, monde.mairie).await;
    let gp = portail
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
    let page = appeler(portail, "/api/v1/openapi.json", "").await;
    page.statut(200);
    let document = json(&page);
    assert_eq!(document["openapi"], "3.1.0");
    // The addresses are those of the routes, all of them, and their permission is the same.
    let mut decrites: Vec<String> = document["paths"]
        .as_object()
        .expect("paths")
        .keys()
        .cloned()
        .collect();
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
        let permis = permis
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![permis.clone()]);
        assert!(
            permis.contains(&Value::from(genre)),
            "{chemin}: {nom} is {genre}, not {permis:?}"
        );
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
        assert_eq!(
            page.attributs(&format!("#{genre}"), "id").len(),
            1,
            "{genre}"
        );
    }
    monde
        .portail
        .anonyme()
        .page("/plan-du-site")
        .await
        .contient("Documentation de l’API");
}
