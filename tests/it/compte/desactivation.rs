use super::{LEA, PAUL, ZOE, connexion, desactiver, executer, gp_inactifs, mairie, statut, zoe};
use crate::mon_compte::{LIEN, actions, corps, etat, historique_vrai};
use crate::support::{MOT_DE_PASSE, Portail};

#[tokio::test]
async fn un_utilisateur_desactive_son_compte_et_tout_s_arrete() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    let r = zoe(&portail, mairie).await;
    let id = portail.id(ZOE).await;
    let ecole = portail.structure("École de Terneuil", 2, true).await;
    let lea = portail.personne(LEA).await;
    portail.gp(ecole, lea).await;
    portail.demande(ecole, id, "us", &[]).await;
    let mut acteur = portail.connecter(ZOE).await;
    let mut ailleurs = portail.connecter(ZOE).await;
    ailleurs.page("/mon-compte").await.statut(200);
    // A forgotten password, asked for just before.
    portail
        .anonyme()
        .poster("/mot-de-passe-oublie", &[("adresse", ZOE)])
        .await
        .statut(200);
    let hub = acteur.page("/mon-compte").await;
    let fenetre = acteur.page(&hub.lien("Désactiver mon compte")).await;
    fenetre
        .statut(200)
        .contient("Êtes-vous sûr(e) de vouloir désactiver votre compte ?")
        .contient("Vous avez 60 jours pour réactiver votre compte.");
    let avant = portail.empreinte().await;
    let formulaire = fenetre.formulaire("Désactiver mon compte");
    for (mot, phrase) in [
        ("", "Saisissez votre mot de passe."),
        ("Faux-mot-de-passe-1", "Ce n’est pas votre mot de passe"),
    ] {
        let page = formulaire
            .clone()
            .remplir("mot_de_passe", mot)
            .envoyer(&mut acteur)
            .await;
        page.statut(422);
        assert!(
            page.erreur_de("mot_de_passe")
                .is_some_and(|e| e.contains(phrase)),
            "{mot}"
        );
    }
    assert_eq!(portail.empreinte().await, avant);

    let page = desactiver(&mut acteur).await;
    page.statut(200)
        .contient("Votre compte est désactivé.")
        .contient("Vous pouvez le réactiver jusqu’au")
        .contient("Mairie de Terneuil : votre rattachement est désactivé.");
    assert_eq!(page.adresse.split('?').next(), Some("/connexion"));
    assert_eq!(statut(&portail, ZOE).await, "inactif");
    assert_eq!(etat(&portail, mairie, ZOE).await, "us desactivee");
    assert_eq!(
        portail
            .nombre("select count(*) from rattachements where cause = 'compte'")
            .await,
        1
    );
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement where statut = 'retiree'")
            .await,
        1
    );
    assert_eq!(portail.nombre("select count(*) from abonnements").await, 0);
    // Sessions and links are dead (L1, I20); the only link alive is that of the return.
    for acteur in [&mut acteur, &mut ailleurs] {
        let reponse = acteur.lire(&format!("/structures/{mairie}")).await;
        assert_eq!(
            reponse
                .statut(303)
                .entete("location")
                .map(|l| l.starts_with("/connexion")),
            Some(true)
        );
    }
    assert_eq!(
        portail
            .nombre("select count(*) from jetons where usage <> 'reactivation'")
            .await,
        0
    );
    assert_eq!(actions(&portail, mairie).await, ["rattachement_desactive"]);
    assert_eq!(actions(&portail, ecole).await, ["demande_retiree"]);
    historique_vrai(&portail).await;
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    let _ = r;

    let a_zoe = portail.courriers_pour(ZOE).await;
    let dernier = a_zoe.last().expect("a mail");
    assert_eq!(dernier.sujet, "Vantail\u{202F}: votre compte est désactivé");
    assert!(corps(dernier).starts_with(
        "Bonjour Zoe Aubert,\n\nVotre compte sur Vantail est désactivé. Vos rattachements aux structures le sont aussi, vos demandes en cours sont retirées.\n\nVous pouvez le réactiver jusqu’au "
    ));
    assert_eq!(
        corps(&portail.courriers_pour(PAUL).await[0]),
        format!(
            "Bonjour Paul Gerant,\n\n\
             Zoe Aubert a désactivé son compte. Son rattachement à Mairie de Terneuil est désactivé.\n\n\
             Rôle\u{202F}: Utilisateur simple\n\n\
             Ses accès sont fermés. S’il revient dans les 60 jours, ils lui seront rendus, sans le rôle de gestionnaire principal. Vous n’avez rien à faire.\n\n\
             Vos activités de gestionnaire\u{202F}:\n{LIEN}"
        )
    );
    assert_eq!(
        portail.courriers_pour(LEA).await[0].sujet,
        "Zoe Aubert retire sa demande de rattachement à École de Terneuil"
    );
}

#[tokio::test]
async fn un_compte_pigp_ou_de_l_equipe_ne_se_desactive_pas_soi_meme() {
    let portail = Portail::nouveau().await;
    mairie(&portail).await;
    portail.personne(ZOE).await;
    for changement in [
        "update utilisateurs set pigp = true where adresse_connexion like 'zoe%'",
        "update utilisateurs set pigp = false, equipe = 'administrateur' where adresse_connexion like 'zoe%'",
    ] {
        executer(&portail, changement).await;
        let mut acteur = portail.connecter(ZOE).await;
        let hub = acteur.page("/mon-compte").await;
        assert_eq!(hub.lien_eventuel("Désactiver mon compte"), None);
        assert_eq!(
            acteur
                .page("/mon-compte/donnees")
                .await
                .lien_eventuel("Désactiver mon compte"),
            None
        );
        let avant = portail.empreinte().await;
        for adresse in [
            "/mon-compte/desactivation",
            "/mon-compte/desactivation/succession",
        ] {
            acteur.page(adresse).await.statut(403);
            acteur
                .poster(adresse, &[("mot_de_passe", MOT_DE_PASSE)])
                .await
                .statut(403);
        }
        assert_eq!(portail.empreinte().await, avant);
    }
}

#[tokio::test]
async fn un_gestionnaire_principal_passe_d_abord_par_la_designation() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let mut paul = portail.connecter(PAUL).await;
    let fenetre = paul.page("/mon-compte/desactivation").await;
    fenetre
        .contient("Vous êtes le gestionnaire principal de la structure :")
        .contient("Pour désactiver votre compte, vous devez désigner un nouveau gestionnaire principal pour cette structure.");
    assert_eq!(
        fenetre.tous("#confirmation th[scope=col]"),
        ["Identifiant", "Raison sociale"]
    );
    assert!(
        fenetre
            .formulaire_eventuel("Désactiver mon compte")
            .is_none()
    );
    assert_eq!(
        fenetre.lien("Désigner un nouveau gestionnaire principal"),
        "/mon-compte/desactivation/succession"
    );
    // Sent all the same, the form leads back to the window.
    let avant = portail.empreinte().await;
    let page = paul
        .poster(
            "/mon-compte/desactivation",
            &[("mot_de_passe", MOT_DE_PASSE)],
        )
        .await;
    assert_eq!(page.adresse, "/mon-compte/desactivation");
    assert_eq!(portail.empreinte().await, avant);
    assert_eq!(gp_inactifs(&portail).await, 0);
}

#[tokio::test]
async fn les_essais_de_mot_de_passe_sont_comptes() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let mut acteur = portail.connecter(ZOE).await;
    for _ in 0..10 {
        acteur
            .poster("/mon-compte/desactivation", &[("mot_de_passe", "faux")])
            .await
            .statut(422);
    }
    acteur
        .poster(
            "/mon-compte/desactivation",
            &[("mot_de_passe", MOT_DE_PASSE)],
        )
        .await
        .statut(429);
    assert_eq!(statut(&portail, ZOE).await, "actif");
}

#[tokio::test]
async fn un_compte_inactif_se_lit_sans_heurt_chez_les_autres() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let mut acteur = portail.connecter(ZOE).await;
    desactiver(&mut acteur).await.statut(200);
    let mut paul = portail.connecter(PAUL).await;
    for adresse in [
        "/".to_owned(),
        "/activites".to_owned(),
        format!("/structures/{mairie}"),
        format!("/structures/{mairie}/transfert"),
        format!("/structures/{mairie}/transfert/recherche?nom=aubert"),
        format!("/structures/{mairie}/rattachement?recherche=1&nom=aubert"),
    ] {
        paul.page(&adresse).await.statut(200);
    }
    // Nobody names it gestionnaire principal.
    paul.poster(
        &format!("/structures/{mairie}/transfert"),
        &[("choix", "autre"), ("identifiant", ZOE)],
    )
    .await
    .statut(422)
    .contient("Ce compte n’est plus actif");
    // Its password opens nothing but the return.
    let mut revenante = portail.anonyme();
    connexion(&mut revenante, ZOE, MOT_DE_PASSE)
        .await
        .contient("Votre compte est désactivé");
    let reponse = revenante.lire("/mon-compte").await;
    assert_eq!(reponse.statut.as_u16(), 303);
}
