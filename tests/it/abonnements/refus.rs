use super::{JULIE, LEA, Monde};

#[tokio::test]
async fn une_saisie_fausse_ne_change_rien_et_revient_avec_ce_qui_etait_tape() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let max = m.portail.id(super::MAX).await;
    let autre = m
        .portail
        .demande_abonnement(
            m.mairie,
            max,
            &[(Some(m.achats), "factures_a_valider", "consultation")],
        )
        .await;
    let etrangere = m.lignes(autre).await.remove(0);
    let ecran = m.gp.page(&m.ecran(demande)).await;
    let avant = m.portail.empreinte().await;
    let long = "é".repeat(256);
    for (champ, valeur, erreur) in [
        ("commentaire", long.as_str(), "commentaire"),
        ("commentaire", "bidi \u{202E}", "commentaire"),
        ("etendue", "monde", "etendue"),
        ("etendue", "", "etendue"),
        ("consultation", "x", "lignes"),
        ("modification", etrangere.as_str(), "lignes"),
    ] {
        let page = ecran
            .formulaire("Valider")
            .remplir("commentaire", "Gardé")
            .remplir(champ, valeur)
            .envoyer(&mut m.gp)
            .await;
        page.statut(422);
        assert!(page.erreur_de(erreur).is_some(), "{champ} = {valeur}");
        if champ != "commentaire" {
            page.contient("Gardé");
        }
    }
    let page = ecran
        .formulaire("Valider")
        .forcer("role", "gp")
        .envoyer(&mut m.gp)
        .await;
    page.statut(422);
    for id in ["x", &uuid::Uuid::now_v7().to_string()] {
        let adresse = format!("/structures/{}/demandes-abonnement/{id}", m.mairie);
        m.gp.page(&adresse).await.statut(404);
    }
    assert_eq!(m.portail.empreinte().await, avant);
    // The user's side.
    for (champs, erreur) in [
        (vec![("maille", "structure")], "espaces"),
        (vec![("consultation", "factures_a_valider")], "maille"),
        (
            vec![
                ("maille", "services"),
                ("consultation", "factures_a_valider"),
            ],
            "services",
        ),
        (
            vec![
                ("maille", "services"),
                ("services", "x"),
                ("consultation", "factures_a_valider"),
            ],
            "services",
        ),
        (
            vec![
                ("maille", "structure"),
                ("consultation", "factures_a_valider"),
                ("commentaire", long.as_str()),
            ],
            "commentaire",
        ),
    ] {
        let page = m.julie.poster(&m.ajout(), &champs).await;
        page.statut(422);
        assert!(page.erreur_de(erreur).is_some(), "{champs:?}");
    }
    assert_eq!(m.portail.empreinte().await, avant);
}

#[tokio::test]
async fn ce_qui_a_change_depuis_la_page_decide() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    sqlx::query("update rattachements set maille_structure = true where role = 'gs'")
        .execute(&m.portail.db)
        .await
        .expect("the whole structure");
    let ecran = m.lea.page(&m.ecran(demande)).await;
    // The author's rattachement is past its date, no job has run: only a refusal is left.
    sqlx::query("update rattachements set date_fin = maintenant() where id = $1")
        .bind(m.r_julie)
        .execute(&m.portail.db)
        .await
        .expect("an end");
    let avant = m.portail.empreinte().await;
    ecran
        .formulaire("Valider")
        .envoyer(&mut m.lea)
        .await
        .statut(409)
        .contient("la demande ne peut qu’être refusée");
    let page = m.lea.page(&m.ecran(demande)).await;
    page.contient("Cette demande ne peut qu’être refusée");
    assert!(page.formulaire_eventuel("Valider").is_none());
    // The decider was demoted: the page has no right any more (failure-modes R8).
    sqlx::query("update rattachements set date_fin = null where id = $1")
        .bind(m.r_julie)
        .execute(&m.portail.db)
        .await
        .expect("no end");
    sqlx::query("update rattachements set capacites = '{}', role = 'us' where role = 'gs'")
        .execute(&m.portail.db)
        .await
        .expect("an US");
    let refus = ecran.formulaire("Valider").envoyer(&mut m.lea).await;
    refus.statut(403);
    assert_eq!(m.statut(demande).await, "en_cours_de_validation");
    assert!(m.portail.courriers_pour(JULIE).await.is_empty());
    assert!(m.portail.courriers_pour(LEA).await.is_empty());
    assert_ne!(
        m.portail.empreinte().await,
        avant,
        "the fingerprint sees the change of role"
    );
    // A service that is not active any more: its line is unticked, the others go.
    let ligne = [
        (Some(m.achats), "factures_a_valider", "consultation"),
        (Some(m.juridique), "factures_a_valider", "consultation"),
    ];
    let julie = m.portail.id(JULIE).await;
    sqlx::query("update demande_abonnement_lignes set statut = 'ecartee'")
        .execute(&m.portail.db)
        .await
        .expect("no open line");
    let demande = m.portail.demande_abonnement(m.mairie, julie, &ligne).await;
    sqlx::query("update services set actif = false where id = $1")
        .bind(m.achats)
        .execute(&m.portail.db)
        .await
        .expect("an inactive service");
    let ecran = m.gp.page(&m.ecran(demande)).await;
    let page = ecran.formulaire("Valider").envoyer(&mut m.gp).await;
    page.statut(422);
    assert!(
        page.erreur_de("lignes")
            .is_some_and(|e| e.contains("Achats"))
    );
    let lignes = m.lignes(demande).await;
    ecran
        .formulaire("Valider")
        .decocher("consultation", &lignes[0])
        .envoyer(&mut m.gp)
        .await
        .statut(200);
    assert_eq!(
        m.en_plus(JULIE).await,
        ["factures_a_valider consultation JUR"]
    );
}
