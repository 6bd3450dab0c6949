use super::{GP, JULIE, LIEN, Monde, corps, historique_vrai};

#[tokio::test]
async fn je_retire_ma_demande_et_les_decideurs_le_savent() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let liste = m.julie.page("/mon-compte/abonnements").await;
    let fenetre = m.julie.page(&liste.lien("Retirer la demande")).await;
    fenetre
        .statut(200)
        .contient("Factures à valider, en consultation (Tous les services)");
    for _ in 0..2 {
        fenetre
            .formulaire("Retirer la demande")
            .envoyer(&mut m.julie)
            .await
            .statut(200)
            .contient("Votre demande est retirée.");
    }
    assert_eq!(m.statut(demande).await, "retiree");
    assert_eq!(m.actions().await, ["demande_abonnement_retiree"]);
    historique_vrai(&m.portail).await;
    let recus = m.portail.courriers_pour(GP).await;
    assert_eq!(recus.len(), 1);
    assert_eq!(
        corps(&recus[0]),
        format!(
            "Bonjour Paul Gerant,\n\n\
             Julie Bon retire sa demande d’abonnement sur Mairie de Terneuil\u{202F}:\n\
             - Factures à valider, en consultation (Tous les services)\n\
             - Factures de travaux, en modification (Tous les services)\n\n\
             Vous n’avez plus rien à décider à son sujet.\n\n\
             Pour voir les demandes en attente\u{202F}:\n{LIEN}"
        )
    );
    // It waits no more, and may be asked again.
    m.gp.page("/activites")
        .await
        .ne_contient_pas("Julie Bon Julie");
    let champs = [
        ("maille", "structure"),
        ("consultation", "factures_a_valider"),
    ];
    m.julie
        .poster(&m.ajout(), &champs)
        .await
        .contient("Votre demande est envoyée.");
}

#[tokio::test]
async fn une_demande_decidee_ne_se_retire_plus() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let adresse = format!("/mon-compte/demandes-abonnement/{demande}/retrait");
    m.gp.page(&m.ecran(demande))
        .await
        .formulaire("Valider")
        .envoyer(&mut m.gp)
        .await;
    let avant = m.portail.empreinte().await;
    m.julie
        .poster(&adresse, &[])
        .await
        .statut(409)
        .contient("déjà été traitée par Paul Gerant");
    m.julie.page(&adresse).await.statut(404);
    assert_eq!(m.portail.empreinte().await, avant);
}

#[tokio::test]
async fn seul_ce_qui_vient_d_une_demande_se_retire() {
    let mut m = Monde::nouveau().await;
    m.portail
        .abonnement(
            m.r_julie,
            Some(m.achats),
            "factures_a_valider",
            "modification",
        )
        .await;
    let liste = m.julie.page("/mon-compte/abonnements").await;
    let fenetre = m.julie.page(&liste.lien("Retirer cet abonnement")).await;
    fenetre
        .statut(200)
        .contient("Sur votre demande".to_lowercase().as_str())
        .formulaire("Retirer cet abonnement")
        .envoyer(&mut m.julie)
        .await
        .statut(200)
        .contient("Votre abonnement est retiré.");
    assert!(m.en_plus(JULIE).await.is_empty());
    assert_eq!(m.actions().await, ["abonnement_retire"]);
    assert_eq!(
        corps(&m.portail.courriers_pour(JULIE).await[0]),
        format!(
            "Bonjour Julie Bon,\n\n\
             Vous avez retiré cet abonnement sur Mairie de Terneuil\u{202F}:\n\
             - Factures à valider, en modification (Achats)\n\n\
             Si ce n’est pas vous, changez votre mot de passe et prévenez un gestionnaire de la structure.\n\n\
             Pour revoir vos abonnements\u{202F}:\n{LIEN}"
        )
    );
    // What the role gives explains itself and stays.
    let defaut = m
        .portail
        .uuid("select a.id from abonnements a join rattachements r on r.id = a.rattachement_id join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = 'julie.bon@test.example' and a.origine = 'defaut' limit 1")
        .await;
    let adresse = format!("/mon-compte/abonnements/retrait/{defaut}");
    let avant = m.portail.empreinte().await;
    let page = m.julie.page(&adresse).await;
    page.statut(200)
        .contient("Cet espace ne se retire pas ici")
        .contient("donné par votre rôle");
    assert!(page.formulaire_eventuel("Retirer cet abonnement").is_none());
    m.julie.poster(&adresse, &[]).await.statut(409);
    assert_eq!(m.portail.empreinte().await, avant);
}
