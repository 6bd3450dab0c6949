use vantail::acces::Systeme;

use super::{FIN, MIENNE, SABINE, SOFIANE, ZOE, code_de, monde, ouvrir};
use crate::support::Portail;

async fn jobs(portail: &Portail) {
    vantail::jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run");
}

async fn releves(portail: &Portail) -> Vec<String> {
    let recus = portail.courriers_pour(ZOE).await;
    recus
        .into_iter()
        .filter(|c| c.gabarit == "assistance_releve")
        .map(|c| c.texte)
        .collect()
}

#[tokio::test]
async fn la_personne_y_met_fin_et_l_agent_ne_voit_plus_rien() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    let mut sabine = portail.connecter(SABINE).await;
    ouvrir(&mut sabine, &code).await.statut(200);
    let page = zoe.page("/").await;
    page.formulaire("Mettre fin à la session d’assistance")
        .envoyer(&mut zoe)
        .await
        .statut(200)
        .contient("Le support ne voit plus vos écrans.");
    // At the very next page the agent is herself again.
    sabine
        .page("/")
        .await
        .ne_contient_pas("Terminer la session");
    sabine.page("/support").await.statut(200);
    let releves = releves(&portail).await;
    assert_eq!(releves.len(), 1);
    assert!(releves[0].contains("Vous y avez mis fin."));
    // The agent's button of before: nothing is left to end.
    sabine.poster_sans_suivre(FIN, &[]).await.statut(404);
}

#[tokio::test]
async fn apres_trente_minutes_rien_ne_se_voit_meme_sans_les_taches() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    let mut sabine = portail.connecter(SABINE).await;
    ouvrir(&mut sabine, &code).await.statut(200);
    portail.avancer("29 minutes").await;
    sabine.page("/").await.contient("Terminer la session");
    portail.avancer("1 minute").await;
    sabine.page("/support").await.statut(200);
    zoe.page("/").await.ne_contient_pas("voit vos écrans");
    assert!(releves(&portail).await.is_empty());
    jobs(&portail).await;
    jobs(&portail).await;
    let releves = releves(&portail).await;
    assert_eq!(releves.len(), 1);
    assert!(releves[0].contains("Sa durée était écoulée."));
}

#[tokio::test]
async fn l_agent_qui_part_ou_qui_n_en_est_plus_ne_voit_plus_rien() {
    for partir in ["/deconnexion", ""] {
        let portail = monde().await;
        let mut zoe = portail.connecter(ZOE).await;
        let code = code_de(&mut zoe).await;
        let mut sabine = portail.connecter(SABINE).await;
        ouvrir(&mut sabine, &code).await.statut(200);
        if partir.is_empty() {
            sqlx::query("update utilisateurs set equipe = 'referent' where adresse_connexion = $1")
                .bind(SABINE)
                .execute(&portail.db)
                .await
                .expect("another team");
            sabine
                .page("/")
                .await
                .ne_contient_pas("Terminer la session");
        } else {
            sabine.poster_sans_suivre(partir, &[]).await.statut(303);
        }
        zoe.page("/").await.ne_contient_pas("voit vos écrans");
        jobs(&portail).await;
        let releves = releves(&portail).await;
        assert_eq!(releves.len(), 1, "{partir}");
        assert!(releves[0].contains("L’agent du support y a mis fin."));
    }
}

#[tokio::test]
async fn un_agent_ne_regarde_qu_une_personne_a_la_fois() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let mut paul = portail.connecter(super::PAUL).await;
    let mut sabine = portail.connecter(SABINE).await;
    let mut ailleurs = portail.connecter(SABINE).await;
    let code = code_de(&mut zoe).await;
    ouvrir(&mut sabine, &code).await.statut(200);
    let code = code_de(&mut paul).await;
    ouvrir(&mut ailleurs, &code).await.statut(200);
    sabine.page("/support").await.statut(200);
    ailleurs.page("/support").await.statut(404);
    assert_eq!(releves(&portail).await.len(), 1);
}

#[tokio::test]
async fn un_autre_code_remplace_le_premier() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let premier = code_de(&mut zoe).await;
    let second = code_de(&mut zoe).await;
    let mut sabine = portail.connecter(SABINE).await;
    let page = ouvrir(&mut sabine, &premier).await;
    assert!(page.statut(422).erreur_de("code").is_some());
    ouvrir(&mut sabine, &second).await.statut(200);
    // Giving another one while an agent looks ends what he sees.
    code_de(&mut zoe).await;
    sabine.page("/support").await.statut(200);
    let releves = releves(&portail).await;
    assert_eq!(releves.len(), 1);
    assert!(releves[0].contains("Vous avez donné un autre code."));
    zoe.poster(&format!("{MIENNE}/fin"), &[]).await.statut(200);
    let mut sofiane = portail.connecter(SOFIANE).await;
    ouvrir(&mut sofiane, &second).await.statut(422);
}

#[tokio::test]
async fn les_releves_s_effacent_avec_le_compte() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    let mut sabine = portail.connecter(SABINE).await;
    ouvrir(&mut sabine, &code).await.statut(200);
    sabine.poster(FIN, &[]).await.statut(200);
    assert_eq!(portail.nombre("select count(*) from assistances").await, 1);
    sqlx::query(
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = $1",
    )
    .bind(ZOE)
    .execute(&portail.db)
    .await
    .expect("a deactivated account");
    portail.avancer("61 days").await;
    jobs(&portail).await;
    assert_eq!(portail.nombre("select count(*) from assistances").await, 0);
    assert_eq!(
        portail
            .nombre("select count(*) from assistances_pages")
            .await,
        0
    );
}
