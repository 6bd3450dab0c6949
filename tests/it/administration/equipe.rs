use super::{ADELE, BRUNO, LISTE, SABINE, derniere_ligne, monde};
use crate::support::instructions;

#[tokio::test]
async fn un_compte_de_l_equipe_se_cree_et_s_active_par_courriel() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let page = adele.page("/administration").await;
    let page = adele.page(&page.lien("Comptes de l’équipe")).await;
    let page = adele.page(&page.lien("Créer un compte de l’équipe")).await;
    page.formulaire("Créer le compte")
        .remplir("prenom", "Simon")
        .remplir("nom", "Nouvel")
        .remplir("adresse_connexion", "Simon.Nouvel@test.example")
        .remplir("equipe", "support")
        .remplir("motif", "Il rejoint le bureau.")
        .envoyer(&mut adele)
        .await
        .statut(200)
        .contient("Le compte est créé.")
        .contient("En cours d’activation")
        .contient("Simon Nouvel");
    let recus = portail.courriers_pour("simon.nouvel@test.example").await;
    assert_eq!(recus.len(), 1);
    assert_eq!(recus[0].gabarit, "activation");
    assert_eq!(
        derniere_ligne(&portail).await,
        (
            "Compte de l’équipe créé".to_owned(),
            "Il rejoint le bureau.".to_owned()
        )
    );
    let page = adele.page(&format!("{LISTE}?e.q=nouvel")).await;
    let page = adele.page(&page.lien("Gérer")).await;
    page.formulaire("Renvoyer le lien d’activation")
        .envoyer(&mut adele)
        .await
        .contient("Un nouveau lien d’activation part par courriel.");
    assert_eq!(
        portail
            .courriers_pour("simon.nouvel@test.example")
            .await
            .len(),
        2
    );
    // Created by mistake: stopped before its activation, its links open nothing.
    let page = adele.page(&format!("{LISTE}?e.q=nouvel")).await;
    let page = adele.page(&page.lien("Gérer")).await;
    let page = adele.page(&page.lien("Désactiver")).await;
    page.formulaire("Valider")
        .remplir("motif", "Erreur de saisie.")
        .envoyer(&mut adele)
        .await
        .contient("Le compte est désactivé.");
    assert_eq!(portail.nombre("select count(*) from jetons").await, 0);
}

#[tokio::test]
async fn un_agent_desactive_ne_revient_pas_de_lui_meme() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let mut sabine = portail.connecter(SABINE).await;
    sabine.page("/support").await.statut(200);
    let id = portail.id(SABINE).await;
    let page = adele.page(&format!("{LISTE}/{id}")).await;
    let page = adele.page(&page.lien("Désactiver")).await;
    page.statut(200)
        .contient("Ses connexions ouvertes se ferment");
    page.formulaire("Valider")
        .remplir("motif", "Elle quitte le service.")
        .envoyer(&mut adele)
        .await
        .statut(200)
        .contient("Le compte est désactivé.");
    // The open session is over, and the password opens neither the portal nor the page of the return.
    sabine.lire("/support").await.statut(303);
    let mut anonyme = portail.anonyme();
    let page = anonyme.page("/connexion").await;
    page.formulaire("Se connecter")
        .remplir("adresse", SABINE)
        .remplir("mot_de_passe", crate::support::MOT_DE_PASSE)
        .envoyer(&mut anonyme)
        .await
        .statut(422)
        .contient("Adresse ou mot de passe incorrect.");
    let recus = portail.courriers_pour(SABINE).await;
    let dernier = recus.last().expect("a mail");
    assert!(dernier.sujet.ends_with("votre compte de l’équipe a changé"));
    for phrase in ["Votre compte est désactivé.", "Elle quitte le service."] {
        assert!(dernier.texte.contains(phrase), "{}", dernier.texte);
    }
    assert_eq!(
        derniere_ligne(&portail).await,
        (
            "Compte de l’équipe désactivé".to_owned(),
            "Elle quitte le service.".to_owned()
        )
    );

    let page = adele.page(&format!("{LISTE}/{id}")).await;
    let page = adele.page(&page.lien("Réactiver")).await;
    page.formulaire("Valider")
        .remplir("motif", "Elle est de retour.")
        .envoyer(&mut adele)
        .await
        .contient("Le compte est réactivé.");
    let mut sabine = portail.connecter(SABINE).await;
    sabine.page("/support").await.statut(200);
}

#[tokio::test]
async fn changer_d_equipe_change_ce_qui_se_voit_a_la_page_suivante() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let mut sabine = portail.connecter(SABINE).await;
    let id = portail.id(SABINE).await;
    let page = adele.page(&format!("{LISTE}/{id}")).await;
    page.formulaire("Changer d’équipe")
        .remplir("equipe", "administrateur")
        .remplir("motif", "Elle remplace Bruno.")
        .envoyer(&mut adele)
        .await
        .statut(200)
        .contient("change d’équipe.");
    sabine.page("/support").await.statut(404);
    sabine.page("/administration").await.statut(200);
    let recus = portail.courriers_pour(SABINE).await;
    assert!(recus[0].texte.contains("Administrateurs"));
    let journal = adele.page("/administration/journal").await;
    journal
        .contient("Équipe modifiée")
        .contient("Elle remplace Bruno.")
        .contient("Équipe\u{202F}: Support → Administrateurs");
    let trouve = adele.page("/administration/journal?j.q=remplace").await;
    trouve.contient("(1 ligne)");
    adele
        .page("/administration/journal?j.q=introuvable")
        .await
        .contient("Aucune ligne");
}

#[tokio::test]
async fn un_telephone_perdu_se_remplace() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let mut sabine = portail.connecter(SABINE).await;
    let id = portail.id(SABINE).await;
    sqlx::query(
        "update utilisateurs set facteur_le = maintenant(), facteur_sel = decode(repeat('00', 32), 'hex'), facteur_version = 1,
           facteur_pas = 0 where id = $1",
    )
    .bind(id)
    .execute(&portail.db)
    .await
    .expect("a factor");
    let page = adele.page(&format!("{LISTE}/{id}")).await;
    let page = adele
        .page(&page.lien("Retirer la double authentification"))
        .await;
    page.formulaire("Valider")
        .remplir("motif", "Téléphone volé, identité vérifiée.")
        .envoyer(&mut adele)
        .await
        .contient("La double authentification est retirée.");
    sabine.lire("/support").await.statut(303);
    let recus = portail.courriers_pour(SABINE).await;
    let gabarits: Vec<_> = recus.iter().map(|c| c.gabarit.as_str()).collect();
    assert_eq!(gabarits, ["facteur_retire", "equipe_modifiee"]);
    // Nothing left to take away.
    let page = adele
        .poster(
            &format!("{LISTE}/{id}/double-authentification"),
            &[("motif", "Encore.")],
        )
        .await;
    page.statut(409);
}

#[tokio::test]
async fn la_liste_et_le_journal_tiennent_en_peu_d_instructions() {
    let portail = monde().await;
    for n in 0..40 {
        portail
            .agent(&format!("agent{n}@test.example"), "support")
            .await;
    }
    let mut adele = portail.connecter(ADELE).await;
    for adresse in [
        LISTE,
        "/administration/equipe?e.tri=equipe-desc&e.par=100",
        "/administration/journal",
    ] {
        let (page, nombre) = instructions::compter(adele.page(adresse)).await;
        page.statut(200);
        assert!(nombre <= 8, "{adresse}: {nombre}");
    }
    adele
        .page(&format!("{LISTE}?e.q=bruno"))
        .await
        .contient(BRUNO)
        .ne_contient_pas(SABINE);
}
