use super::{FIN, MIENNE, PAUL, SABINE, ZOE, code_de, monde, ouvrir};
use crate::support::instructions;

#[tokio::test]
async fn avec_un_code_l_agent_voit_les_ecrans_et_la_personne_en_recoit_le_releve() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let mon_compte = zoe.page("/mon-compte").await;
    let page = zoe.page(&mon_compte.lien("Session d’assistance")).await;
    let page = page
        .formulaire("Donner un code, valable 15 minutes")
        .envoyer(&mut zoe)
        .await;
    page.statut(200).contient("Il sert une fois");
    let code = page.tous(".reference").remove(0);
    // Shown once.
    zoe.page(MIENNE)
        .await
        .contient("Un code attend un agent du support")
        .ne_contient_pas(&code);

    let mut sabine = portail.connecter(SABINE).await;
    let bureau = sabine.page("/support").await;
    let page = sabine
        .page(&bureau.lien("Ouvrir une session d’assistance"))
        .await;
    page.formulaire("Ouvrir la session")
        .remplir("code", &code.to_lowercase().replace('-', " "))
        .remplir("motif", "Elle ne voit pas sa mairie.")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("Vous voyez le portail comme")
        .contient("Terminer la session d’assistance");
    sabine
        .page("/mon-compte/rattachements")
        .await
        .statut(200)
        .contient("Mairie de Terneuil");
    // Her own desk is not there: she sees what Zoé sees.
    sabine.page("/support").await.statut(404);

    let page = zoe.page("/mon-compte").await;
    page.contient("du support, voit vos écrans");
    zoe.page(MIENNE)
        .await
        .contient("Vos écrans sont vus en ce moment");
    let recus = portail.courriers_pour(ZOE).await;
    assert_eq!(recus.len(), 1);
    assert!(recus[0].sujet.ends_with("voit vos écrans"));
    assert!(recus[0].texte.contains("Elle ne voit pas sa mairie."));

    let page = sabine.page("/").await;
    page.formulaire("Terminer la session d’assistance")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("La session d’assistance est terminée.")
        .contient("Bureau du support");
    zoe.page("/").await.ne_contient_pas("voit vos écrans");

    let recus = portail.courriers_pour(ZOE).await;
    assert_eq!(recus.len(), 2);
    let releve = &recus[1];
    assert!(
        releve
            .sujet
            .ends_with("relevé de votre session d’assistance")
    );
    for phrase in [
        "L’agent du support y a mis fin.",
        "Accueil",
        "Mes rattachements aux structures",
        "Bureau du support",
        "Elle ne voit pas sa mairie.",
    ] {
        assert!(releve.texte.contains(phrase), "{phrase}: {}", releve.texte);
    }
    let page = zoe.page(MIENNE).await;
    let page = zoe.page(&page.lien("Relevé")).await;
    page.statut(200)
        .contient("Mes rattachements aux structures")
        .contient("L’agent du support y a mis fin.");
    // The transcript of somebody else does not exist.
    let mut paul = portail.connecter(PAUL).await;
    let adresse = portail.uuid("select id from assistances").await;
    paul.page(&format!("{MIENNE}/{adresse}")).await.statut(404);
}

#[tokio::test]
async fn la_session_est_a_l_historique_de_la_structure_avec_son_motif() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    let mut sabine = portail.connecter(SABINE).await;
    ouvrir(&mut sabine, &code).await.statut(200);
    let (genre, motif): (String, String) = sqlx::query_as(
        "select h.acteur_genre, d.donnees::json ->> 'motif' from historique h
         join historique_donnees d on d.historique_id = h.id join structures s on s.id = h.structure_id
         where h.action = 'assistance_ouverte' and s.raison_sociale = 'Mairie de Terneuil'
           and h.concerne_id = (select id from utilisateurs where adresse_connexion = $1)
           and h.acteur_id = (select id from utilisateurs where adresse_connexion = $2)",
    )
    .bind(ZOE)
    .bind(SABINE)
    .fetch_one(&portail.db)
    .await
    .expect("one line");
    assert_eq!(
        (genre.as_str(), motif.as_str()),
        ("equipe", "Elle ne voit pas sa mairie.")
    );
    let mut paul = portail.connecter(PAUL).await;
    paul.page("/activites")
        .await
        .contient("Session d’assistance ouverte");
    sabine.poster(FIN, &[]).await.statut(200);
}

#[tokio::test]
async fn la_page_de_la_personne_tient_en_peu_d_instructions() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let mut sabine = portail.connecter(SABINE).await;
    for _ in 0..3 {
        let code = code_de(&mut zoe).await;
        ouvrir(&mut sabine, &code).await.statut(200);
        sabine.poster(FIN, &[]).await.statut(200);
    }
    let (page, nombre) = instructions::compter(zoe.page(MIENNE)).await;
    page.statut(200).contient("Sessions passées");
    assert!(nombre <= 8, "{nombre}");
}

#[tokio::test]
async fn mes_donnees_ont_mes_sessions_avec_leur_releve_et_pas_celles_des_autres() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let mut paul = portail.connecter(PAUL).await;
    let mut sabine = portail.connecter(SABINE).await;
    for (acteur, page) in [
        (&mut zoe, "/mon-compte/rattachements"),
        (&mut paul, "/activites"),
    ] {
        let code = code_de(acteur).await;
        ouvrir(&mut sabine, &code).await.statut(200);
        sabine.page(page).await.statut(200);
        // All that the portal knows of a person leaves by her own hands only.
        sabine.lire("/mon-compte/donnees.json").await.statut(403);
        sabine.poster(FIN, &[]).await.statut(200);
    }
    for (acteur, vue, pas_vue) in [
        (&mut zoe, "/mon-compte/rattachements", "/activites"),
        (&mut paul, "/activites", "/mon-compte/rattachements"),
    ] {
        let page = acteur.lire("/mon-compte/donnees.json").await;
        let donnees: serde_json::Value = serde_json::from_str(&page.corps).expect("JSON");
        let sessions = donnees["sessions_d_assistance"].as_array().expect("a list");
        assert_eq!(sessions.len(), 1, "{sessions:?}");
        assert_eq!(sessions[0]["agent"], "Sabine Support");
        assert_eq!(sessions[0]["motif"], "Elle ne voit pas sa mairie.");
        assert_eq!(sessions[0]["cloture"], "agent");
        let pages: Vec<&str> = sessions[0]["pages"]
            .as_array()
            .expect("a transcript")
            .iter()
            .filter_map(|p| p["page"].as_str())
            .collect();
        assert!(pages.contains(&vue), "{pages:?}");
        assert!(!pages.contains(&pas_vue), "{pages:?}");
    }
    // The agent's own: nobody saw her screens.
    let page = sabine.lire("/mon-compte/donnees.json").await;
    let donnees: serde_json::Value = serde_json::from_str(&page.corps).expect("JSON");
    assert_eq!(donnees["sessions_d_assistance"], serde_json::json!([]));
}
