use serde_json::Value;

use super::{LEA, PAUL, ZOE, mairie};
use crate::support::Portail;

async fn telecharger(portail: &Portail, adresse: &str) -> Value {
    let page = portail
        .connecter(adresse)
        .await
        .lire("/mon-compte/donnees.json")
        .await;
    page.statut(200);
    serde_json::from_str(&page.corps).unwrap_or_else(|e| panic!("{e}: {}", page.corps))
}

#[tokio::test]
async fn mes_donnees_sont_les_miennes_et_rien_que_les_miennes() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    let achats = portail.service(mairie, "ACH", "Achats").await;
    let zoe = portail.personne(ZOE).await;
    portail.rattacher(mairie, zoe, "us", &[achats]).await;
    let lea = portail.personne(LEA).await;
    portail.demande(mairie, lea, "us", &[]).await;
    let demande = portail.uuid("select id from demandes_rattachement").await;
    let mut paul = portail.connecter(PAUL).await;
    paul.poster(
        &format!("/structures/{mairie}/demandes/{demande}/refus"),
        &[("motif", "Le dossier de Lea Seconde est incomplet")],
    )
    .await
    .statut(200);
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur.page("/mon-compte/donnees").await;
    let adresse = page.lien("Télécharger mes données (JSON)");
    assert_eq!(adresse, "/mon-compte/donnees.json");
    let fichier = acteur.lire(&adresse).await;
    let disposition = fichier.entete("content-disposition").expect("a name");
    assert!(
        disposition.starts_with("attachment; filename=\"mes-donnees-20")
            && disposition.ends_with(".json\""),
        "{disposition}"
    );
    assert_eq!(
        fichier.entete("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(fichier.entete("cache-control"), Some("no-store"));

    let siennes = telecharger(&portail, ZOE).await;
    assert_eq!(siennes["compte"]["adresse_de_connexion"], ZOE);
    assert_eq!(
        siennes["rattachements"][0]["structure"],
        "Mairie de Terneuil"
    );
    assert_eq!(siennes["rattachements"][0]["services"][0]["code"], "ACH");
    assert!(!siennes["sessions"].as_array().expect("a list").is_empty());
    let texte = siennes.to_string();
    for autre in ["Paul", "Gerant", "Lea", "Seconde", "incomplet"] {
        assert!(!texte.contains(autre), "{autre}: {texte}");
    }

    // Léa: her request, the motif given to her, who decided.
    let de_lea = telecharger(&portail, LEA).await;
    assert_eq!(de_lea["demandes_de_rattachement"][0]["statut"], "refusee");
    assert_eq!(
        de_lea["demandes_de_rattachement"][0]["traitee_par"],
        "Paul Gerant"
    );
    assert_eq!(de_lea["historique"][0]["action"], "Refusée");
    assert_eq!(
        de_lea["historique"][0]["motif"],
        "Le dossier de Lea Seconde est incomplet"
    );
    assert_eq!(
        de_lea["courriels_recus"][0]["sujet"],
        "Votre demande de rattachement à Mairie de Terneuil est refusée"
    );
    // Paul: his act, her name, and nothing else of hers.
    let de_paul = telecharger(&portail, PAUL).await;
    assert_eq!(
        de_paul["historique"][0]["personne_concernee"],
        "Lea Seconde"
    );
    assert_eq!(de_paul["historique"][0]["motif"], Value::Null);
    assert!(!de_paul.to_string().contains("Je rejoins le service"));
    assert!(!de_paul.to_string().contains(LEA));
}

#[tokio::test]
async fn les_telechargements_sont_comptes_et_ne_changent_rien() {
    let portail = Portail::nouveau().await;
    mairie(&portail).await;
    let avant = portail.empreinte().await;
    let mut paul = portail.connecter(PAUL).await;
    for _ in 0..5 {
        paul.lire("/mon-compte/donnees.json").await.statut(200);
    }
    let refuse = paul.lire("/mon-compte/donnees.json").await;
    refuse.statut(429);
    assert!(refuse.entete("retry-after").is_some());
    assert_eq!(portail.empreinte().await, avant);
    portail.avancer("61 minutes").await;
    portail
        .connecter(PAUL)
        .await
        .lire("/mon-compte/donnees.json")
        .await
        .statut(200);
    portail
        .anonyme()
        .lire("/mon-compte/donnees.json")
        .await
        .statut(303);
}

/// Names typed to break out of a string stay strings.
#[tokio::test]
async fn un_nom_hostile_reste_du_texte() {
    let portail = Portail::nouveau().await;
    mairie(&portail).await;
    let hostile = "O\"Hara\\u0000 </script>, \"equipe\": \"administrateur";
    sqlx::query("update utilisateurs set nom = $1 where adresse_connexion = $2")
        .bind(hostile)
        .bind(PAUL)
        .execute(&portail.db)
        .await
        .expect("a name");
    let siennes = telecharger(&portail, PAUL).await;
    assert_eq!(siennes["compte"]["nom"], hostile);
    assert_eq!(siennes["compte"]["equipe"], Value::Null);
}
