//! Inside a support session nothing is ever changed: every route of the table is tried (failure-modes L8).

use vantail::acces::Permission;

use super::monde::Monde;
use super::table;

#[tokio::test]
async fn dans_une_session_d_assistance_rien_ne_se_modifie() {
    let monde = Monde::nouveau().await;
    let mut gp = monde.acteur("gp@a.example").await;
    let page = gp.poster("/mon-compte/assistance/code", &[]).await;
    let code = page.tous(".reference").remove(0);
    let mut agent = monde.acteur("support@vantail.example").await;
    agent
        .poster(
            "/support/assistance",
            &[("code", &code), ("motif", "Je regarde avec lui.")],
        )
        .await
        .statut(200)
        .contient("Terminer la session d’assistance");
    let avant = monde.portail.empreinte().await;
    let mut refusees = 0;
    for route in table(&monde.portail) {
        let a_part = matches!(route.permission, Permission::Regard | Permission::Technique)
            || route.chemin == "/deconnexion";
        if a_part || !route.change_l_etat {
            continue;
        }
        let page = agent
            .poster_sans_suivre(&monde.a.adresse(&route), &[])
            .await;
        assert_eq!(page.statut.as_u16(), 403, "{}", route.chemin);
        refusees += 1;
    }
    assert!(refusees > 100, "{refusees}");
    // He does see what the person sees.
    let fiche = format!("/structures/{}", monde.a.structure);
    agent.page(&fiche).await.statut(200);
    let autre = format!("/structures/{}", monde.b.structure);
    agent.page(&autre).await.statut(404);
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
    let tentatives = monde
        .portail
        .nombre("select count(*) from assistances_pages where refusee")
        .await;
    assert_eq!(tentatives, refusees, "every attempt is in the transcript");
}
