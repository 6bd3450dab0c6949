use super::{PAUL, ZOE, executer, mairie, zoe};
use crate::mon_compte::{LIEN, corps, historique_vrai};
use crate::support::{Portail, instructions};

const PAGE: &str = "/mon-compte/informations";

#[tokio::test]
async fn les_informations_se_modifient_et_l_ancienne_adresse_le_sait() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur.page(PAGE).await;
    page.formulaire("Enregistrer")
        .remplir("prenom", "Zoé")
        .remplir("adresse_contact", "Zoe.Perso@Maison.example ")
        .remplir("telephone", "+33 1 23 45 67 89")
        .remplir("adresse", "12 rue des Lilas")
        .remplir("complement_adresse", "Bâtiment B")
        .remplir("code_postal", "97 500")
        .remplir("ville", "Terneuil")
        .envoyer(&mut acteur)
        .await
        .statut(200)
        .contient("Vos informations sont enregistrées.")
        .contient("Zoé")
        .contient("zoe.perso@maison.example")
        .contient("12 rue des Lilas Bâtiment B 97500 Terneuil France")
        .contient("+33 1 23 45 67 89");
    let mails = portail.courriers().await;
    assert_eq!(
        mails
            .iter()
            .map(|c| c.destinataire.as_str())
            .collect::<Vec<_>>(),
        [ZOE],
        "old contact and login are one address: one mail"
    );
    assert_eq!(
        corps(&mails[0]),
        format!(
            "Bonjour Zoé Aubert,\n\n\
             L’adresse de contact de votre compte sur Vantail vient d’être modifiée. Les courriels du portail n’arriveront plus à cette adresse-ci.\n\n\
             Nouvelle adresse de contact\u{202F}: zoe.\u{2060}perso@\u{2060}maison.\u{2060}example\n\n\
             Si vous n’êtes pas à l’origine de ce changement, connectez-vous, rétablissez votre adresse et changez de mot de passe.\n\n\
             Votre compte\u{202F}:\n{LIEN}"
        )
    );
    // A second change: the contact address of before, and the login.
    acteur
        .page(PAGE)
        .await
        .formulaire("Enregistrer")
        .remplir("adresse_contact", "autre@maison.example")
        .envoyer(&mut acteur)
        .await
        .statut(200);
    let derniers: Vec<_> = portail.courriers().await[1..]
        .iter()
        .map(|c| c.destinataire.clone())
        .collect();
    assert_eq!(derniers, ["zoe.perso@maison.example", ZOE]);
    // The same again: nothing to say, nothing written.
    let avant = portail.nombre("select count(*) from historique").await;
    acteur
        .page(PAGE)
        .await
        .formulaire("Enregistrer")
        .envoyer(&mut acteur)
        .await
        .contient("Rien n’a changé.");
    assert_eq!(
        portail.nombre("select count(*) from historique").await,
        avant
    );
    assert_eq!(avant, 2);
    historique_vrai(&portail).await;
}

#[tokio::test]
async fn une_saisie_fausse_revient_avec_ses_messages() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let mut acteur = portail.connecter(ZOE).await;
    let formulaire = acteur.page(PAGE).await.formulaire("Enregistrer");
    let avant = portail.empreinte().await;
    let long = "x".repeat(121);
    for (champ, valeur) in [
        ("prenom", ""),
        ("nom", " "),
        ("nom", "A\u{202E}B"),
        ("adresse_contact", "pas une adresse"),
        ("adresse_contact", ""),
        ("telephone", "demain"),
        ("adresse", long.as_str()),
        ("complement_adresse", long.as_str()),
        ("code_postal", "!!"),
        ("ville", long.as_str()),
        ("pays", long.as_str()),
    ] {
        let page = formulaire
            .clone()
            .remplir("telephone", "01 02 03 04 05")
            .remplir(champ, valeur)
            .envoyer(&mut acteur)
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ} = {valeur}");
        let revenu = page.formulaire("Enregistrer");
        assert_eq!(revenu.valeur(champ), Some(valeur), "what was typed stays");
    }
    formulaire
        .clone()
        .forcer("statut", "actif")
        .envoyer(&mut acteur)
        .await
        .statut(422);
    acteur
        .poster(PAGE, &[("telephone", "01 02 03 04 05")])
        .await
        .statut(422);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn l_identite_d_un_compte_pigp_appartient_a_son_referent() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    portail.personne("claire.referente@test.example").await;
    executer(
        &portail,
        "update utilisateurs set pigp = true where adresse_connexion like 'zoe%';
         update utilisateurs set equipe = 'referent' where adresse_connexion like 'claire%'",
    )
    .await;
    let mut acteur = portail.connecter(ZOE).await;
    acteur
        .page("/mon-compte")
        .await
        .contient("Adresse de connexion (login PIGP)")
        .contient("Adressez-vous à Claire Referente")
        .contient("claire.referente@test.example");
    let page = acteur.page(PAGE).await;
    page.contient("ne sont modifiés que par votre référent");
    assert!(
        page.attributs("[name=nom], [name=prenom], [name=adresse_contact]", "name")
            .is_empty()
    );
    let avant = portail.empreinte().await;
    for champ in ["prenom", "nom", "adresse_contact"] {
        let valeurs = [
            ("prenom", "Zoe"),
            ("nom", "Aubert"),
            ("adresse_contact", ZOE),
            ("telephone", ""),
        ];
        acteur.poster(PAGE, &valeurs).await.statut(403);
        let reponse = acteur.poster(PAGE, &[(champ, "x@y.example")]).await;
        assert!(matches!(reponse.statut.as_u16(), 403 | 422), "{champ}");
    }
    assert_eq!(portail.empreinte().await, avant);
    page.formulaire("Enregistrer")
        .remplir("telephone", "01 02 03 04 05")
        .remplir("ville", "Lyon")
        .envoyer(&mut acteur)
        .await
        .statut(200)
        .contient("01 02 03 04 05");
    assert!(portail.courriers().await.is_empty());
}

#[tokio::test]
async fn les_changements_d_adresse_sont_comptes() {
    let portail = Portail::nouveau().await;
    mairie(&portail).await;
    let mut paul = portail.connecter(PAUL).await;
    let formulaire = paul.page(PAGE).await.formulaire("Enregistrer");
    for n in 0..5 {
        formulaire
            .clone()
            .remplir("adresse_contact", &format!("paul{n}@test.example"))
            .envoyer(&mut paul)
            .await
            .statut(200);
    }
    formulaire
        .clone()
        .remplir("adresse_contact", "encore@test.example")
        .envoyer(&mut paul)
        .await
        .statut(429);
}

#[tokio::test]
async fn l_accueil_du_compte_montre_ses_portes_en_peu_d_instructions() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur.page("/mon-compte").await;
    assert_eq!(
        page.tous("main h2"),
        [
            "Informations",
            "Mes rattachements aux structures",
            "Mes abonnements aux espaces",
            "Sécurité",
            "Données et courriels"
        ]
    );
    for lien in page.attributs("main a[href^='/']", "href") {
        acteur.page(&lien).await.statut(200);
    }
    for adresse in [
        "/mon-compte",
        PAGE,
        "/mon-compte/courriels",
        "/mon-compte/desactivation",
    ] {
        let (_, nombre) = instructions::compter(acteur.lire(adresse)).await;
        assert!(nombre <= 8, "{adresse}: {nombre}");
    }
}
