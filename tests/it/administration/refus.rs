use super::{ADELE, BRUNO, LISTE, SABINE, monde};

#[tokio::test]
async fn un_compte_mal_rempli_est_dit_au_champ_et_rien_n_est_cree() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let avant = portail.empreinte().await;
    let long = "x".repeat(256);
    let bon = [
        ("prenom", "Simon"),
        ("nom", "Nouvel"),
        ("adresse_connexion", "simon@test.example"),
        ("equipe", "support"),
        ("motif", "Renfort."),
    ];
    for (champ, valeur) in [
        ("prenom", " "),
        ("nom", &long[..81]),
        ("adresse_connexion", "simon"),
        ("adresse_connexion", SABINE),
        ("equipe", "direction"),
        ("equipe", ""),
        ("motif", ""),
        ("motif", &long),
    ] {
        let champs = bon.map(|(c, v)| (c, if c == champ { valeur } else { v }));
        let page = adele
            .poster(&format!("{LISTE}/nouveau-compte"), &champs)
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ}: {valeur}");
        let formulaire = page.formulaire("Créer le compte");
        if champ != "nom" {
            assert_eq!(formulaire.valeur("nom"), Some("Nouvel"), "kept");
        }
    }
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn sans_motif_rien_ne_change() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let id = portail.id(SABINE).await;
    let avant = portail.empreinte().await;
    for (chemin, champs) in [
        ("desactivation", vec![("motif", " ")]),
        ("reactivation", vec![("motif", "")]),
        ("double-authentification", vec![]),
        ("equipe", vec![("equipe", "referent"), ("motif", "")]),
    ] {
        let page = adele
            .poster(&format!("{LISTE}/{id}/{chemin}"), &champs)
            .await;
        page.statut(422);
        assert!(page.erreur_de("motif").is_some(), "{chemin}");
    }
    let page = adele
        .poster(
            &format!("{LISTE}/{id}/equipe"),
            &[("equipe", "support"), ("motif", "La même.")],
        )
        .await;
    assert!(page.statut(422).erreur_de("equipe").is_some());
    adele
        .poster(&format!("{LISTE}/{id}/autre"), &[("motif", "Rien.")])
        .await
        .statut(404);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn son_propre_compte_se_modifie_par_un_autre() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let id = portail.id(ADELE).await;
    let avant = portail.empreinte().await;
    adele
        .page(&format!("{LISTE}/{id}"))
        .await
        .contient("un autre administrateur le modifie");
    for chemin in ["desactivation", "double-authentification"] {
        adele
            .poster(&format!("{LISTE}/{id}/{chemin}"), &[("motif", "Moi.")])
            .await
            .statut(409);
    }
    adele
        .poster(
            &format!("{LISTE}/{id}/equipe"),
            &[("equipe", "support"), ("motif", "Moi.")],
        )
        .await
        .statut(409);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn qui_n_est_pas_de_l_equipe_n_existe_pas_ici() {
    let portail = monde().await;
    let paul = portail.personne("paul@test.example").await;
    let mut adele = portail.connecter(ADELE).await;
    let avant = portail.empreinte().await;
    adele.page(&format!("{LISTE}/{paul}")).await.statut(404);
    for chemin in ["desactivation", "reactivation", "double-authentification"] {
        let page = adele
            .poster(&format!("{LISTE}/{paul}/{chemin}"), &[("motif", "Non.")])
            .await;
        page.statut(404);
    }
    adele
        .poster(
            &format!("{LISTE}/{paul}/equipe"),
            &[("equipe", "support"), ("motif", "Non.")],
        )
        .await
        .statut(404);
    assert_eq!(portail.empreinte().await, avant);
    // Who is not an administrateur any more acts no more.
    let mut bruno = portail.connecter(BRUNO).await;
    sqlx::query("update utilisateurs set equipe = 'support' where adresse_connexion = $1")
        .bind(BRUNO)
        .execute(&portail.db)
        .await
        .expect("another team");
    bruno.page(LISTE).await.statut(404);
}
