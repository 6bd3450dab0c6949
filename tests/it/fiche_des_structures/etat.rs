use crate::activites::{PAULINE, Terneuil, ailleurs};

#[tokio::test]
async fn desactiver_dit_ce_que_cela_ferme_puis_le_ferme() {
    let mut t = Terneuil::nouveau().await;
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    t.demande("jean.attend@example.org", &[]).await;
    t.portail
        .demande_abonnement(
            t.structure,
            us,
            &[(None, "factures_de_travaux", "modification")],
        )
        .await;
    let fiche = t
        .pauline
        .page(&format!("/structures/{}", t.structure))
        .await;
    let page = t.pauline.page(&fiche.lien("Désactiver la structure")).await;
    page.statut(200)
        .contient("Désactiver CCAS Terneuil ?")
        .contient("Prévenus par courriel 2 utilisateurs")
        .contient("Demandes de rattachement closes 1 demande")
        .contient("Demandes d’abonnement closes 1 demande");
    let fait = page
        .formulaire("Désactiver la structure")
        .envoyer(&mut t.pauline)
        .await;
    fait.statut(200)
        .contient("La structure est désactivée.")
        .contient("Cette structure est désactivée");
    let ouvertes = "select (select count(*) from demandes_rattachement where statut = 'en_cours_de_validation')
                         + (select count(*) from demandes_abonnement where statut = 'en_cours_de_validation')";
    assert_eq!(t.portail.nombre(ouvertes).await, 0);
    let recu = t.portail.courriers_pour("ulla.simple@example.org").await;
    assert!(
        recu.iter()
            .any(|c| c.texte.contains("Pauline Dufour a désactivé CCAS Terneuil")),
        "{recu:?}"
    );
    assert!(
        t.portail
            .courriers_pour("jean.attend@example.org")
            .await
            .iter()
            .any(|c| c.gabarit == "demande_close")
    );
    // Rights are read-only.
    t.pauline
        .poster_sans_suivre(&format!("/structures/{}/modification", t.structure), &[])
        .await
        .statut(409);
    t.pauline
        .poster_sans_suivre(&format!("/structures/{}/desactivation", t.structure), &[])
        .await
        .statut(409);

    // And back.
    let page = t.pauline.page(&fait.lien("Réactiver la structure")).await;
    page.statut(200)
        .contient("Réactiver CCAS Terneuil ?")
        .ne_contient_pas("L’annuaire des structures publiques la dit fermée");
    page.formulaire("Réactiver la structure")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("La structure est réactivée.");
    let recu = t.portail.courriers_pour("ulla.simple@example.org").await;
    assert!(
        recu.iter().any(
            |c| c.texte.contains("Pauline Dufour a réactivé CCAS Terneuil")
                && c.sujet.contains("CCAS Terneuil")
        ),
        "{recu:?}"
    );
    assert_eq!(t.portail.nombre(ouvertes).await, 0, "what was closed stays");
    assert_eq!(
        t.portail
            .nombre("select count(*) from historique where action in ('structure_desactivee', 'structure_reactivee')")
            .await,
        2
    );
    // The same click again.
    let nombre = t.portail.courriers().await.len();
    page.formulaire("Réactiver la structure")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("La structure était déjà active.");
    assert_eq!(t.portail.courriers().await.len(), nombre);
    t.pauline
        .page(&format!("/structures/{}/reactivation", t.structure))
        .await
        .contient("Cette structure est déjà active.");
}

#[tokio::test]
async fn seul_le_gestionnaire_principal_desactive_et_reactive() {
    let t = Terneuil::nouveau().await;
    t.gs("guy.gere@example.org", &[], &["gerer_structure"])
        .await;
    ailleurs(&t.portail).await;
    for active in [true, false] {
        if !active {
            sqlx::query("update structures set statut = 'inactive' where id = $1")
                .bind(t.structure)
                .execute(&t.portail.db)
                .await
                .expect("a deactivation");
        }
        let avant = t.portail.empreinte().await;
        for (login, statut) in [
            ("guy.gere@example.org", 403),
            ("omar.ailleurs@ailleurs.example", 404),
        ] {
            let mut acteur = t.portail.connecter(login).await;
            let adresse = format!("/structures/{}/reactivation", t.structure);
            acteur.page(&adresse).await.statut(statut);
            acteur
                .poster_sans_suivre(&adresse, &[])
                .await
                .statut(statut);
            let adresse = format!("/structures/{}/desactivation", t.structure);
            // Deactivated, it refuses every change before it asks who.
            let fermee = if statut == 403 && !active {
                409
            } else {
                statut
            };
            acteur
                .poster_sans_suivre(&adresse, &[])
                .await
                .statut(fermee);
        }
        assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
    }
}

#[tokio::test]
async fn reactiver_ce_que_l_annuaire_ferme_se_dit() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query(
        "update structures set statut = 'inactive', importe = '{\"statut\": \"inactive\"}', statut_a_annoncer = true where id = $1",
    )
    .bind(t.structure)
    .execute(&t.portail.db)
    .await
    .expect("the directory");
    t.demande("jean.attend@example.org", &[]).await;
    let page = t
        .pauline
        .page(&format!("/structures/{}/reactivation", t.structure))
        .await;
    page.contient("L’annuaire des structures publiques la dit fermée");
    page.formulaire("Réactiver la structure")
        .envoyer(&mut t.pauline)
        .await
        .contient("La structure est réactivée.");
    // What the import closed was told as such first: both lines, the request refused, nothing left to announce.
    assert_eq!(
        t.portail
            .nombre("select count(*) from historique where action in ('structure_desactivee', 'structure_reactivee')")
            .await,
        2
    );
    assert_eq!(
        t.portail
            .nombre("select count(*) from demandes_rattachement where statut = 'refusee'")
            .await,
        1
    );
    assert_eq!(
        t.portail
            .nombre("select count(*) from structures where statut_a_annoncer")
            .await,
        0
    );
    let titres: Vec<_> = t
        .portail
        .courriers_pour(PAULINE)
        .await
        .into_iter()
        .map(|c| c.gabarit)
        .collect();
    assert_eq!(titres, ["structure_desactivee", "structure_reactivee"]);
}
