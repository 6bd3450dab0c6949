use vantail::acces::Systeme;
use vantail::jobs;

use super::{LEA, SABINE, ZOE, monde};
use crate::support::sollicitations::PDF;

#[tokio::test]
async fn mes_donnees_disent_mes_brouillons_et_mes_pieces() {
    let (portail, _) = monde().await;
    let (zoe, lea) = (portail.id(ZOE).await, portail.id(LEA).await);
    let id = portail.sollicitation(zoe, "Objet").await;
    portail.piece(zoe, None, Some(id)).await;
    let brouillon = portail.brouillon(zoe, "Commencée").await;
    portail.piece(zoe, Some(brouillon), None).await;
    portail.brouillon(lea, "De Léa").await;
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur.lire("/mon-compte/donnees.json").await;
    page.statut(200);
    let donnees: serde_json::Value = serde_json::from_str(&page.corps).expect("JSON");
    let pieces = donnees["pieces_jointes"].as_array().expect("a list");
    assert_eq!(pieces.len(), 2);
    assert_eq!(pieces[0]["nom"], "preuve.pdf");
    assert_eq!(pieces[0]["octets"], PDF.len());
    assert_eq!(pieces[0]["sha256"].as_str().map(str::len), Some(64));
    let brouillons = donnees["brouillons_de_sollicitations"]
        .as_array()
        .expect("a list");
    assert_eq!(brouillons.len(), 1);
    assert_eq!(brouillons[0]["objet"], "Commencée");
}

/// Day 60: the content and the names go, the lines say that there was something.
#[tokio::test]
async fn un_compte_efface_ne_laisse_ni_fichier_ni_brouillon() {
    let (portail, _) = monde().await;
    let (zoe, lea) = (portail.id(ZOE).await, portail.id(LEA).await);
    let id = portail.sollicitation(zoe, "Objet").await;
    portail.piece(zoe, None, Some(id)).await;
    // An answer of the desk to her goes with her; what others keep stays.
    let sabine = portail.id(SABINE).await;
    portail.piece(sabine, None, Some(id)).await;
    let autre = portail.sollicitation(lea, "De Léa").await;
    portail.piece(lea, None, Some(autre)).await;
    let brouillon = portail.brouillon(zoe, "Commencée").await;
    portail.piece(zoe, Some(brouillon), None).await;
    let de_lea = portail.brouillon(lea, "À propos de Zoe Aubert").await;
    sqlx::query(
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where id = $1",
    )
    .bind(zoe)
    .execute(&portail.db)
    .await
    .expect("a departure");
    portail.avancer("61 days").await;
    jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run");
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where statut = 'clos'")
            .await,
        1
    );
    assert_eq!(
        portail.nombre("select count(*) from piece_morceaux").await,
        1
    );
    assert_eq!(
        portail
            .nombre("select count(*) from pieces_jointes where effacee_le is not null and nom = '(effacé)'")
            .await,
        2
    );
    assert_eq!(
        portail
            .nombre("select count(*) from sollicitation_brouillons")
            .await,
        0,
        "hers at once, that of Léa by its age: {de_lea}"
    );
}

#[tokio::test]
async fn un_an_apres_la_cloture_les_fichiers_sont_effaces() {
    let (portail, _) = monde().await;
    let zoe = portail.id(ZOE).await;
    let id = portail.sollicitation(zoe, "Close").await;
    let piece = portail.piece(zoe, None, Some(id)).await;
    let ouverte = portail.sollicitation(zoe, "Ouverte").await;
    portail.piece(zoe, None, Some(ouverte)).await;
    let mut acteur = portail.connecter(ZOE).await;
    acteur
        .poster(&format!("/sollicitations/{id}/cloture"), &[])
        .await
        .statut(200);
    let tourner = async || {
        jobs::lancer_une_fois(&portail.app, &Systeme::processus())
            .await
            .expect("a run")
            .expect("nobody else runs")
            .pieces_effacees
    };
    portail.avancer("1 year").await;
    portail.avancer("-1 minute").await;
    assert_eq!(tourner().await, 0);
    portail.avancer("1 minute").await;
    assert_eq!(tourner().await, 1);
    assert_eq!(tourner().await, 0);
    assert_eq!(
        portail.nombre("select count(*) from piece_morceaux").await,
        1
    );
    let mut acteur = portail.connecter(ZOE).await;
    acteur
        .page(&format!("/sollicitations/{id}"))
        .await
        .contient("preuve.pdf")
        .contient("Effacée");
    acteur
        .lire(&format!("/sollicitations/{id}/pieces/{piece}"))
        .await
        .statut(409);
}
