use vantail::acces::Systeme;
use vantail::jobs;

use super::{PAUL, SABINE, ZOE, monde};
use crate::support::instructions;

#[tokio::test]
async fn les_nouvelles_d_abord_et_un_filtre_par_etat() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    for statut in [
        "en_cours",
        "nouvelle",
        "resolue",
        "close",
        "en_attente_du_demandeur",
    ] {
        let id = portail.sollicitation(zoe, &format!("Objet {statut}")).await;
        sqlx::query(
            "update sollicitations set statut = $2, resolue_le = case when $2 = 'resolue' then maintenant() end,
               close_le = case when $2 = 'close' then maintenant() end where id = $1",
        )
        .bind(id)
        .bind(statut)
        .execute(&portail.db)
        .await
        .expect("a state");
    }
    let mut sabine = portail.connecter(SABINE).await;
    let (page, compte) = instructions::compter(sabine.page("/support")).await;
    assert!(compte <= 8, "{compte} statements");
    let objets = |page: &crate::support::page::PageLue| -> Vec<String> {
        page.tous("#sollicitations tbody th")
            .into_iter()
            .map(|t| t.split(' ').nth(1).unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        objets(&page),
        ["nouvelle", "en_cours", "en_attente_du_demandeur"]
    );
    for etat in [
        "nouvelle",
        "en_cours",
        "en_attente_du_demandeur",
        "resolue",
        "close",
    ] {
        let page = sabine.page(&format!("/support?s.etat={etat}")).await;
        assert_eq!(objets(&page), [etat]);
        page.contient("(1 ligne)");
    }
    // A state nobody knows filters nothing.
    let page = sabine.page("/support?s.etat=autre&s.tri=date-desc").await;
    assert_eq!(objets(&page).len(), 3);
    // Their counts are on the accueil.
    let (accueil, compte) = instructions::compter(sabine.page("/")).await;
    assert!(compte <= 8, "{compte} statements");
    accueil
        .contient("À traiter par le support")
        .contient("1 nouvelle sollicitation");
    assert_eq!(accueil.lien("Support"), "/support");
}

#[tokio::test]
async fn les_demandes_sans_reponse_se_voient_et_seulement_elles() {
    let portail = monde().await;
    let (zoe, paul) = (portail.id(ZOE).await, portail.id(PAUL).await);
    let suivie = portail.structure("Suivie", 1, true).await;
    let orpheline = portail.structure("Orpheline", 2, true).await;
    portail.gp(suivie, paul).await;
    portail.demande(suivie, zoe, "us", &[]).await;
    // Deposited through the portal: the support is told at once.
    let mut acteur = portail.connecter(ZOE).await;
    let champs = [
        ("maille", "structure"),
        ("role", "us"),
        ("commentaire", "Un secret de Zoé"),
    ];
    acteur
        .poster(
            &format!("/mon-compte/rattachements/demande/{orpheline}"),
            &champs,
        )
        .await
        .statut(200);
    let tourner = async || {
        jobs::lancer_une_fois(&portail.app, &Systeme::processus())
            .await
            .expect("a run")
    };
    tourner().await;
    let mut sabine = portail.connecter(SABINE).await;
    let page = sabine.page("/support").await;
    page.contient("(1 ligne)").contient("Orpheline");
    assert_eq!(page.tous("#demandes tbody tr").len(), 1);
    assert!(page.tous("#demandes tbody tr")[0].contains("Personne ne peut décider"));
    page.ne_contient_pas("Suivie")
        .ne_contient_pas("Un secret de Zoé");
    portail.avancer("14 days").await;
    tourner().await;
    let mut sabine = portail.connecter(SABINE).await;
    let page = sabine.page("/support?d.tri=structure-desc").await;
    let lignes = page.tous("#demandes tbody tr");
    assert_eq!(lignes.len(), 2);
    assert!(lignes[0].contains("Suivie") && lignes[0].contains("Pas de décision en 14 jours"));
    assert!(lignes[0].contains("Paul Gerant") && lignes[0].contains("depuis 14 jours"));
    sabine
        .page("/")
        .await
        .contient("2 demandes sans réponse")
        .contient("La plus ancienne attend depuis 14 jours.");
    // Decided, then managed: neither is there any more.
    sqlx::query("update demandes_rattachement set statut = 'refusee', motif = 'Non', traitee_le = maintenant() where structure_id = $1")
        .bind(suivie)
        .execute(&portail.db)
        .await
        .expect("a refusal");
    let page = sabine.page("/support").await;
    assert_eq!(page.tous("#demandes tbody tr").len(), 1);
}

/// Once somebody can decide, and before 14 days, it is no longer the support's.
#[tokio::test]
async fn un_gestionnaire_designe_retire_la_demande_du_bureau() {
    let portail = monde().await;
    let orpheline = portail.structure("Orpheline", 2, true).await;
    let mut acteur = portail.connecter(ZOE).await;
    let champs = [
        ("maille", "structure"),
        ("role", "us"),
        ("commentaire", "Bonjour"),
    ];
    acteur
        .poster(
            &format!("/mon-compte/rattachements/demande/{orpheline}"),
            &champs,
        )
        .await
        .statut(200);
    portail.gp(orpheline, portail.id(PAUL).await).await;
    let mut sabine = portail.connecter(SABINE).await;
    sabine
        .page("/support")
        .await
        .contient("Aucune demande sans réponse");
    sabine.page("/").await.contient("0 demande sans réponse");
}
