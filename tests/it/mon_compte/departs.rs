use super::{LIEN, actions, corps, etat, historique_vrai};
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

const ZOE: &str = "zoe.aubert@test.example";
const PAUL: &str = "paul.gerant@test.example";

/// Ticks the row, opens the confirmation window.
async fn fenetre(acteur: &mut Acteur, rattachement: &str) -> PageLue {
    acteur
        .page("/mon-compte/rattachements")
        .await
        .formulaire("Supprimer mes rattachements")
        .cocher("r", rattachement)
        .envoyer(acteur)
        .await
}

#[tokio::test]
async fn un_utilisateur_simple_part_aussitot_et_les_anciennes_adresses_n_existent_plus() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, gp).await;
    let r = portail.rattacher(mairie, zoe, "us", &[]).await;
    sqlx::query(
        "insert into abonnements (id, structure_id, rattachement_id, espace, droit, origine)
         values (uuid_v7(), $1, $2, 'factures_recues', 'modification', 'defaut')",
    )
    .bind(mairie)
    .bind(r)
    .execute(&portail.db)
    .await
    .expect("an access");
    let mut acteur = portail.connecter(ZOE).await;
    let fiche = format!("/structures/{mairie}");
    acteur.page(&fiche).await.statut(200);
    let page = fenetre(&mut acteur, &r.to_string()).await;
    page.statut(200)
        .contient("Fenêtre de confirmation")
        .contient(
            "Êtes-vous sûr(e) de vouloir supprimer vos rattachements aux structures suivantes ?",
        )
        .contient("Vous deviendrez dès lors utilisateur simple de la structure concernée.");
    assert_eq!(
        page.tous("#confirmation th[scope=col]")[1..],
        [
            "Identifiant structure",
            "Raison sociale",
            "Code service",
            "Statut du rattachement"
        ]
    );
    let envoi = page.formulaire("Valider").cocher("ligne", &r.to_string());
    let page = envoi.envoyer(&mut acteur).await;
    page.statut(200)
        .contient("votre rattachement est supprimé.")
        .contient("Vous n’êtes rattaché(e) à aucune structure");
    assert_eq!(etat(&portail, mairie, ZOE).await, "us supprimee");
    assert_eq!(portail.nombre("select count(*) from abonnements").await, 0);
    for adresse in [
        fiche.clone(),
        format!("{fiche}/transfert"),
        format!("/mon-compte/rattachements/suppression?r={r}"),
        format!("/mon-compte/rattachements/succession?l={r}"),
    ] {
        acteur.page(&adresse).await.statut(404);
    }
    assert_eq!(actions(&portail, mairie).await, ["rattachement_supprime"]);
    let sujets: Vec<_> = portail
        .courriers()
        .await
        .into_iter()
        .map(|c| (c.destinataire, c.sujet))
        .collect();
    assert_eq!(
        sujets,
        [
            (
                ZOE.to_owned(),
                "Votre rattachement à Mairie de Terneuil est supprimé".to_owned()
            ),
            (
                PAUL.to_owned(),
                "Zoe Aubert quitte Mairie de Terneuil".to_owned()
            )
        ]
    );
    assert_eq!(
        corps(&portail.courriers_pour(ZOE).await[0]),
        format!(
            "Bonjour Zoe Aubert,\n\n\
             Votre rattachement à Mairie de Terneuil est supprimé.\n\n\
             Périmètre\u{202F}: toute la structure\nAction de\u{202F}: vous-même\n\n\
             Vous n’avez plus accès à ce périmètre. Pour y revenir, déposez une nouvelle demande.\n\n\
             Vos rattachements\u{202F}:\n{LIEN}"
        )
    );
    assert_eq!(
        corps(&portail.courriers_pour(PAUL).await[0]),
        format!(
            "Bonjour Paul Gerant,\n\n\
             Zoe Aubert a supprimé son rattachement à Mairie de Terneuil.\n\n\
             Périmètre quitté\u{202F}: toute la structure\n\n\
             Ses accès sont fermés. Vous n’avez rien à faire.\n\n\
             Vos activités de gestionnaire\u{202F}:\n{LIEN}"
        )
    );
    // A second click: the same page, nothing twice.
    let avant = portail.nombre("select count(*) from historique").await;
    envoi
        .envoyer(&mut acteur)
        .await
        .statut(200)
        .contient("vous n’y étiez déjà plus rattaché(e).");
    assert_eq!(
        portail.nombre("select count(*) from historique").await,
        avant
    );
    assert_eq!(portail.courriers().await.len(), 2);
    historique_vrai(&portail).await;
}

#[tokio::test]
async fn un_service_seul_se_quitte_et_le_dernier_emporte_le_rattachement() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    let achats = portail.service(mairie, "ACH", "Achats").await;
    let juridique = portail.service(mairie, "JUR", "Juridique").await;
    portail.gp(mairie, gp).await;
    let r = portail
        .rattacher(mairie, zoe, "us", &[achats, juridique])
        .await;
    for (service, origine) in [(achats, "demande"), (juridique, "demande")] {
        sqlx::query(
            "insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
             values (uuid_v7(), $1, $2, $3, 'factures_a_valider', 'modification', $4)",
        )
        .bind(mairie)
        .bind(r)
        .bind(service)
        .bind(origine)
        .execute(&portail.db)
        .await
        .expect("an access");
    }
    let mut acteur = portail.connecter(ZOE).await;
    let page = fenetre(&mut acteur, &r.to_string()).await;
    let lignes = page.tous("#confirmation tbody tr");
    assert_eq!(lignes.len(), 2);
    assert!(lignes[0].contains("ACH") && lignes[1].contains("JUR"));
    page.formulaire("Valider")
        .cocher("ligne", &format!("{r}.{achats}"))
        .envoyer(&mut acteur)
        .await
        .statut(200)
        .contient("vous quittez Achats.");
    assert_eq!(etat(&portail, mairie, ZOE).await, "us validee");
    assert_eq!(actions(&portail, mairie).await, ["services_quittes"]);
    assert_eq!(
        portail
            .nombre("select count(*) from abonnements where espace = 'factures_a_valider'")
            .await,
        1
    );
    let page = fenetre(&mut acteur, &r.to_string()).await;
    page.formulaire("Valider")
        .cocher("ligne", &format!("{r}.{juridique}"))
        .envoyer(&mut acteur)
        .await
        .contient("votre rattachement est supprimé.");
    assert_eq!(etat(&portail, mairie, ZOE).await, "us supprimee");
    assert_eq!(
        portail
            .nombre("select count(*) from rattachement_services")
            .await,
        0
    );
    assert_eq!(portail.nombre("select count(*) from abonnements").await, 0);
}

#[tokio::test]
async fn rien_de_coche_est_refuse_et_ne_change_rien() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, gp).await;
    let r = portail.rattacher(mairie, zoe, "us", &[]).await;
    let avant = portail.empreinte().await;
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur.page("/mon-compte/rattachements").await;
    page.formulaire("Supprimer mes rattachements")
        .envoyer(&mut acteur)
        .await
        .statut(422)
        .contient("Cochez au moins un rattachement à supprimer.");
    let page = fenetre(&mut acteur, &r.to_string()).await;
    let page = page.formulaire("Valider").envoyer(&mut acteur).await;
    page.statut(422);
    assert!(page.erreur_de("ligne").is_some());
    assert_eq!(
        page.tous("#confirmation tbody tr").len(),
        1,
        "the lines stay"
    );
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn le_rattachement_d_un_autre_n_existe_pas() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    let autre = portail.structure("Autre mairie", 2, true).await;
    let de_paul = portail.gp(mairie, gp).await;
    portail.gp(autre, gp).await;
    let mien = portail.rattacher(mairie, zoe, "us", &[]).await;
    let avant = portail.empreinte().await;
    let mut acteur = portail.connecter(ZOE).await;
    let nul = uuid::Uuid::nil().to_string();
    for id in [de_paul.to_string(), nul, "x".to_owned()] {
        acteur
            .page(&format!("/mon-compte/rattachements/suppression?r={id}"))
            .await
            .statut(404);
        acteur
            .page(&format!("/mon-compte/rattachements/succession?l={id}"))
            .await
            .statut(404);
        // Together with one of mine: all or nothing.
        let lignes = [("ligne", id.as_str()), ("ligne", &mien.to_string())];
        acteur
            .poster("/mon-compte/rattachements/suppression", &lignes)
            .await
            .statut(404);
    }
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn les_rattachements_echus_sont_clos_au_passage() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let ancien = portail.personne("ancien.agent@test.example").await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, gp).await;
    let r = portail.rattacher(mairie, zoe, "us", &[]).await;
    let echu = portail.rattacher(mairie, ancien, "us", &[]).await;
    sqlx::query(
        "update rattachements set date_fin = maintenant() - interval '1 day' where id = $1",
    )
    .bind(echu)
    .execute(&portail.db)
    .await
    .expect("an end");
    let mut acteur = portail.connecter(ZOE).await;
    acteur
        .poster(
            "/mon-compte/rattachements/suppression",
            &[("ligne", &r.to_string())],
        )
        .await
        .statut(200);
    assert_eq!(
        etat(&portail, mairie, "ancien.agent@test.example").await,
        "us desactivee"
    );
    assert_eq!(
        portail
            .nombre("select count(*) from rattachements where cause = 'echeance'")
            .await,
        1
    );
    assert_eq!(
        actions(&portail, mairie).await,
        ["rattachement_desactive", "rattachement_supprime"]
    );
}
