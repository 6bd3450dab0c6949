use super::{PAUL, SABINE, SOFIANE, ZOE, monde};
use crate::support::courses::a_la_fois;
use crate::support::rondes;

#[tokio::test]
async fn une_sollicitation_s_attribue_avec_un_motif() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let dossier = format!("/support/sollicitations/{id}");
    let mut sabine = portail.connecter(SABINE).await;
    let page = sabine.page(&dossier).await;
    let page = sabine.page(&page.lien("Attribuer")).await;
    page.statut(200)
        .contient("Sofiane Support (0 sollicitation en cours)");
    let sofiane = portail.id(SOFIANE).await.to_string();
    page.formulaire("Attribuer")
        .remplir("agent", &sofiane)
        .remplir("motif", "Il connaît le dossier.")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("SOL-2020-000001 est attribuée à Sofiane Support.")
        .contient("En cours")
        .contient("Il connaît le dossier.");
    let recus = portail.courriers_pour(SOFIANE).await;
    assert_eq!(recus.len(), 1);
    assert!(
        recus[0]
            .sujet
            .ends_with("Sollicitation qui vous est attribuée")
    );
    assert!(recus[0].texte.contains("Il connaît le dossier."));
    assert!(portail.courriers_pour(ZOE).await.is_empty());
    let mut zoe = portail.connecter(ZOE).await;
    zoe.page(&format!("/sollicitations/{id}"))
        .await
        .contient("Sofiane Support")
        .ne_contient_pas("Il connaît le dossier.");
    let (action, motif): (String, String) = sqlx::query_as(
        "select h.action, d.donnees::json ->> 'motif' from historique h join historique_donnees d on d.historique_id = h.id
         order by h.numero desc limit 1",
    )
    .fetch_one(&portail.db)
    .await
    .expect("a line");
    assert_eq!(
        (action.as_str(), motif.as_str()),
        ("sollicitation_attribuee", "Il connaît le dossier.")
    );
}

#[tokio::test]
async fn une_attribution_fausse_est_dite_au_champ_et_ne_change_rien() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let adresse = format!("/support/sollicitations/{id}/attribution");
    let mut sabine = portail.connecter(SABINE).await;
    let sofiane = portail.id(SOFIANE).await.to_string();
    let paul = portail.id(PAUL).await.to_string();
    let long = "x".repeat(256);
    let avant = portail.empreinte().await;
    for (agent, motif, champ) in [
        ("", "Motif", "agent"),
        ("pas un agent", "Motif", "agent"),
        (paul.as_str(), "Motif", "agent"),
        (sofiane.as_str(), " ", "motif"),
        (sofiane.as_str(), long.as_str(), "motif"),
    ] {
        let page = sabine
            .poster(&adresse, &[("agent", agent), ("motif", motif)])
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ}");
    }
    // Somebody took it meanwhile: the page was about another state.
    assert_eq!(portail.empreinte().await, avant);
    let mut sofiane_lui = portail.connecter(SOFIANE).await;
    sofiane_lui
        .poster(
            &format!("/support/sollicitations/{id}/prise-en-charge"),
            &[],
        )
        .await
        .statut(200);
    let avant = portail.empreinte().await;
    let sabine_id = portail.id(SABINE).await.to_string();
    sabine
        .poster(
            &adresse,
            &[
                ("agent", &sabine_id),
                ("depuis", ""),
                ("motif", "Je m’en charge."),
            ],
        )
        .await
        .statut(409)
        .contient("Sofiane Support l’a prise en charge");
    assert_eq!(portail.empreinte().await, avant);
    // Knowing that he has it, she may take it over.
    sabine
        .poster(
            &adresse,
            &[
                ("agent", &sabine_id),
                ("depuis", &sofiane),
                ("motif", "Il est absent."),
            ],
        )
        .await
        .statut(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_attributions_ensemble_une_seule_l_emporte() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    let agents = [SABINE, SOFIANE];
    let ids = [
        portail.id(SABINE).await.to_string(),
        portail.id(SOFIANE).await.to_string(),
    ];
    for n in std::iter::repeat_n(2, rondes(3)).chain([20]) {
        portail.oublier_les_compteurs().await;
        let id = portail.sollicitation(zoe, "Objet").await;
        let mut gestes = Vec::new();
        for rang in 0..n {
            let mut acteur = portail.connecter(agents[rang % 2]).await;
            let agent = ids[rang % 2].clone();
            gestes.push(async move {
                let adresse = format!("/support/sollicitations/{id}/attribution");
                let champs = [("agent", &*agent), ("depuis", ""), ("motif", "À moi.")];
                acteur.poster_sans_suivre(&adresse, &champs).await
            });
        }
        let statuts = a_la_fois(gestes).await;
        assert!(
            statuts.iter().all(|s| [303, 409].contains(s)),
            "{statuts:?}"
        );
        let reussies = statuts.iter().filter(|s| **s == 303).count();
        // The same agent twice is once.
        assert_eq!(reussies, n / 2);
        let lignes: i64 = sqlx::query_scalar(
            "select count(*) from sollicitation_messages where sollicitation_id = $1 and acte = 'attribution'",
        )
        .bind(id)
        .fetch_one(&portail.db)
        .await
        .expect("a count");
        assert_eq!(lignes, 1);
    }
}
