use vantail::jobs::Bilan;

use super::{GP, JULES, LEA, MAX, Monde, bilan};
use crate::mon_compte::{actions, etat, gp_de, historique_vrai};

#[tokio::test]
async fn une_passation_se_programme_se_voit_partout_et_a_lieu_a_minuit() {
    let mut monde = Monde::nouveau().await;
    let (le, jour) = (monde.dans(12).await, monde.jour_dans(12).await);
    let adresse = monde.adresse("");
    let page = monde.gp.page(&adresse).await;
    page.statut(200)
        .contient("Tout de suite")
        .contient("À une date");
    assert_eq!(
        page.formulaire("Valider").valeur("quand"),
        Some("maintenant"),
        "at once by default"
    );
    let fenetre = page
        .formulaire("Valider")
        .choisir("choix", "autre")
        .remplir("identifiant", JULES)
        .choisir("quand", "date")
        .remplir("le", &le)
        .envoyer(&mut monde.gp)
        .await;
    fenetre
        .statut(200)
        .contient(&format!("Programmer pour le {jour} la passation"))
        .contient("Rien ne change jusque-là");
    let page = fenetre
        .formulaire("Programmer la passation")
        .envoyer(&mut monde.gp)
        .await;
    page.statut(200).contient("La passation est programmée.");
    assert!(
        page.tous("#passations article")[0].contains(&format!(
            "Jules Martin deviendra gestionnaire principal de Mairie de Terneuil le {jour}."
        )),
        "{}",
        page.texte()
    );
    // The successor, who is attached nowhere, sees it; the fiche says it to the members.
    let mut jules = monde.portail.connecter(JULES).await;
    let page = jules.page("/mon-compte/rattachements").await;
    assert!(page.tous("#passations article")[0].contains(&format!(
        "Vous deviendrez gestionnaire principal de Mairie de Terneuil le {jour}."
    )));
    let mut lea = monde.portail.connecter(LEA).await;
    lea.page(&format!("/structures/{}", monde.mairie))
        .await
        .contient(&format!("Jules Martin, le {jour}"));
    lea.page("/mon-compte/rattachements")
        .await
        .ne_contient_pas("Passations programmées");
    assert_eq!(
        monde.prevenus("passation_programmee").await,
        [GP, JULES, MAX, LEA]
    );
    // No right before.
    jules
        .page(&format!("/structures/{}", monde.mairie))
        .await
        .statut(404);
    assert_eq!(monde.tourner().await, Bilan::default());
    // A second before midnight nothing happens; at midnight it does.
    sqlx::query("update horloge set decalage = debut_du_jour((select le from passations)) - now() - interval '30 seconds'")
        .execute(&monde.portail.db)
        .await
        .expect("almost midnight");
    sqlx::query("update passations set avertis_1_le = maintenant(), avertis_7_le = maintenant()")
        .execute(&monde.portail.db)
        .await
        .expect("warned");
    assert_eq!(monde.tourner().await, Bilan::default());
    assert_eq!(
        gp_de(&monde.portail, monde.mairie).await.as_deref(),
        Some(GP)
    );
    monde.avancer("30 seconds").await;
    assert_eq!(monde.tourner().await, bilan(1, 0, 0));
    assert_eq!(
        gp_de(&monde.portail, monde.mairie).await.as_deref(),
        Some(JULES)
    );
    assert_eq!(etat(&monde.portail, monde.mairie, GP).await, "us validee");
    assert_eq!(monde.statuts().await, ["executee"]);
    assert_eq!(
        actions(&monde.portail, monde.mairie).await,
        ["passation_programmee", "role_transfere"]
    );
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from historique where action = 'role_transfere' and acteur_genre = 'systeme'")
            .await,
        1
    );
    // The mails of an ordinary transfer.
    assert_eq!(monde.prevenus("role_transmis").await, [GP]);
    assert_eq!(monde.prevenus("role_recu").await, [JULES]);
    assert_eq!(monde.prevenus("role_change").await, [MAX, LEA]);
    assert_eq!(monde.tourner().await, Bilan::default(), "once");
    historique_vrai(&monde.portail).await;
    let mut jules = monde.portail.connecter(JULES).await;
    jules.page(&monde.adresse("")).await.statut(200);
    monde.gp.page(&adresse).await.statut(403);
}

#[tokio::test]
async fn en_programmer_une_autre_remplace_la_premiere_et_un_double_clic_n_en_fait_qu_une() {
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 5).await.statut(200);
    let mails = monde.portail.courriers().await.len();
    monde.programmer(LEA, 5).await.statut(200);
    assert_eq!(
        monde.portail.courriers().await.len(),
        mails,
        "a double click"
    );
    assert_eq!(monde.statuts().await, ["programmee"]);
    let avant = monde.adresse("/confirmation");
    let max = monde.portail.id(MAX).await;
    let question = format!("{avant}?successeur={max}&le={}", monde.dans(9).await);
    monde
        .gp
        .page(&question)
        .await
        .contient("La passation déjà programmée (Lea Seconde, le ")
        .contient("celle-ci la remplace");
    monde.programmer(MAX, 9).await.statut(200);
    assert_eq!(monde.statuts().await, ["annulee", "programmee"]);
    assert_eq!(monde.prevenus("passation_annulee").await, [LEA]);
    // Another day for the same person: he reads of the new day only.
    monde.programmer(MAX, 11).await.statut(200);
    assert_eq!(monde.prevenus("passation_annulee").await, [LEA]);
    assert_eq!(monde.statuts().await, ["annulee", "annulee", "programmee"]);
    monde.avancer("30 days").await;
    assert_eq!(monde.tourner().await, bilan(1, 0, 0));
    assert_eq!(
        gp_de(&monde.portail, monde.mairie).await.as_deref(),
        Some(MAX)
    );
    historique_vrai(&monde.portail).await;
}

#[tokio::test]
async fn une_passation_annulee_deux_fois_ou_deja_faite_le_dit() {
    let mut monde = Monde::nouveau().await;
    let adresse = monde.adresse("/annulation");
    // Nothing to cancel: where one is programmed.
    let page = monde.gp.page(&adresse).await;
    page.statut(200).contient("À une date");
    monde.programmer(LEA, 5).await.statut(200);
    let envoi = monde
        .gp
        .page(&adresse)
        .await
        .formulaire("Annuler la passation");
    envoi.envoyer(&mut monde.gp).await.statut(200);
    let apres = monde.portail.courriers().await.len();
    envoi.envoyer(&mut monde.gp).await.statut(200);
    assert_eq!(monde.portail.courriers().await.len(), apres);
    monde.gp.poster(&adresse, &[]).await.statut(422);
    for mauvaise in ["x", &uuid::Uuid::now_v7().to_string()] {
        let champs = [("passation", mauvaise)];
        monde.gp.poster(&adresse, &champs).await.statut(404);
    }
    // Of another structure.
    let ailleurs = monde.portail.structure("Ailleurs", 2, true).await;
    let jules = monde.portail.id(JULES).await;
    monde.portail.gp(ailleurs, jules).await;
    let mut acteur = monde.portail.connecter(JULES).await;
    let autre = format!("/structures/{ailleurs}/transfert");
    let (max, le) = (monde.portail.id(MAX).await.to_string(), monde.dans(3).await);
    let champs = [("successeur", max.as_str()), ("le", le.as_str())];
    acteur
        .poster(&format!("{autre}/confirmation"), &champs)
        .await
        .statut(200);
    let id = monde
        .portail
        .uuid("select id from passations where statut = 'programmee'")
        .await
        .to_string();
    let avant = monde.portail.empreinte().await;
    let champs = [("passation", id.as_str())];
    monde.gp.poster(&adresse, &champs).await.statut(404);
    let mut lea = monde.portail.connecter(LEA).await;
    lea.poster(&adresse, &champs).await.statut(403);
    lea.poster(&format!("{autre}/annulation"), &champs)
        .await
        .statut(404);
    assert_eq!(monde.portail.empreinte().await, avant);
}
