use super::{SABINE, ZOE, monde};

const ALICE: &str = "alice.administre@test.example";
const LISTE: &str = "/administration/reponses";

#[tokio::test]
async fn l_administrateur_prepare_et_le_support_reprend() {
    let portail = monde().await;
    portail.agent(ALICE, "administrateur").await;
    let mut alice = portail.connecter(ALICE).await;
    let page = alice.page(LISTE).await;
    page.statut(200).contient("Aucune réponse préparée");
    let page = alice.page(&page.lien("Créer une réponse préparée")).await;
    page.formulaire("Enregistrer")
        .remplir("intitule", "Lien expiré")
        .remplir(
            "texte",
            "Bonjour {prénom},\nLe lien de {référence} a expiré.\n{agent}",
        )
        .envoyer(&mut alice)
        .await
        .statut(200)
        .contient("La réponse préparée est enregistrée.")
        .contient("Lien expiré");
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let mut sabine = portail.connecter(SABINE).await;
    let page = sabine.page(&format!("/support/sollicitations/{id}")).await;
    let reponse = portail
        .uuid("select id from reponses_preparees")
        .await
        .to_string();
    let page = page
        .formulaire("Reprendre ce texte")
        .remplir("reponse", &reponse)
        .envoyer(&mut sabine)
        .await;
    page.statut(200);
    let formulaire = page.formulaire("Répondre");
    assert_eq!(
        formulaire.valeur("texte"),
        Some("Bonjour Zoe,\nLe lien de SOL-2020-000001 a expiré.\nSabine Support")
    );
    formulaire.envoyer(&mut sabine).await.statut(200);
    // An id that is none begins from nothing.
    for faux in ["x", "00000000-0000-0000-0000-000000000000"] {
        let page = sabine
            .page(&format!("/support/sollicitations/{id}?reponse={faux}"))
            .await;
        assert_eq!(page.formulaire("Répondre").valeur("texte"), Some(""));
    }
    let page = alice.page(LISTE).await;
    let page = alice.page(&page.lien("Modifier")).await;
    page.formulaire("Enregistrer")
        .remplir("intitule", "Lien périmé")
        .envoyer(&mut alice)
        .await
        .statut(200)
        .contient("Lien périmé");
    let page = alice.page(LISTE).await;
    let confirmation = alice.page(&page.lien("Supprimer")).await;
    assert_eq!(confirmation.tous("#confirmation h1").len(), 1);
    confirmation
        .formulaire("Supprimer la réponse")
        .envoyer(&mut alice)
        .await
        .statut(200)
        .contient("Aucune réponse préparée");
    let traces: i64 = portail
        .nombre("select count(*) from historique where action = 'reponse_preparee_modifiee' and acteur_genre = 'equipe'")
        .await;
    assert_eq!(traces, 3);
}

#[tokio::test]
async fn une_reponse_preparee_fausse_est_dite_au_champ() {
    let portail = monde().await;
    portail.agent(ALICE, "administrateur").await;
    let mut alice = portail.connecter(ALICE).await;
    let nouvelle = format!("{LISTE}/nouvelle");
    for titre in ["Lien expiré", "Bienvenue"] {
        alice
            .poster(&nouvelle, &[("intitule", titre), ("texte", "Bonjour")])
            .await
            .statut(200);
    }
    let long = "x".repeat(121);
    let trop = "x".repeat(4_001);
    let autre = portail
        .uuid("select id from reponses_preparees where titre = 'Bienvenue'")
        .await;
    let modification = format!("{LISTE}/{autre}");
    let avant = portail.empreinte().await;
    for (adresse, titre, texte, champ) in [
        (&nouvelle, "", "Bonjour", "intitule"),
        (&nouvelle, long.as_str(), "Bonjour", "intitule"),
        (&nouvelle, "Autre", " ", "texte"),
        (&nouvelle, "Autre", trop.as_str(), "texte"),
        (&nouvelle, "LIEN EXPIRE", "Autre texte", "intitule"),
        (&modification, "Lien expiré", "Autre texte", "intitule"),
    ] {
        let page = alice
            .poster(adresse, &[("intitule", titre), ("texte", texte)])
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{titre} {champ}");
        assert_eq!(
            page.formulaire("Enregistrer").valeur("intitule"),
            Some(titre.trim())
        );
    }
    alice
        .poster(
            &format!("{LISTE}/{}", uuid::Uuid::nil()),
            &[("intitule", "a"), ("texte", "b")],
        )
        .await
        .statut(404);
    assert_eq!(portail.empreinte().await, avant);
    // The same words twice are one answer.
    alice
        .poster_sans_suivre(
            &nouvelle,
            &[("intitule", "Bienvenue"), ("texte", "Bonjour")],
        )
        .await
        .statut(303);
    assert_eq!(
        portail
            .nombre("select count(*) from reponses_preparees")
            .await,
        2
    );
}
