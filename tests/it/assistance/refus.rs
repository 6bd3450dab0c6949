use super::{BUREAU, FIN, MIENNE, PAUL, SABINE, SOFIANE, ZOE, code_de, monde, ouvrir};

#[tokio::test]
async fn un_code_faux_utilise_ou_perime_n_ouvre_rien() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    let mut sabine = portail.connecter(SABINE).await;
    let avant = portail.empreinte().await;
    let long = "x".repeat(256);
    for (saisi, motif, champ) in [
        ("", "Motif", "code"),
        ("ABCD", "Motif", "code"),
        ("0000-0000", "Motif", "code"),
        ("0000-0000-0000-0000-0000", "Motif", "code"),
        (code.as_str(), " ", "motif"),
        (code.as_str(), long.as_str(), "motif"),
    ] {
        let page = sabine
            .poster(BUREAU, &[("code", saisi), ("motif", motif)])
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{saisi} {motif}");
        assert_eq!(
            page.formulaire("Ouvrir la session").valeur("code"),
            Some(saisi).filter(|s| !s.is_empty()).or(Some(""))
        );
    }
    assert_eq!(portail.empreinte().await, avant);
    portail.avancer("15 minutes").await;
    let page = ouvrir(&mut sabine, &code).await;
    assert!(page.statut(422).erreur_de("code").is_some());
    let code = code_de(&mut zoe).await;
    ouvrir(&mut sabine, &code).await.statut(200);
    let mut sofiane = portail.connecter(SOFIANE).await;
    ouvrir(&mut sofiane, &code).await.statut(422);
}

#[tokio::test]
async fn les_codes_essayes_sont_comptes() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    let mut sabine = portail.connecter(SABINE).await;
    for _ in 0..20 {
        ouvrir(&mut sabine, "0000-0000").await.statut(422);
    }
    // Even the right one is not looked at any more.
    ouvrir(&mut sabine, &code).await.statut(429);
    portail.avancer("15 minutes").await;
    let code = code_de(&mut zoe).await;
    ouvrir(&mut sabine, &code).await.statut(200);
}

#[tokio::test]
async fn l_equipe_ne_prete_pas_ses_ecrans() {
    let portail = monde().await;
    let mut sofiane = portail.connecter(SOFIANE).await;
    let avant = portail.empreinte().await;
    let page = sofiane.page(MIENNE).await;
    assert!(
        page.statut(200)
            .formulaire_eventuel("Donner un code, valable 15 minutes")
            .is_none()
    );
    sofiane
        .poster(&format!("{MIENNE}/code"), &[])
        .await
        .statut(403);
    assert_eq!(portail.empreinte().await, avant);
    // Zoé joins the staff between her code and its use.
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    sqlx::query("update utilisateurs set equipe = 'referent' where adresse_connexion = $1")
        .bind(ZOE)
        .execute(&portail.db)
        .await
        .expect("a team");
    let mut sabine = portail.connecter(SABINE).await;
    ouvrir(&mut sabine, &code).await.statut(422);
}

#[tokio::test]
async fn seul_le_support_se_sert_d_un_code() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    let avant = portail.empreinte().await;
    let mut paul = portail.connecter(PAUL).await;
    ouvrir(&mut paul, &code).await.statut(404);
    paul.page(BUREAU).await.statut(404);
    paul.poster_sans_suivre(FIN, &[]).await.statut(404);
    // Another person ends nothing of hers.
    paul.poster(&format!("{MIENNE}/fin"), &[])
        .await
        .contient("Il n’y avait plus rien à terminer.");
    let apres = portail.empreinte().await;
    let sans_messages = |e: &str| -> Vec<String> {
        e.lines()
            .filter(|l| !l.starts_with("messages="))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(sans_messages(&apres), sans_messages(&avant));
}

#[tokio::test]
async fn la_double_authentification_de_la_personne_ne_se_voit_pas() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let code = code_de(&mut zoe).await;
    let mut sabine = portail.connecter(SABINE).await;
    ouvrir(&mut sabine, &code).await.statut(200);
    sabine
        .page("/mon-compte/double-authentification")
        .await
        .statut(403)
        .contient("rien ne s’y modifie");
}
