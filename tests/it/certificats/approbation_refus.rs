//! What is never approved.

use super::{LEA, Monde, PAUL, SABINE, SOFIANE, ZOE, dossier};

#[tokio::test]
async fn l_agent_qui_a_envoye_n_approuve_pas() {
    let (monde, id, piece) = Monde::signe().await;
    let mut sabine = monde.connecter(SABINE).await;
    let page = sabine.page(&format!("{}/certificat", dossier(id))).await;
    page.statut(200)
        .contient("un second agent doit l’approuver");
    assert!(page.formulaire_eventuel("Approuver et exécuter").is_none());
    let avant = monde.portail.empreinte().await;
    monde
        .approuver(SABINE, id, &piece)
        .await
        .statut(409)
        .contient("un second agent doit l’approuver");
    assert_eq!(monde.portail.empreinte().await, avant);
    // Even the database refuses.
    let force = sqlx::query(
        "update certificats set statut = 'execute', piece_id = (select id from pieces_jointes limit 1), tranche_par = envoye_par,
           tranche_motif = 'x', tranche_le = maintenant()",
    )
    .execute(&monde.portail.db)
    .await
    .expect_err("one agent alone");
    assert!(force.to_string().contains("certificats_second_agent"));
}

#[tokio::test]
async fn sans_document_signe_rien_ne_s_approuve() {
    let (monde, id) = Monde::envoye().await;
    let mut sofiane = monde.connecter(SOFIANE).await;
    let page = sofiane.page(&format!("{}/certificat", dossier(id))).await;
    page.statut(200)
        .contient("Le demandeur n’a pas encore joint le document signé.");
    assert!(page.formulaire_eventuel("Approuver et exécuter").is_none());
    // The document that the portal sent is not a signed one; nor what came before it, nor the file of somebody else.
    let du_portail = monde
        .portail
        .uuid("select id from pieces_jointes")
        .await
        .to_string();
    let zoe = monde.portail.id(ZOE).await;
    let avant_l_envoi = monde.portail.piece(zoe, None, Some(id)).await;
    sqlx::query(
        "update pieces_jointes set deposee_le = maintenant() - interval '1 hour' where id = $1",
    )
    .bind(avant_l_envoi)
    .execute(&monde.portail.db)
    .await
    .expect("an older file");
    let autre = monde.portail.sollicitation(zoe, "Autre chose").await;
    let ailleurs = monde.portail.piece(zoe, None, Some(autre)).await;
    let refusee = monde.portail.piece(zoe, None, Some(id)).await;
    sqlx::query(
        "update pieces_jointes set antivirus = 'refusee', analysee_le = maintenant(), effacee_le = maintenant() where id = $1",
    )
    .bind(refusee)
    .execute(&monde.portail.db)
    .await
    .expect("a refused file");
    let avant = monde.portail.empreinte().await;
    for piece in [
        String::new(),
        "pas une pièce".to_owned(),
        du_portail,
        avant_l_envoi.to_string(),
        ailleurs.to_string(),
        refusee.to_string(),
    ] {
        let page = monde.approuver(SOFIANE, id, &piece).await;
        page.statut(422);
        let general = page.texte().contains("Choisissez le document signé");
        assert!(general, "{piece}: {}", page.texte());
    }
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn un_motif_faux_est_dit_au_champ_et_rien_ne_change() {
    let (monde, id, piece) = Monde::signe().await;
    let mut sofiane = monde.connecter(SOFIANE).await;
    let long = "x".repeat(256);
    let avant = monde.portail.empreinte().await;
    for motif in ["", long.as_str()] {
        for suite in ["approbation", "refus"] {
            let page = sofiane
                .poster(
                    &format!("{}/certificat/{suite}", dossier(id)),
                    &[("piece", &piece), ("motif", motif)],
                )
                .await;
            page.statut(422);
            assert!(page.erreur_de("motif").is_some(), "{suite}");
            // What was chosen is kept.
            let formulaire = page.formulaire("Approuver et exécuter");
            assert_eq!(formulaire.valeur("piece"), Some(piece.as_str()));
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant);
}

/// The document names the gestionnaire principal: it does not replace another.
#[tokio::test]
async fn le_gestionnaire_a_change_entre_temps() {
    let (monde, id, piece) = Monde::signe().await;
    let lea = monde.portail.id(LEA).await.to_string();
    monde
        .connecter(PAUL)
        .await
        .poster(
            &format!("/structures/{}/transfert/confirmation", monde.lycee),
            &[("successeur", &lea)],
        )
        .await
        .statut(200);
    assert_eq!(monde.gp().await.as_deref(), Some(LEA));
    let avant = monde.portail.empreinte().await;
    monde
        .approuver(SOFIANE, id, &piece)
        .await
        .statut(409)
        .contient("Le gestionnaire principal a changé depuis l’envoi du certificat");
    assert_eq!(monde.portail.empreinte().await, avant);
    // It can be refused, and another one sent, which names Léa.
    monde.refuser(SOFIANE, id).await.statut(200);
    monde.envoyer(SABINE, id).await.statut(200);
    assert_eq!(
        monde.gabarits(LEA).await.last().map(String::as_str),
        Some("changement_demande")
    );
}

#[tokio::test]
async fn un_compte_desactive_entre_temps_ne_recoit_rien() {
    let (monde, id, piece) = Monde::signe().await;
    sqlx::query("update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = $1")
        .bind(ZOE)
        .execute(&monde.portail.db)
        .await
        .expect("a departure");
    let avant = monde.portail.empreinte().await;
    monde
        .approuver(SOFIANE, id, &piece)
        .await
        .statut(409)
        .contient("Ce compte n’est plus actif");
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn une_sollicitation_close_ne_s_execute_pas() {
    let (monde, id, piece) = Monde::signe().await;
    monde
        .connecter(ZOE)
        .await
        .poster(&format!("/sollicitations/{id}/cloture"), &[])
        .await
        .statut(200);
    let avant = monde.portail.empreinte().await;
    monde.approuver(SOFIANE, id, &piece).await.statut(409);
    assert_eq!(monde.portail.empreinte().await, avant);
    // Nothing keeps it open for ever: it is refused, and another may leave.
    monde.refuser(SOFIANE, id).await.statut(200);
    assert_eq!(monde.statut(id).await, "close");
}
