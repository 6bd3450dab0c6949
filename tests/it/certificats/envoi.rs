use vantail::db::SollicitationId;

use super::{LEA, MAX, Monde, PAUL, SABINE, SIMON, SOFIANE, ZOE, corps, dossier};
use crate::mon_compte::LIEN;
use crate::support::instructions;
use crate::support::monde::siret;

#[tokio::test]
async fn le_certificat_part_dans_le_fil_et_chacun_l_apprend() {
    let (monde, id) = Monde::demande().await;
    let mut sabine = monde.connecter(SABINE).await;
    let page = sabine.page(&dossier(id)).await;
    let page = sabine.page(&page.lien("Certificat administratif")).await;
    page.statut(200)
        .contient("Lycée du Haut Forez")
        .contient("Zoe Aubert (zoe.aubert@test.example)")
        .contient("Paul Gerant (paul.gerant@test.example)");
    page.formulaire("Envoyer le certificat administratif")
        .remplir("motif", "Muté sans transférer son rôle.")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("Le certificat administratif est envoyé.")
        .contient("En attente du demandeur");
    // Nothing has changed yet.
    assert_eq!(monde.gp().await.as_deref(), Some(PAUL));
    assert_eq!(monde.actions().await, ["certificat_envoye"]);

    let reference: String = sqlx::query_scalar("select reference from sollicitations")
        .fetch_one(&monde.portail.db)
        .await
        .expect("a reference");
    let mut zoe = monde.connecter(ZOE).await;
    let fil = zoe.page(&format!("/sollicitations/{id}")).await;
    fil.contient("En attente de votre réponse");
    let nom = format!("certificat-administratif-{reference}.pdf");
    let lu = zoe.lire(&fil.lien(&nom)).await;
    lu.statut(200);
    assert!(lu.octets.starts_with(b"%PDF-"));

    let courrier = monde.courrier(ZOE, "sollicitation_en_attente").await;
    assert!(
        corps(&courrier).contains(
            "Faites-le compléter et signer par le représentant légal de Lycée du Haut Forez"
        ),
        "{}",
        courrier.texte
    );
    let courrier = monde.courrier(PAUL, "changement_demande").await;
    assert_eq!(
        courrier.sujet,
        "Un changement de gestionnaire principal est demandé pour Lycée du Haut Forez"
    );
    assert_eq!(
        corps(&courrier),
        format!(
            "Bonjour Paul Gerant,\n\nLe support a reçu une demande de changement de gestionnaire principal pour Lycée du Haut Forez, dont vous êtes gestionnaire principal. Un certificat administratif, à signer par le représentant légal de la structure, désigne Zoe Aubert (zoe.aubert@test.example).\n\nRien n’a changé pour le moment. Si ce changement est convenu, vous n’avez rien à faire. Sinon, contestez-le\u{202F}: il ne sera pas exécuté tant que le support n’aura pas traité votre contestation.\n\nContester ce changement\u{202F}:\n{LIEN}"
        )
    );
    // The gestionnaires of the lycée read who did it, and why.
    let mut lea = monde.connecter(LEA).await;
    lea.page("/activites")
        .await
        .contient("Certificat administratif envoyé");
    let ligne: (String, String, String) = sqlx::query_as(
        "select h.acteur_genre, d.donnees::json ->> 'acteur', d.donnees::json ->> 'motif'
         from historique h join historique_donnees d on d.historique_id = h.id where h.structure_id = $1",
    )
    .bind(monde.lycee)
    .fetch_one(&monde.portail.db)
    .await
    .expect("a line");
    assert_eq!(
        ligne,
        (
            "equipe".to_owned(),
            "Sabine Support".to_owned(),
            "Muté sans transférer son rôle.".to_owned()
        )
    );
}

#[tokio::test]
async fn la_page_du_certificat_se_lit_en_peu_d_instructions() {
    let (monde, id, _) = Monde::signe().await;
    let mut sofiane = monde.connecter(SOFIANE).await;
    let adresse = format!("{}/certificat", dossier(id));
    let (page, n) = instructions::compter(sofiane.page(&adresse)).await;
    page.statut(200).contient("certificat signé.pdf, reçu le");
    assert!(n <= 8, "{n} statements");
}

#[tokio::test]
async fn un_motif_faux_est_dit_au_champ_et_rien_ne_part() {
    let (monde, id) = Monde::demande().await;
    let adresse = format!("{}/certificat", dossier(id));
    let mut sabine = monde.connecter(SABINE).await;
    let long = "x".repeat(256);
    let avant = monde.portail.empreinte().await;
    for motif in ["", " ", long.as_str()] {
        let page = sabine.poster(&adresse, &[("motif", motif)]).await;
        page.statut(422);
        assert!(page.erreur_de("motif").is_some(), "{motif}");
    }
    assert_eq!(monde.portail.empreinte().await, avant);
}

/// What the portal knows makes it impossible: the page says why, the button does nothing.
#[tokio::test]
async fn ce_qui_ne_peut_pas_partir_dit_pourquoi() {
    let monde = Monde::nouveau().await;
    let ferme = monde.portail.personne("ferme.compte@test.example").await;
    sqlx::query(
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where id = $1",
    )
    .bind(ferme)
    .execute(&monde.portail.db)
    .await
    .expect("an account");
    let (connu, inconnu) = (siret(1), siret(77));
    for (siret, cible, phrase) in [
        (&inconnu, ZOE, "Aucune structure du portail n’a ce SIRET"),
        (
            &connu,
            "personne@test.example",
            "Aucun compte n’a l’identifiant",
        ),
        (&connu, SIMON, "est un agent du portail"),
        (&connu, PAUL, "Paul Gerant est déjà gestionnaire principal"),
        (&connu, "ferme.compte@test.example", "n’est pas actif"),
    ] {
        let id = monde.demander_au(siret, MAX, cible).await;
        let mut sabine = monde.connecter(SABINE).await;
        let avant = monde.portail.empreinte().await;
        let page = sabine.page(&format!("{}/certificat", dossier(id))).await;
        page.statut(200).contient(phrase);
        assert!(page.formulaire_eventuel("Envoyer le certificat").is_none());
        monde.envoyer(SABINE, id).await.statut(409).contient(phrase);
        assert_eq!(monde.portail.empreinte().await, avant, "{phrase}");
    }
}

#[tokio::test]
async fn un_seul_certificat_par_structure_attend() {
    let (monde, id) = Monde::envoye().await;
    let autre = monde.demander(MAX, MAX).await;
    let avant = monde.portail.empreinte().await;
    for id in [id, autre] {
        monde
            .envoyer(SOFIANE, id)
            .await
            .statut(409)
            .contient("Un certificat est déjà envoyé pour cette structure");
    }
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn rien_de_tout_cela_n_existe_hors_du_support_ni_pour_une_autre_sollicitation() {
    let (monde, id, piece) = Monde::signe().await;
    let autre = monde
        .portail
        .sollicitation(monde.portail.id(ZOE).await, "Une question")
        .await;
    let inconnue = SollicitationId::nouveau();
    let avant = monde.portail.empreinte().await;
    let champs = [("motif", "Un motif."), ("piece", piece.as_str())];
    for (qui, id) in [
        (ZOE, id),
        (PAUL, id),
        (LEA, id),
        (SOFIANE, autre),
        (SOFIANE, inconnue),
    ] {
        let mut acteur = monde.connecter(qui).await;
        let page = format!("{}/certificat", dossier(id));
        acteur.page(&page).await.statut(404);
        for suite in ["", "/approbation", "/refus"] {
            acteur
                .poster(&format!("{page}{suite}"), &champs)
                .await
                .statut(404);
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant);
}

/// Nobody judges what concerns him: the author, whom it names, a member of the structure.
#[tokio::test]
async fn un_agent_concerne_ne_fait_ni_l_un_ni_l_autre() {
    let monde = Monde::nouveau().await;
    let id = monde.demander(SABINE, ZOE).await;
    let avant = monde.portail.empreinte().await;
    monde
        .envoyer(SABINE, id)
        .await
        .statut(409)
        .contient("un autre agent du support s’en charge");
    assert_eq!(monde.portail.empreinte().await, avant);

    monde.envoyer(SOFIANE, id).await.statut(200);
    let piece = monde.signer(SABINE, id).await;
    let avant = monde.portail.empreinte().await;
    for issue in [
        monde.approuver(SABINE, id, &piece).await,
        monde.refuser(SABINE, id).await,
    ] {
        issue
            .statut(409)
            .contient("un autre agent du support s’en charge");
    }
    assert_eq!(monde.portail.empreinte().await, avant);

    // A member of the lycée who became an agent.
    let simon = monde.portail.id(SIMON).await;
    monde.portail.rattacher(monde.lycee, simon, "us", &[]).await;
    monde
        .approuver(SIMON, id, &piece)
        .await
        .statut(409)
        .contient("un autre agent du support s’en charge");
    assert_eq!(monde.gp().await.as_deref(), Some(PAUL));
}
