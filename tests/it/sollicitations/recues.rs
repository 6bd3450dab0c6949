//! « Sollicitations reçues »: a public structure answers, asks for more, passes on.

use vantail::db::StructureId;

use super::{AUTRE, LEA, PAUL, SABINE, SOFIANE, ZOE, corps, monde, statut};
use crate::support::{Portail, instructions};

/// Paul answers for the mairie, Léa reads.
async fn mairie(portail: &Portail) -> StructureId {
    let mairie = portail.structure("Commune de Terneuil", 1, true).await;
    let (paul, lea) = (portail.id(PAUL).await, portail.id(LEA).await);
    portail.gp(mairie, paul).await;
    portail.rattacher(mairie, lea, "us", &[]).await;
    portail.lecteur(mairie, paul, "modification").await;
    portail.lecteur(mairie, lea, "consultation").await;
    mairie
}

#[tokio::test]
async fn une_sollicitation_va_a_la_structure_et_sa_reponse_revient() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let mut zoe = portail.connecter(ZOE).await;
    let page = zoe
        .page(&format!("{AUTRE}?destinataire={mairie}"))
        .await
        .formulaire("Envoyer la sollicitation")
        .remplir("categorie", "facture.paiement")
        .remplir("objet", "Facture 12")
        .remplir("texte", "Elle attend depuis mars.")
        .envoyer(&mut zoe)
        .await;
    page.statut(200)
        .contient("Vos interlocuteurs de Commune de Terneuil en sont avertis.")
        .contient("Facture envoyée à la structure : paiement attendu");
    // Who answers is told; who only reads, and the support, are not.
    let recus = portail.courriers_pour(PAUL).await;
    assert_eq!(recus.len(), 1);
    assert!(
        recus[0]
            .sujet
            .ends_with("nouvelle sollicitation de Zoe Aubert")
    );
    for autre in [LEA, SABINE] {
        assert!(portail.courriers_pour(autre).await.is_empty(), "{autre}");
    }
    let accuse = portail.courriers_pour(ZOE).await;
    assert!(
        corps(&accuse[0]).contains("Commune de Terneuil vous répondra dans ce fil."),
        "{}",
        corps(&accuse[0])
    );

    let mut paul = portail.connecter(PAUL).await;
    let (page, compte) = instructions::compter(paul.page("/sollicitations-recues")).await;
    assert!(compte <= 8, "{compte} statements");
    page.contient("(1 ligne)").contient("Facture 12");
    let adresse = page.lien("Ouvrir");
    let (page, compte) = instructions::compter(paul.page(&adresse)).await;
    assert!(compte <= 8, "{compte} statements");
    page.contient("Elle attend depuis mars.");
    page.formulaire("Répondre")
        .remplir("texte", "Quel est son numéro d’engagement ?")
        .cocher("attendue", "oui")
        .envoyer(&mut paul)
        .await
        .statut(200)
        .contient("La sollicitation attend maintenant son auteur.")
        .contient("Paul Gerant");
    assert_eq!(statut(&portail).await, "en_attente_du_demandeur");
    let recus = portail.courriers_pour(ZOE).await;
    let demande = recus.last().expect("a mail");
    assert!(
        demande
            .sujet
            .ends_with("Commune de Terneuil attend votre réponse"),
        "{}",
        demande.sujet
    );
    assert!(corps(demande).contains("Commune de Terneuil a besoin d’une réponse"));
    let fil = adresse.replace("/sollicitations-recues", "/sollicitations");
    zoe.page(&fil)
        .await
        .formulaire("Répondre")
        .remplir("texte", "E-2026-7.")
        .envoyer(&mut zoe)
        .await
        .statut(200);
    assert_eq!(portail.courriers_pour(PAUL).await.len(), 2);
    paul.page(&adresse)
        .await
        .formulaire("Résoudre avec cette réponse")
        .remplir("texte", "Payée hier.")
        .envoyer(&mut paul)
        .await
        .statut(200)
        .contient("est résolue");
    let recus = portail.courriers_pour(ZOE).await;
    assert!(corps(recus.last().expect("a mail")).contains("Commune de Terneuil a résolu"));
    // Reopened: who had it is told.
    zoe.page(&fil)
        .await
        .formulaire("Rouvrir")
        .remplir("texte", "Pas reçue.")
        .envoyer(&mut zoe)
        .await
        .statut(200);
    assert_eq!(statut(&portail).await, "en_cours");
    assert_eq!(portail.courriers_pour(PAUL).await.len(), 3);
    assert!(portail.courriers_pour(SABINE).await.is_empty());
}

#[tokio::test]
async fn en_consultation_on_lit_sans_repondre() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let id = portail
        .recue(portail.id(ZOE).await, mairie, "Facture 12")
        .await;
    let adresse = format!("/sollicitations-recues/{id}");
    let mut lea = portail.connecter(LEA).await;
    let page = lea.page(&adresse).await;
    page.statut(200).contient("en consultation");
    for bouton in ["Répondre", "Prendre en charge"] {
        assert!(page.formulaire_eventuel(bouton).is_none(), "{bouton}");
    }
    let avant = portail.empreinte().await;
    for (acte, champ) in [
        ("reponse", "texte"),
        ("resolution", "texte"),
        ("transfert", "motif"),
    ] {
        lea.poster(&format!("{adresse}/{acte}"), &[(champ, "Bonjour")])
            .await
            .statut(403);
    }
    lea.poster(&format!("{adresse}/prise-en-charge"), &[])
        .await
        .statut(403);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn une_structure_desactivee_se_lit_et_ne_repond_plus() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let id = portail.recue(portail.id(ZOE).await, mairie, "Objet").await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(mairie)
        .execute(&portail.db)
        .await
        .expect("a closed structure");
    let mut paul = portail.connecter(PAUL).await;
    let adresse = format!("/sollicitations-recues/{id}");
    paul.page(&adresse).await.statut(200);
    paul.poster(&format!("{adresse}/reponse"), &[("texte", "Bonjour")])
        .await
        .statut(403);
}

#[tokio::test]
async fn une_saisie_vide_est_refusee_et_une_sollicitation_finie_ne_bouge_plus() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let id = portail.recue(portail.id(ZOE).await, mairie, "Objet").await;
    let adresse = format!("/sollicitations-recues/{id}");
    let mut paul = portail.connecter(PAUL).await;
    let avant = portail.empreinte().await;
    let long = "x".repeat(256);
    for (acte, champ, valeur) in [
        ("reponse", "texte", " "),
        ("resolution", "texte", ""),
        ("transfert", "motif", ""),
        ("transfert", "motif", long.as_str()),
    ] {
        let page = paul
            .poster(&format!("{adresse}/{acte}"), &[(champ, valeur)])
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{acte}");
    }
    assert_eq!(portail.empreinte().await, avant);
    let mut zoe = portail.connecter(ZOE).await;
    zoe.poster(&format!("/sollicitations/{id}/cloture"), &[])
        .await
        .statut(200);
    let avant = portail.empreinte().await;
    for (acte, champ) in [
        ("reponse", "texte"),
        ("resolution", "texte"),
        ("transfert", "motif"),
    ] {
        paul.poster(&format!("{adresse}/{acte}"), &[(champ, "Trop tard")])
            .await
            .statut(409);
    }
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn transferee_au_support_elle_quitte_la_structure() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let id = portail
        .recue(portail.id(ZOE).await, mairie, "Mon compte")
        .await;
    let adresse = format!("/sollicitations-recues/{id}");
    let mut paul = portail.connecter(PAUL).await;
    paul.poster(&format!("{adresse}/prise-en-charge"), &[])
        .await
        .statut(200);
    let page = paul.page(&adresse).await;
    let confirmation = paul.page(&page.lien("Transférer au support")).await;
    assert_eq!(confirmation.tous("#confirmation h1").len(), 1);
    confirmation
        .formulaire("Transférer au support")
        .remplir("motif", "Le compte relève du support.")
        .envoyer(&mut paul)
        .await
        .statut(200)
        .contient("est transférée au support");
    assert_eq!(statut(&portail).await, "nouvelle");
    paul.page(&adresse).await.statut(404);
    paul.poster(&format!("{adresse}/reponse"), &[("texte", "Encore")])
        .await
        .statut(404);
    let recus = portail.courriers_pour(ZOE).await;
    let avis = recus.last().expect("a mail");
    assert_eq!(
        avis.sujet,
        "SOL-2020-000001\u{202F}: votre sollicitation passe au support"
    );
    assert_eq!(
        corps(avis),
        format!(
            "Bonjour Zoe Aubert,\n\nCommune de Terneuil a transféré votre sollicitation au support, qui vous répondra dans le même fil.\n\n\
             Référence\u{202F}: SOL-2020-000001\nObjet\u{202F}: Mon compte\n\nLe compte relève du support.\n\n\
             Pour la suivre\u{202F}:\n{}",
            vantail::courrier::LIEN
        )
    );
    for agent in [SABINE, SOFIANE] {
        let recus = portail.courriers_pour(agent).await;
        assert_eq!(recus.len(), 1, "{agent}");
        assert!(
            recus[0]
                .sujet
                .ends_with("Sollicitation transférée au support")
        );
    }
    let mut sabine = portail.connecter(SABINE).await;
    sabine
        .page(&format!("/support/sollicitations/{id}"))
        .await
        .statut(200)
        .contient("Transférée par")
        .contient("Commune de Terneuil")
        .contient("Le compte relève du support.")
        .formulaire("Répondre")
        .remplir("texte", "Nous regardons.")
        .envoyer(&mut sabine)
        .await
        .statut(200);
    let mut zoe = portail.connecter(ZOE).await;
    zoe.page(&format!("/sollicitations/{id}"))
        .await
        .contient("a transféré la sollicitation au support")
        .contient("Nous regardons.");
}

#[tokio::test]
async fn la_liste_ne_montre_que_mes_structures() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let zoe = portail.id(ZOE).await;
    let autre = portail.structure("Autre commune", 2, true).await;
    portail.recue(zoe, mairie, "Pour la mairie").await;
    portail.recue(zoe, autre, "Pour une autre").await;
    portail.sollicitation(zoe, "Pour le support").await;
    let mut paul = portail.connecter(PAUL).await;
    assert_eq!(
        paul.page("/").await.lien("Sollicitations reçues"),
        "/sollicitations-recues"
    );
    let page = paul.page("/sollicitations-recues").await;
    page.contient("Pour la mairie")
        .ne_contient_pas("Pour une autre")
        .ne_contient_pas("Pour le support");
    for (question, attendu) in [
        ("r.q=mairie", 1),
        ("r.q=autre", 0),
        ("r.etat=close", 0),
        ("r.tri=structure-desc", 1),
        ("r.page=99", 1),
    ] {
        let page = paul
            .page(&format!("/sollicitations-recues?{question}"))
            .await;
        let lignes = page.tous("#sollicitations tbody tr").len();
        assert_eq!(lignes, attendu, "{question}");
    }
    // Nobody without the espace has the entry.
    let mut zoe = portail.connecter(ZOE).await;
    assert!(
        zoe.page("/")
            .await
            .lien_eventuel("Sollicitations reçues")
            .is_none()
    );
}
