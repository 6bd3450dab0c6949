//! The former gestionnaire principal does not agree (spec §13 « Support »: 7 days, a third agent, no right changed).

use super::{LEA, MAX, Monde, PAUL, SABINE, SIMON, SOFIANE, ZOE, corps, dossier};

#[tokio::test]
async fn contester_avant_l_execution_la_retient() {
    let (monde, id, piece) = Monde::signe().await;
    let mut paul = monde.connecter(PAUL).await;
    let adresse = monde.contestation().await;
    let page = paul.page(&adresse).await;
    page.statut(200)
        .contient("Zoe Aubert")
        .contient("Demandé, pas encore exécuté");
    page.formulaire("Contester")
        .remplir("texte", "Je suis toujours en poste.")
        .envoyer(&mut paul)
        .await
        .statut(200)
        .contient("Votre contestation est enregistrée.")
        .contient("Contestation d’un changement de gestionnaire principal");
    let contestation = monde.derniere().await;
    let avant = monde.portail.empreinte().await;
    monde
        .approuver(SOFIANE, id, &piece)
        .await
        .statut(409)
        .contient("Ce changement est contesté");
    assert_eq!(monde.portail.empreinte().await, avant);
    // The agent who sent it does not judge it, another does; who judged it does not approve.
    let mut sabine = monde.connecter(SABINE).await;
    sabine
        .page(&dossier(contestation))
        .await
        .contient("Un troisième agent traite la contestation");
    sabine
        .poster(
            &format!("{}/resolution", dossier(contestation)),
            &[("texte", "Sans suite.")],
        )
        .await
        .statut(409)
        .contient("un troisième agent traite la contestation");
    monde
        .connecter(SIMON)
        .await
        .poster(
            &format!("{}/resolution", dossier(contestation)),
            &[("texte", "Le rectorat confirme votre mutation.")],
        )
        .await
        .statut(200);
    let avant = monde.portail.empreinte().await;
    monde
        .approuver(SIMON, id, &piece)
        .await
        .statut(409)
        .contient("Vous avez traité la contestation");
    assert_eq!(monde.portail.empreinte().await, avant);
    monde.approuver(SOFIANE, id, &piece).await.statut(200);
    assert_eq!(monde.gp().await.as_deref(), Some(ZOE));
}

#[tokio::test]
async fn contester_apres_l_execution_rouvre_le_dossier_pour_un_troisieme_agent() {
    let (monde, id) = Monde::execute().await;
    let avant = monde.actions().await;
    monde
        .contester(PAUL)
        .await
        .statut(200)
        .contient("Votre contestation est enregistrée.");
    let contestation = monde.derniere().await;
    // No right changes by itself.
    assert_eq!(monde.gp().await.as_deref(), Some(ZOE));
    assert_eq!(monde.etat(PAUL).await, "us validee");
    assert_eq!(monde.actions().await, avant);
    // The file is open again, nobody's; its author is told.
    assert_eq!(monde.statut(id).await, "nouvelle");
    let courrier = monde.courrier(ZOE, "sollicitation_repondue").await;
    assert!(
        corps(&courrier).contains(
            "Le gestionnaire principal remplacé conteste ce changement. Un autre agent du support reprend le dossier"
        ),
        "{}",
        courrier.texte
    );
    for agent in [SABINE, SOFIANE, SIMON] {
        let recus = monde.portail.courriers_pour(agent).await;
        assert!(
            recus.iter().any(|c| c
                .texte
                .contains("Contestation d’un changement de gestionnaire principal")),
            "{agent}"
        );
    }
    // Who sent it and who approved it do not answer, either file: they may only note.
    for agent in [SABINE, SOFIANE] {
        let mut acteur = monde.connecter(agent).await;
        for fichier in [id, contestation] {
            let page = acteur.page(&dossier(fichier)).await;
            page.statut(200)
                .contient("Un troisième agent traite la contestation");
            for bouton in [
                "Prendre en charge",
                "Répondre",
                "Résoudre avec cette réponse",
            ] {
                assert!(page.formulaire_eventuel(bouton).is_none(), "{bouton}");
            }
            let avant = monde.portail.empreinte().await;
            for (suite, champs) in [
                ("prise-en-charge", vec![]),
                ("reponse", vec![("texte", "Bonjour.")]),
                ("resolution", vec![("texte", "Bonjour.")]),
            ] {
                acteur
                    .poster(&format!("{}/{suite}", dossier(fichier)), &champs)
                    .await
                    .statut(409)
                    .contient("un troisième agent traite la contestation");
            }
            assert_eq!(monde.portail.empreinte().await, avant);
        }
        acteur
            .page(&dossier(contestation))
            .await
            .formulaire("Noter en interne")
            .remplir("texte", &format!("Vu par {agent}."))
            .envoyer(&mut acteur)
            .await
            .statut(200);
    }
    // Nor by being given it.
    let mut simon = monde.connecter(SIMON).await;
    let page = simon
        .page(&format!("{}/attribution", dossier(contestation)))
        .await;
    page.statut(200)
        .contient("Simon Support")
        .ne_contient_pas("Sofiane Support");
    let sofiane = monde.portail.id(SOFIANE).await.to_string();
    simon
        .poster(
            &format!("{}/attribution", dossier(contestation)),
            &[("agent", &sofiane), ("motif", "À toi.")],
        )
        .await
        .statut(409);
    // Each file leads to the other.
    let page = simon.page(&dossier(contestation)).await;
    let lien = page.lien("SOL-");
    assert_eq!(lien, dossier(id));
    simon
        .page(&dossier(contestation))
        .await
        .formulaire("Prendre en charge")
        .envoyer(&mut simon)
        .await
        .statut(200);
    simon
        .page(&dossier(contestation))
        .await
        .formulaire("Résoudre avec cette réponse")
        .remplir("texte", "Demandez un nouveau certificat à votre nom.")
        .envoyer(&mut simon)
        .await
        .statut(200);
    assert_eq!(monde.gp().await.as_deref(), Some(ZOE));
    assert_eq!(monde.etat(PAUL).await, "us validee");
}

#[tokio::test]
async fn sept_jours_pas_huit() {
    let (monde, _) = Monde::execute().await;
    let adresse = monde.contestation().await;
    monde.portail.avancer("6 days 23 hours 59 minutes").await;
    let mut paul = monde.connecter(PAUL).await;
    paul.page(&adresse).await.statut(200).contient("Exécuté le");
    monde.portail.avancer("1 minute").await;
    let mut paul = monde.connecter(PAUL).await;
    let avant = monde.portail.empreinte().await;
    paul.page(&adresse)
        .await
        .statut(409)
        .contient("Le délai de 7 jours est passé");
    monde.contester(PAUL).await.statut(409);
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn elle_n_existe_que_pour_celui_que_le_certificat_remplace() {
    let (monde, id) = Monde::execute().await;
    let adresse = monde.contestation().await;
    let avant = monde.portail.empreinte().await;
    for qui in [ZOE, LEA, MAX, SABINE, SOFIANE] {
        monde.connecter(qui).await.page(&adresse).await.statut(404);
        monde.contester(qui).await.statut(404);
    }
    let inconnu = format!("/certificats/{id}/contestation");
    monde.connecter(PAUL).await.page(&inconnu).await.statut(404);
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn sans_raison_elle_est_refusee_au_champ() {
    let (monde, _) = Monde::execute().await;
    let adresse = monde.contestation().await;
    let mut paul = monde.connecter(PAUL).await;
    let long = "x".repeat(4_001);
    let avant = monde.portail.empreinte().await;
    for texte in ["", "  ", long.as_str()] {
        let page = paul.poster(&adresse, &[("texte", texte)]).await;
        page.statut(422).contient("Contester ce changement");
        assert!(page.erreur_de("texte").is_some());
    }
    assert_eq!(monde.portail.empreinte().await, avant);
}

/// Sent once, the link leads to its thread; refused, there is nothing to contest.
#[tokio::test]
async fn deux_fois_c_est_une_et_un_refus_n_en_laisse_pas() {
    let (monde, id) = Monde::execute().await;
    monde.contester(PAUL).await.statut(200);
    let contestation = monde.derniere().await;
    let adresse = monde.contestation().await;
    let page = monde.connecter(PAUL).await.page(&adresse).await;
    assert_eq!(page.adresse, format!("/sollicitations/{contestation}"));
    let avant = monde
        .portail
        .nombre("select count(*) from sollicitations")
        .await;
    monde.contester(PAUL).await.statut(200);
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from sollicitations")
            .await,
        avant
    );
    assert_eq!(monde.statut(id).await, "nouvelle");

    let (monde, id) = Monde::envoye().await;
    monde.refuser(SOFIANE, id).await.statut(200);
    let adresse = monde.contestation().await;
    monde
        .connecter(PAUL)
        .await
        .page(&adresse)
        .await
        .statut(409)
        .contient("vous restez gestionnaire principal");
}
