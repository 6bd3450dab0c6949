use super::{LEA, PAUL, SABINE, ZOE, monde, nom_propose};

#[tokio::test]
async fn un_telechargement_est_un_fichier_et_rien_d_autre() {
    let (portail, _) = monde().await;
    let zoe = portail.id(ZOE).await;
    let id = portail.sollicitation(zoe, "Objet").await;
    let piece = portail.piece(zoe, None, Some(id)).await;
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur
        .lire(&format!("/sollicitations/{id}/pieces/{piece}"))
        .await;
    page.statut(200);
    assert_eq!(page.octets, crate::support::sollicitations::PDF);
    for (entete, attendu) in [
        ("content-type", "application/pdf"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(page.entete(entete), Some(attendu), "{entete}");
    }
    assert_eq!(
        nom_propose(&page),
        "attachment; filename=\"preuve.pdf\"; filename*=UTF-8''preuve.pdf"
    );
    assert_eq!(
        page.entete("content-length"),
        Some(page.octets.len().to_string().as_str())
    );
    sqlx::query("update pieces_jointes set nom = 'Pièce \"n° 1\" ; signée.pdf'")
        .execute(&portail.db)
        .await
        .expect("a name");
    let page = acteur
        .lire(&format!("/sollicitations/{id}/pieces/{piece}"))
        .await;
    assert_eq!(
        nom_propose(&page),
        "attachment; filename=\"Pi_ce _n_ 1_ ; sign_e.pdf\"; filename*=UTF-8''Pi%C3%A8ce%20%22n%C2%B0%201%22%20%3B%20sign%C3%A9e.pdf"
    );
}

#[tokio::test]
async fn un_fichier_n_existe_que_pour_qui_lit_ce_qu_il_accompagne() {
    let (portail, mairie) = monde().await;
    let (zoe, lea) = (portail.id(ZOE).await, portail.id(LEA).await);
    let au_support = portail.sollicitation(zoe, "Au support").await;
    let a_la_mairie = portail.recue(zoe, mairie, "À la mairie").await;
    let de_lea = portail.sollicitation(lea, "De Léa").await;
    let p1 = portail.piece(zoe, None, Some(au_support)).await;
    let p2 = portail.piece(zoe, None, Some(a_la_mairie)).await;
    let p3 = portail.piece(lea, None, Some(de_lea)).await;
    let brouillon = portail.brouillon(lea, "Brouillon").await;
    let p4 = portail.piece(lea, Some(brouillon), None).await;
    let emise = |id, p| format!("/sollicitations/{id}/pieces/{p}");
    let recue = |id, p| format!("/sollicitations-recues/{id}/pieces/{p}");
    let dossier = |id, p| format!("/support/sollicitations/{id}/pieces/{p}");
    let carnet = |id, p| format!("/sollicitations/brouillons/{id}/pieces/{p}");
    for (qui, adresse, attendu) in [
        (ZOE, emise(au_support, p1), 200),
        (ZOE, emise(a_la_mairie, p2), 200),
        // A file under the address of another sollicitation.
        (ZOE, emise(au_support, p2), 404),
        (ZOE, emise(au_support, p3), 404),
        (ZOE, emise(de_lea, p3), 404),
        (ZOE, recue(a_la_mairie, p2), 404),
        (ZOE, carnet(brouillon, p4), 404),
        (LEA, emise(au_support, p1), 404),
        (LEA, carnet(brouillon, p4), 200),
        (LEA, carnet(brouillon, p3), 404),
        (PAUL, recue(a_la_mairie, p2), 200),
        (PAUL, recue(au_support, p1), 404),
        (PAUL, recue(a_la_mairie, p1), 404),
        (PAUL, emise(a_la_mairie, p2), 404),
        (SABINE, dossier(au_support, p1), 200),
        (SABINE, dossier(de_lea, p3), 200),
        // The desk does not read what was sent to a structure.
        (SABINE, dossier(a_la_mairie, p2), 404),
        (SABINE, dossier(au_support, p3), 404),
        (SABINE, emise(au_support, p1), 404),
    ] {
        let mut acteur = portail.connecter(qui).await;
        let page = acteur.lire(&adresse).await;
        assert_eq!(page.statut.as_u16(), attendu, "{qui} {adresse}");
    }
}

#[tokio::test]
async fn un_droit_perdu_ferme_les_fichiers_aussitot() {
    let (portail, mairie) = monde().await;
    let zoe = portail.id(ZOE).await;
    let lea = portail.id(LEA).await;
    portail.rattacher(mairie, lea, "us", &[]).await;
    portail.lecteur(mairie, lea, "consultation").await;
    let id = portail.recue(zoe, mairie, "Objet").await;
    let piece = portail.piece(zoe, None, Some(id)).await;
    let adresse = format!("/sollicitations-recues/{id}/pieces/{piece}");
    let mut acteur = portail.connecter(LEA).await;
    acteur.lire(&adresse).await.statut(200);
    // The rattachement ends at that instant, though no job has run.
    sqlx::query("update rattachements set date_fin = maintenant() where utilisateur_id = $1")
        .bind(lea)
        .execute(&portail.db)
        .await
        .expect("an end");
    acteur.lire(&adresse).await.statut(404);
    acteur
        .page(&format!("/sollicitations-recues/{id}"))
        .await
        .statut(404);
    // Transferred: the structure has lost it, the support has it.
    let mut paul = portail.connecter(PAUL).await;
    paul.lire(&adresse).await.statut(200);
    paul.poster(
        &format!("/sollicitations-recues/{id}/transfert"),
        &[("motif", "Ce n’est pas à nous.")],
    )
    .await
    .statut(200);
    paul.lire(&adresse).await.statut(404);
    let mut sabine = portail.connecter(SABINE).await;
    sabine
        .lire(&format!("/support/sollicitations/{id}/pieces/{piece}"))
        .await
        .statut(200);
}

#[tokio::test]
async fn le_fichier_d_une_note_interne_ne_sort_pas_du_support() {
    let (portail, _) = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let mut sabine = portail.connecter(SABINE).await;
    let page = sabine
        .page(&format!("/support/sollicitations/{id}"))
        .await
        .formulaire("Noter en interne")
        .remplir("texte", "Voir la capture.")
        .joindre(
            "fichier",
            "interne.pdf",
            crate::support::sollicitations::PDF,
        )
        .envoyer(&mut sabine)
        .await;
    page.statut(200).contient("interne.pdf");
    let lien = page.lien("interne.pdf");
    sabine.lire(&lien).await.statut(200);
    let mut zoe = portail.connecter(ZOE).await;
    zoe.page(&format!("/sollicitations/{id}"))
        .await
        .ne_contient_pas("interne.pdf");
    let piece = lien.rsplit('/').next().expect("an id");
    zoe.lire(&format!("/sollicitations/{id}/pieces/{piece}"))
        .await
        .statut(404);
}
