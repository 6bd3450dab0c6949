use vantail::acces::Systeme;
use vantail::jobs;

use super::{SABINE, ZOE, actions, monde, statut};
use crate::support::Portail;

async fn tourner(portail: &Portail) -> u64 {
    jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run")
        .expect("nobody else runs")
        .sollicitations_closes
}

#[tokio::test]
async fn trente_jours_apres_sa_resolution_une_sollicitation_se_clot_pour_de_bon() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let mut sabine = portail.connecter(SABINE).await;
    sabine
        .poster(
            &format!("/support/sollicitations/{id}/resolution"),
            &[("texte", "C’est réparé.")],
        )
        .await
        .statut(200);
    portail.avancer("29 days 23 hours 59 minutes").await;
    assert_eq!(tourner(&portail).await, 0);
    assert_eq!(statut(&portail).await, "resolue");
    portail.avancer("1 minute").await;
    assert_eq!(tourner(&portail).await, 1);
    assert_eq!(tourner(&portail).await, 0);
    assert_eq!(statut(&portail).await, "close");
    let mut zoe = portail.connecter(ZOE).await;
    let fil = format!("/sollicitations/{id}");
    let page = zoe.page(&fil).await;
    page.contient("Le portail")
        .contient("au bout de 30 jours, a clos la sollicitation")
        .contient("terminée depuis plus de 30 jours");
    assert!(page.formulaire_eventuel("Rouvrir").is_none());
    let avant = portail.empreinte().await;
    zoe.poster(&format!("{fil}/reouverture"), &[("texte", "Encore")])
        .await
        .statut(409);
    zoe.poster(&format!("{fil}/reponse"), &[("texte", "Encore")])
        .await
        .statut(409)
        .contient("déposez-en une nouvelle");
    assert_eq!(portail.empreinte().await, avant);
    assert_eq!(
        actions(&portail).await.last().map(String::as_str),
        Some("sollicitation_close")
    );
}

#[tokio::test]
async fn une_sollicitation_rouverte_a_temps_ne_se_clot_pas() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let mut sabine = portail.connecter(SABINE).await;
    let resolution = format!("/support/sollicitations/{id}/resolution");
    sabine
        .poster(&resolution, &[("texte", "C’est réparé.")])
        .await
        .statut(200);
    portail.avancer("29 days").await;
    let mut zoe = portail.connecter(ZOE).await;
    zoe.poster(
        &format!("/sollicitations/{id}/reouverture"),
        &[("texte", "Non.")],
    )
    .await
    .statut(200);
    portail.avancer("2 days").await;
    assert_eq!(tourner(&portail).await, 0);
    assert_eq!(statut(&portail).await, "en_cours");
}
