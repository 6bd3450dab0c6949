use super::{LEA, SABINE, SOFIANE, ZOE, actions, corps, monde, statut};

#[tokio::test]
async fn la_personne_et_le_support_s_ecrivent_jusqu_a_la_cloture() {
    let portail = monde().await;
    let id = portail
        .sollicitation(portail.id(ZOE).await, "Les courriels")
        .await;
    let mut zoe = portail.connecter(ZOE).await;
    let mut sabine = portail.connecter(SABINE).await;
    let fil = format!("/sollicitations/{id}");
    let dossier = format!("/support/sollicitations/{id}");

    zoe.page(&fil).await.contient("Pas encore de réponse");
    zoe.page(&fil)
        .await
        .formulaire("Répondre")
        .remplir("texte", "J’ajoute une précision.\nEt une autre.")
        .envoyer(&mut zoe)
        .await
        .statut(200)
        .contient("Votre réponse est envoyée.");
    assert_eq!(statut(&portail).await, "nouvelle");
    // Nobody has it yet: the whole desk is told.
    for agent in [SABINE, SOFIANE] {
        assert_eq!(portail.courriers_pour(agent).await.len(), 1);
    }

    sabine
        .page(&dossier)
        .await
        .formulaire("Répondre")
        .remplir("texte", "Quelle adresse ?")
        .cocher("attendue", "oui")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("La sollicitation attend maintenant son auteur.");
    assert_eq!(statut(&portail).await, "en_attente_du_demandeur");
    let recus = portail.courriers_pour(ZOE).await;
    assert_eq!(
        recus[0].sujet,
        "SOL-2020-000001\u{202F}: le support attend votre réponse"
    );
    assert_eq!(
        corps(&recus[0]),
        format!(
            "Bonjour Zoe Aubert,\n\nLe support a besoin d’une réponse de votre part pour continuer.\n\n\
             Référence\u{202F}: SOL-2020-000001\nObjet\u{202F}: Les courriels\n\nQuelle adresse ?\n\n\
             Pour répondre\u{202F}:\n{}",
            vantail::courrier::LIEN
        )
    );
    zoe.page("/")
        .await
        .contient("Le support attend votre réponse");
    zoe.page(&fil)
        .await
        .contient("En attente de votre réponse")
        .contient("Sabine Support")
        .formulaire("Répondre")
        .remplir("texte", "Celle de mon compte.")
        .envoyer(&mut zoe)
        .await
        .statut(200);
    assert_eq!(statut(&portail).await, "en_cours");
    // Sabine has it: she alone is told.
    assert_eq!(portail.courriers_pour(SABINE).await.len(), 2);
    assert_eq!(portail.courriers_pour(SOFIANE).await.len(), 1);

    sabine
        .page(&dossier)
        .await
        .formulaire("Répondre")
        .remplir("texte", "Nous regardons.")
        .envoyer(&mut sabine)
        .await
        .statut(200);
    assert_eq!(statut(&portail).await, "en_cours");
    sabine
        .page(&dossier)
        .await
        .formulaire("Résoudre avec cette réponse")
        .remplir("texte", "C’est réparé.")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("est résolue");
    let gabarits: Vec<String> = portail
        .courriers_pour(ZOE)
        .await
        .into_iter()
        .map(|c| c.gabarit)
        .collect();
    assert_eq!(
        gabarits,
        [
            "sollicitation_en_attente",
            "sollicitation_repondue",
            "sollicitation_resolue"
        ]
    );
    // Resolved: no answer any more, but 30 days to reopen.
    let avant = portail.empreinte().await;
    zoe.poster(&format!("{fil}/reponse"), &[("texte", "Encore ?")])
        .await
        .statut(409)
        .contient("rouvrez-la");
    assert_eq!(portail.empreinte().await, avant);
    zoe.page(&fil)
        .await
        .formulaire("Rouvrir")
        .remplir("texte", "Non, toujours rien.")
        .envoyer(&mut zoe)
        .await
        .statut(200)
        .contient("Votre sollicitation est rouverte.");
    assert_eq!(statut(&portail).await, "en_cours");
    let page = zoe.page(&fil).await;
    let confirmation = zoe.page(&page.lien("Clore")).await;
    assert_eq!(confirmation.tous("#confirmation h1").len(), 1);
    confirmation
        .formulaire("Clore la sollicitation")
        .envoyer(&mut zoe)
        .await
        .statut(200)
        .contient("est close");
    assert_eq!(statut(&portail).await, "close");
    // Twice is once.
    let avant = portail.empreinte().await;
    zoe.poster_sans_suivre(&format!("{fil}/cloture"), &[])
        .await
        .statut(303);
    assert_eq!(
        avant
            .lines()
            .filter(|l| !l.starts_with("messages="))
            .collect::<Vec<_>>(),
        portail
            .empreinte()
            .await
            .lines()
            .filter(|l| !l.starts_with("messages="))
            .collect::<Vec<_>>()
    );
    assert_eq!(
        actions(&portail).await,
        [
            "sollicitation_repondue",
            "sollicitation_prise_en_charge (équipe)",
            "sollicitation_repondue (équipe)",
            "sollicitation_repondue",
            "sollicitation_repondue (équipe)",
            "sollicitation_resolue (équipe)",
            "sollicitation_rouverte",
            "sollicitation_close",
        ]
    );
}

#[tokio::test]
async fn apres_trente_jours_une_sollicitation_ne_se_rouvre_plus() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let fil = format!("/sollicitations/{id}");
    let mut zoe = portail.connecter(ZOE).await;
    zoe.poster(&format!("{fil}/cloture"), &[]).await.statut(200);
    portail.avancer("29 days 23 hours").await;
    let mut zoe = portail.connecter(ZOE).await;
    zoe.poster(&format!("{fil}/reouverture"), &[("texte", "Encore")])
        .await
        .statut(200);
    // Never taken: it is new again.
    assert_eq!(statut(&portail).await, "nouvelle");
    zoe.poster(&format!("{fil}/cloture"), &[]).await.statut(200);
    portail.avancer("30 days").await;
    let mut zoe = portail.connecter(ZOE).await;
    let page = zoe.page(&fil).await;
    page.contient("terminée depuis plus de 30 jours");
    assert!(page.formulaire_eventuel("Rouvrir").is_none());
    let avant = portail.empreinte().await;
    zoe.poster(&format!("{fil}/reouverture"), &[("texte", "Encore")])
        .await
        .statut(409);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn la_sollicitation_d_un_autre_n_existe_pas() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let avant = portail.empreinte().await;
    // Not even for the desk, under this address.
    for adresse in [LEA, SABINE] {
        let mut acteur = portail.connecter(adresse).await;
        for page in ["", "/cloture"] {
            acteur
                .page(&format!("/sollicitations/{id}{page}"))
                .await
                .statut(404);
        }
        for acte in ["reponse", "cloture", "reouverture"] {
            acteur
                .poster(&format!("/sollicitations/{id}/{acte}"), &[("texte", "x")])
                .await
                .statut(404);
        }
    }
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn une_reponse_vide_revient_avec_son_message() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let avant = portail.empreinte().await;
    let mut zoe = portail.connecter(ZOE).await;
    let trop = "x".repeat(4_001);
    for texte in ["", " \n ", &trop] {
        for acte in ["reponse", "reouverture"] {
            let page = zoe
                .poster(&format!("/sollicitations/{id}/{acte}"), &[("texte", texte)])
                .await;
            page.statut(422);
            assert!(page.erreur_de("texte").is_some());
        }
    }
    assert_eq!(portail.empreinte().await, avant);
}

/// What was typed stands in the page as typed, whatever it looks like.
#[tokio::test]
async fn un_texte_hostile_reste_du_texte() {
    let portail = monde().await;
    let id = portail
        .sollicitation(portail.id(ZOE).await, "<script>alert(1)</script>")
        .await;
    let mut zoe = portail.connecter(ZOE).await;
    let page = zoe
        .poster(
            &format!("/sollicitations/{id}/reponse"),
            &[("texte", "<img src=x> {{ 7 * 7 }} https://piege.example")],
        )
        .await;
    page.statut(200)
        .contient("<script>alert(1)</script>")
        .contient("<img src=x> {{ 7 * 7 }}");
    assert!(!page.corps.contains("<script>alert"));
    let recus = portail.courriers_pour(SABINE).await;
    assert!(!recus[0].html.contains("<img src=x"));
    assert!(!recus[0].texte.contains("https://piege"));
}
