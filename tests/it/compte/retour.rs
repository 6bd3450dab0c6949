use super::{
    LEA, PAUL, ZOE, a_l_instant, connexion, desactiver, executer, gp_inactifs, mairie, partis_a,
    statut, zoe,
};
use crate::comptes::{lien, liens};
use crate::mon_compte::{actions, etat, gp_de, historique_vrai};
use crate::support::{MOT_DE_PASSE, Portail};

#[tokio::test]
async fn revenir_par_son_mot_de_passe_rend_les_rattachements_du_compte_et_eux_seuls() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let id = portail.id(ZOE).await;
    let lea = portail.personne(LEA).await;
    let ecole = portail.structure("École de Terneuil", 2, true).await;
    portail.gp(ecole, lea).await;
    portail.rattacher(ecole, id, "gs", &[]).await;
    let regie = portail.structure("Régie de Terneuil", 3, true).await;
    portail.gp(regie, lea).await;
    let desactive = portail.rattacher(regie, id, "us", &[]).await;
    sqlx::query(
        "update rattachements set statut = 'desactivee', cause = 'gestionnaire' where id = $1",
    )
    .bind(desactive)
    .execute(&portail.db)
    .await
    .expect("a deactivated row");
    let mut acteur = portail.connecter(ZOE).await;
    desactiver(&mut acteur).await.statut(200);

    // A wrong password says nothing; the right one leads to the return, and opens nothing else.
    let mut revenante = portail.anonyme();
    let inconnu = connexion(&mut revenante, "personne@test.example", "x-Faux-mot-1").await;
    let faux = connexion(&mut revenante, ZOE, "x-Faux-mot-1").await;
    assert_eq!(faux.statut.as_u16(), 422);
    assert_eq!(
        faux.texte(),
        inconnu.texte(),
        "the same words as for an unknown address"
    );
    let page = connexion(&mut revenante, ZOE, MOT_DE_PASSE).await;
    assert_eq!(page.adresse, "/reactivation");
    page.statut(200)
        .contient("Votre compte est désactivé")
        .contient("Zoe Aubert");
    let avant = portail.empreinte().await;
    revenante.lire("/mon-compte").await.statut(303);
    revenante.lire("/reactivation").await.statut(200);
    assert_eq!(portail.empreinte().await, avant, "reading changes nothing");

    let page = page
        .formulaire("Réactiver mon compte")
        .envoyer(&mut revenante)
        .await;
    page.statut(200)
        .contient("Votre compte est de nouveau actif.")
        .contient("Mairie de Terneuil : vous y êtes de nouveau utilisateur simple.")
        .contient("École de Terneuil : vous y êtes de nouveau gestionnaire secondaire.")
        .ne_contient_pas("Régie");
    assert_eq!(statut(&portail, ZOE).await, "actif");
    assert_eq!(etat(&portail, mairie, ZOE).await, "us validee");
    assert_eq!(etat(&portail, ecole, ZOE).await, "gs validee");
    assert_eq!(etat(&portail, regie, ZOE).await, "us desactivee");
    assert_eq!(
        actions(&portail, mairie).await,
        ["rattachement_desactive", "rattachement_reactive"]
    );
    assert!(
        portail
            .nombre("select count(*) from abonnements a join rattachements r on r.id = a.rattachement_id where r.role = 'us'")
            .await
            > 0,
        "the default espaces are back"
    );
    assert_eq!(
        portail
            .courriers_pour(PAUL)
            .await
            .last()
            .map(|c| c.sujet.clone()),
        Some("Zoe Aubert réactive son compte".to_owned())
    );
    assert_eq!(
        portail
            .courriers_pour(ZOE)
            .await
            .last()
            .map(|c| c.sujet.clone()),
        Some("Vantail\u{202F}: votre compte est de nouveau actif".to_owned())
    );
    connexion(&mut revenante, ZOE, MOT_DE_PASSE)
        .await
        .statut(200);
    revenante.lire("/mon-compte").await.statut(200);
    historique_vrai(&portail).await;
}

#[tokio::test]
async fn un_ancien_gestionnaire_principal_revient_utilisateur_simple() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let paul_id = portail.id(PAUL).await;
    let seule = portail.structure("Régie de Terneuil", 2, true).await;
    portail.gp(seule, paul_id).await;
    let orpheline = portail.structure("Office de Terneuil", 3, true).await;
    portail.gp(orpheline, paul_id).await;
    let mut paul = portail.connecter(PAUL).await;
    let page = paul.page("/mon-compte/desactivation/succession").await;
    let zoe_id = portail.id(ZOE).await.to_string();
    page.formulaire("Désactiver mon compte")
        .choisir("mode", "chacune")
        .choisir(&format!("c-{mairie}"), &zoe_id)
        .choisir(&format!("c-{seule}"), "desactiver")
        .choisir(&format!("c-{orpheline}"), "desactiver")
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(&mut paul)
        .await
        .statut(200);
    // Since then somebody reactivated one of them, without a gestionnaire.
    executer(
        &portail,
        "update structures set statut = 'active' where raison_sociale like 'Office%'",
    )
    .await;
    let adresse = lien(&portail, PAUL).await;
    assert!(adresse.starts_with("/reactivation/"), "{adresse}");
    let mut visiteur = portail.anonyme();
    let page = visiteur.page(&adresse).await;
    assert_eq!(page.entete("referrer-policy"), Some("no-referrer"));
    assert_eq!(
        statut(&portail, PAUL).await,
        "inactif",
        "opening consumes nothing"
    );
    let page = page
        .formulaire("Réactiver mon compte")
        .envoyer(&mut visiteur)
        .await;
    page.statut(200)
        .contient("Mairie de Terneuil : vous y êtes de nouveau utilisateur simple.")
        .contient("Régie de Terneuil : la structure est désactivée.")
        .contient("Office de Terneuil : la structure n’a plus de gestionnaire principal.");
    assert_eq!(etat(&portail, mairie, PAUL).await, "us validee");
    assert_eq!(gp_de(&portail, mairie).await.as_deref(), Some(ZOE));
    assert_eq!(etat(&portail, seule, PAUL).await, "gp desactivee");
    assert_eq!(etat(&portail, orpheline, PAUL).await, "gp desactivee");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    assert_eq!(gp_inactifs(&portail).await, 0);
    // The link has served.
    visiteur.lire(&adresse).await.statut(410);
    visiteur.poster_sans_suivre(&adresse, &[]).await.statut(410);
    historique_vrai(&portail).await;
}

#[tokio::test]
async fn un_nouveau_lien_tue_l_ancien_et_ne_revele_rien() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let mut acteur = portail.connecter(ZOE).await;
    desactiver(&mut acteur).await.statut(200);
    let ancien = lien(&portail, ZOE).await;
    let mut visiteur = portail.anonyme();
    let page = visiteur.page("/reactivation").await;
    assert_eq!(page.adresse, "/reactivation/lien");
    let mut textes = Vec::new();
    for adresse in [ZOE, PAUL, "personne@test.example"] {
        let reponse = page
            .formulaire("Recevoir le lien")
            .remplir("adresse", adresse)
            .envoyer(&mut visiteur)
            .await;
        textes.push((reponse.statut.as_u16(), reponse.texte()));
    }
    assert_eq!(textes[0], textes[1]);
    assert_eq!(textes[0], textes[2]);
    let page = page
        .formulaire("Recevoir le lien")
        .remplir("adresse", "pas une adresse")
        .envoyer(&mut visiteur)
        .await;
    page.statut(422);
    assert!(page.erreur_de("adresse").is_some());
    assert_eq!(
        liens(&portail, PAUL)
            .await
            .iter()
            .filter(|l| l.starts_with("/reactivation/"))
            .count(),
        0
    );
    let neuf = lien(&portail, ZOE).await;
    assert_ne!(neuf, ancien);
    visiteur.lire(&ancien).await.statut(410);
    visiteur.lire(&neuf).await.statut(200);
    // A link of one purpose opens no other.
    let autre = neuf.replace("/reactivation/", "/mot-de-passe/");
    visiteur.lire(&autre).await.statut(410);
}

/// Both sides of the 60th day, across each change of the clocks (failure-modes L3).
#[tokio::test]
async fn soixante_jours_a_la_meme_heure_de_paris() {
    let portail = Portail::nouveau().await;
    for (depart, fin) in [
        ("2026-09-01 12:00:00", "2026-10-31 12:00:00"),
        ("2027-02-10 09:30:15", "2027-04-11 09:30:15"),
        ("2026-06-01 00:00:00", "2026-07-31 00:00:00"),
    ] {
        let meme: bool = sqlx::query_scalar(
            "select fin_de_reactivation($1::timestamp at time zone 'Europe/Paris') = ($2::timestamp at time zone 'Europe/Paris')",
        )
        .bind(depart)
        .bind(fin)
        .fetch_one(&portail.db)
        .await
        .expect("an instant");
        assert!(meme, "{depart}");
    }
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    for (depart, presque, trop_tard) in [
        (
            "2026-09-01 12:00:00",
            "2026-10-31 11:55:00",
            "2026-10-31 12:00:01",
        ),
        (
            "2027-02-10 09:30:00",
            "2027-04-11 09:25:00",
            "2027-04-11 09:30:01",
        ),
    ] {
        // Right before the end, by the link and by the password.
        for par_le_lien in [true, false] {
            a_l_instant(&portail, depart).await;
            let mut acteur = portail.connecter(ZOE).await;
            desactiver(&mut acteur).await.statut(200);
            partis_a(&portail, depart).await;
            let adresse = lien(&portail, ZOE).await;
            a_l_instant(&portail, presque).await;
            let mut visiteur = portail.anonyme();
            let page = if par_le_lien {
                visiteur.page(&adresse).await
            } else {
                connexion(&mut visiteur, ZOE, MOT_DE_PASSE).await
            };
            page.formulaire("Réactiver mon compte")
                .envoyer(&mut visiteur)
                .await
                .contient("Votre compte est de nouveau actif.");
            assert_eq!(statut(&portail, ZOE).await, "actif");
        }
        // At the end, refused by both, whether or not the job has run; a page opened before is no way round.
        a_l_instant(&portail, depart).await;
        let mut acteur = portail.connecter(ZOE).await;
        desactiver(&mut acteur).await.statut(200);
        partis_a(&portail, depart).await;
        let adresse = lien(&portail, ZOE).await;
        a_l_instant(&portail, presque).await;
        let mut visiteur = portail.anonyme();
        let ouverte = connexion(&mut visiteur, ZOE, MOT_DE_PASSE).await;
        let par_lien = portail.anonyme().page(&adresse).await;
        a_l_instant(&portail, trop_tard).await;
        let mut tardif = portail.anonyme();
        tardif.lire(&adresse).await.statut(410);
        par_lien
            .formulaire("Réactiver mon compte")
            .envoyer(&mut tardif)
            .await
            .statut(410);
        let page = connexion(&mut tardif, ZOE, MOT_DE_PASSE).await;
        page.statut(422)
            .contient("Adresse ou mot de passe incorrect.");
        let page = ouverte
            .formulaire("Réactiver mon compte")
            .envoyer(&mut visiteur)
            .await;
        assert_eq!(page.adresse, "/reactivation/lien");
        assert_eq!(statut(&portail, ZOE).await, "inactif");
        executer(
            &portail,
            "update utilisateurs set statut = 'actif', desactive_le = null where statut = 'inactif';
             update rattachements set statut = 'validee', cause = null where cause = 'compte'",
        )
        .await;
    }
}

#[tokio::test]
async fn un_compte_pigp_revient_par_son_referent() {
    let portail = Portail::nouveau().await;
    mairie(&portail).await;
    portail.personne(ZOE).await;
    executer(
        &portail,
        "update utilisateurs set pigp = true, statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'zoe%'",
    )
    .await;
    let mut visiteur = portail.anonyme();
    let page = connexion(&mut visiteur, ZOE, MOT_DE_PASSE).await;
    page.contient("seul votre référent peut le réactiver");
    assert!(page.formulaire_eventuel("Réactiver mon compte").is_none());
    visiteur.poster("/reactivation", &[]).await.statut(403);
    assert_eq!(statut(&portail, ZOE).await, "inactif");
}
