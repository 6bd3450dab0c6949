//! Reading: signed out too, from each screen, for one's audience only.

use super::{ADMIN, ZAHRA};
use crate::support::{Portail, config_avec, instructions};

#[tokio::test]
async fn l_aide_se_lit_sans_compte() {
    let portail = super::portail().await;
    let mut visiteur = portail.anonyme();
    let (page, compte) = instructions::compter(visiteur.page("/aide")).await;
    page.statut(200)
        .contient("Premiers pas")
        .contient("Créer mon compte")
        .ne_contient_pas("Valider une demande de rattachement")
        .ne_contient_pas("Ailleurs");
    assert!(compte <= 8, "{compte} statements");
    let (article, compte) = instructions::compter(visiteur.page("/aide/creer-un-compte")).await;
    article
        .statut(200)
        .contient("guide « Gérer une organisation et ses utilisateurs », section 3.1");
    assert_eq!(article.tous("h1"), ["Créer mon compte"]);
    assert!(compte <= 8, "{compte} statements");
    // Each theme has its page.
    visiteur
        .page("/aide?theme=compte")
        .await
        .contient("Réactiver mon compte")
        .ne_contient_pas("Créer mon compte");
    visiteur.page("/aide?theme=inconnu").await.statut(200);
}

#[tokio::test]
async fn ce_qui_n_est_pas_pour_moi_n_existe_pas() {
    let portail = super::portail().await;
    portail.agent("sabine@vantail.example", "support").await;
    let gp = portail.personne("pauline.dufour@terneuil.example").await;
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    portail.gp(ccas, gp).await;
    let mut visiteur = portail.anonyme();
    let mut zahra = portail.connecter(ZAHRA).await;
    let mut pauline = portail.connecter("pauline.dufour@terneuil.example").await;
    let mut sabine = portail.connecter("sabine@vantail.example").await;
    for (slug, codes) in [
        ("creer-un-compte", [200, 200, 200, 200]),
        ("mes-courriels", [404, 200, 200, 200]),
        ("refuser-une-demande", [404, 404, 200, 200]),
        ("bureau-du-support", [404, 404, 404, 200]),
        ("inconnu", [404, 404, 404, 404]),
        ("Creer-Un-Compte", [404, 404, 404, 404]),
        ("%00", [404, 404, 404, 404]),
    ] {
        let lecteurs = [&mut visiteur, &mut zahra, &mut pauline, &mut sabine];
        for (lecteur, code) in lecteurs.into_iter().zip(codes) {
            lecteur.page(&format!("/aide/{slug}")).await.statut(code);
        }
    }
}

#[tokio::test]
async fn chaque_ecran_mene_a_son_article() {
    let portail = super::portail().await;
    let gp = portail.personne("pauline.dufour@terneuil.example").await;
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    portail.gp(ccas, gp).await;
    let mut pauline = portail.connecter("pauline.dufour@terneuil.example").await;
    for (ecran, titre) in [
        ("/".to_owned(), "Lire l’accueil connecté"),
        (
            "/mon-compte/courriels".to_owned(),
            "Choisir les courriels que je reçois",
        ),
        (
            "/activites".to_owned(),
            "L’écran « Activités du gestionnaire »",
        ),
        (
            format!("/structures/{ccas}/services"),
            "Modifier, activer ou désactiver un service",
        ),
    ] {
        let page = pauline.page(&ecran).await;
        let lien = page.lien("Aide en ligne");
        assert!(
            !lien.contains(&ccas.to_string()),
            "{lien}: no object in the address"
        );
        assert_eq!(pauline.page(&lien).await.h1(), titre, "{ecran}");
    }
    // Signed out, the accueil has no article of its own: the list.
    let mut visiteur = portail.anonyme();
    let lien = visiteur.page("/").await.lien("Aide en ligne");
    assert_eq!(visiteur.page(&lien).await.h1(), "Aide en ligne");
    let lien = visiteur.page("/connexion").await.lien("Aide en ligne");
    assert_eq!(visiteur.page(&lien).await.h1(), "Me connecter");
    // From an error page as well.
    let lien = visiteur
        .page("/nulle-part")
        .await
        .statut(404)
        .lien("Aide en ligne");
    assert_eq!(visiteur.page(&lien).await.h1(), "Aide en ligne");
    for faux in [
        "",
        "?ecran=",
        "?ecran=//ailleurs.example",
        "?ecran=%27%20or%201%3D1",
    ] {
        let page = visiteur.page(&format!("/aide/ecran{faux}")).await;
        page.statut(200);
        assert_eq!(page.h1(), "Aide en ligne", "{faux}");
    }
}

#[tokio::test]
async fn la_question_se_pose_en_haut_de_chaque_page() {
    let portail = super::portail().await;
    let mut visiteur = portail.anonyme();
    let page = visiteur.page("/connexion").await;
    let formulaire = page
        .formulaire("Demander")
        .remplir("q", "mot de passe oublié");
    assert_eq!(
        (formulaire.methode.as_str(), formulaire.action.as_str()),
        ("get", "/aide/question")
    );
    visiteur
        .page("/aide/question?q=mot+de+passe+oublié")
        .await
        .contient("J’ai oublié mon mot de passe");
    let mut admin = portail.connecter(ADMIN).await;
    admin.page("/administration").await.formulaire("Demander");
}

#[tokio::test]
async fn les_liens_de_l_exploitant_sont_montres_et_marques() {
    let portail = Portail::avec(config_avec(&[
        ("HELP_FAQ_SCHOOLS", "https://faq.example/eple"),
        ("HELP_COMMUNITY", "https://communaute.example"),
    ]))
    .await;
    let page = portail.anonyme().page("/aide").await;
    page.contient("Questions fréquentes des établissements scolaires (site externe)")
        .contient("Site de la communauté (site externe)")
        .ne_contient_pas("Questions fréquentes des entreprises");
    assert_eq!(
        page.lien("Site de la communauté"),
        "https://communaute.example"
    );
}
