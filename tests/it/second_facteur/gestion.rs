use super::{CAMILLE, ICI, activer, camille, donner, entrouvrir, faux};
use crate::comptes::{connecte, executer, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail};
use vantail::acces::Systeme;
use vantail::utilisateurs;
use vantail::web::Erreur;

#[tokio::test]
async fn les_codes_se_telechargent_et_rien_d_autre() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = portail.connecter(CAMILLE).await;
    let facteur = activer(&portail, &mut ici).await;
    let chemin = format!("{ICI}/codes/fichier");
    let tous = facteur.secours.join(" ");
    let fichier = ici.poster(&chemin, &[("codes", &tous)]).await;
    fichier.statut(200);
    assert_eq!(
        fichier.entete("content-disposition"),
        Some("attachment; filename=\"codes-de-secours.txt\"")
    );
    assert_eq!(
        fichier.entete("content-type"),
        Some("text/plain; charset=utf-8")
    );
    for code in &facteur.secours {
        assert!(fichier.corps.contains(code));
    }
    let mut inventes = facteur.secours.clone();
    inventes[9] = "abcd-efgh-jkmn-pqrs".to_owned();
    for autre in [
        String::new(),
        "<script>alert(1)</script>".to_owned(),
        inventes.join(" "),
        facteur.secours[1..].join(" "),
        [facteur.secours[0].as_str(); 10].join(" "),
    ] {
        ici.poster(&chemin, &[("codes", &autre)]).await.statut(422);
    }
    // Somebody else's are not mine.
    portail.personne("zoe.autre@example.org").await;
    portail
        .connecter("zoe.autre@example.org")
        .await
        .poster(&chemin, &[("codes", &tous)])
        .await
        .statut(422);
}

#[tokio::test]
async fn remplacer_les_codes_tue_les_anciens() {
    let (portail, facteur) = camille().await;
    let mut ici = portail.connecter(CAMILLE).await;
    let page = ici.page(ICI).await;
    let page = ici.page(&page.lien("Remplacer les codes")).await;
    let formulaire = page.formulaire("Remplacer les codes");
    let refuse = formulaire
        .clone()
        .remplir("mot_de_passe", "Mauvais-mot-de-passe-1")
        .envoyer(&mut ici)
        .await;
    refuse.statut(422);
    assert!(refuse.erreur_de("mot_de_passe").is_some());
    let page = formulaire
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(&mut ici)
        .await;
    page.statut(200)
        .contient("Les anciens codes ne servent plus.");
    let nouveaux = page.tous("li.reference");
    assert!(nouveaux.iter().all(|c| !facteur.secours.contains(c)));
    let mail = portail.courriers_pour(CAMILLE).await.pop().expect("a mail");
    assert_eq!(mail.gabarit, "codes_renouveles");
    donner(&mut entrouvrir(&portail).await, &facteur.secours[0])
        .await
        .statut(422);
    donner(&mut entrouvrir(&portail).await, &nouveaux[0])
        .await
        .statut(303);
}

#[tokio::test]
async fn desactiver_demande_le_mot_de_passe_et_un_code() {
    let (portail, facteur) = camille().await;
    let mut ici = portail.connecter(CAMILLE).await;
    let page = ici.page(ICI).await;
    let page = ici.page(&page.lien("Désactiver")).await;
    let formulaire = page.formulaire("Désactiver");
    let juste = facteur.code(&portail, 0).await;
    let mauvais = faux(&portail, &facteur.totp).await;
    for (mot, code, champ) in [
        ("", juste.as_str(), "mot_de_passe"),
        ("Mauvais-mot-de-passe-1", juste.as_str(), "mot_de_passe"),
        (MOT_DE_PASSE, "", "code"),
        (MOT_DE_PASSE, "12", "code"),
        (MOT_DE_PASSE, mauvais.as_str(), "code"),
    ] {
        let page = formulaire
            .clone()
            .remplir("mot_de_passe", mot)
            .remplir("code", code)
            .envoyer(&mut ici)
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ}: {code:?}");
    }
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where facteur_le is not null")
            .await,
        1
    );
    let page = formulaire
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .remplir("code", &juste)
        .envoyer(&mut ici)
        .await;
    page.statut(200)
        .contient("La double authentification est désactivée.");
    assert_eq!(
        portail.nombre("select count(*) from codes_secours").await,
        0
    );
    let mail = portail.courriers_pour(CAMILLE).await.pop().expect("a mail");
    assert_eq!(mail.gabarit, "facteur_retire");
    let mut neuf = portail.anonyme();
    se_connecter(&mut neuf, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    assert!(connecte(&mut neuf).await, "the password is enough again");
    // Without a factor these pages lead back, and their acts say why not.
    for chemin in ["retrait", "codes"] {
        let page = ici.page(&format!("{ICI}/{chemin}")).await;
        assert_eq!(page.h1(), "Double authentification");
        ici.poster(
            &format!("{ICI}/{chemin}"),
            &[("mot_de_passe", MOT_DE_PASSE)],
        )
        .await
        .statut(409);
    }
}

#[tokio::test]
async fn l_exploitant_retire_le_facteur_de_qui_a_tout_perdu() {
    let (portail, _) = camille().await;
    let mut ouverte = portail.connecter(CAMILLE).await;
    let systeme = Systeme::processus();
    let avant = portail.empreinte().await;
    for (adresse, motif) in [
        (CAMILLE, ""),
        ("jamais.vu@example.org", "téléphone volé"),
        ("pas une adresse", "téléphone volé"),
    ] {
        let refus = utilisateurs::retirer_d_office(&portail.app, &systeme, adresse, motif).await;
        assert!(matches!(refus, Err(Erreur::Invalide(_))), "{adresse}");
    }
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
    utilisateurs::retirer_d_office(
        &portail.app,
        &systeme,
        "Camille.Durand@example.org",
        "téléphone volé",
    )
    .await
    .expect("removed");
    assert!(!connecte(&mut ouverte).await, "every session ends");
    assert_eq!(
        portail
            .courriers_pour(CAMILLE)
            .await
            .pop()
            .expect("a mail")
            .gabarit,
        "facteur_retire"
    );
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    let encore =
        utilisateurs::retirer_d_office(&portail.app, &systeme, CAMILLE, "téléphone volé").await;
    assert!(matches!(encore, Err(Erreur::Conflit(_))));
}

#[tokio::test]
async fn le_conseil_se_donne_aux_gestionnaires_et_se_range() {
    let portail = Portail::nouveau().await;
    let camille = portail.personne(CAMILLE).await;
    let zoe = portail.personne("zoe.autre@example.org").await;
    let structure = portail.structure("COMMUNE DE LAMA", 1, true).await;
    portail.gp(structure, camille).await;
    portail.rattacher(structure, zoe, "us", &[]).await;
    let conseil = "Protégez vos structures";
    portail
        .connecter("zoe.autre@example.org")
        .await
        .page("/mon-compte")
        .await
        .ne_contient_pas(conseil);
    let mut ici = portail.connecter(CAMILLE).await;
    let page = ici.page("/mon-compte").await;
    page.contient(conseil);
    page.formulaire("Ne plus afficher")
        .envoyer(&mut ici)
        .await
        .statut(200)
        .ne_contient_pas(conseil);
    executer(
        &portail,
        "update utilisateurs set facteur_conseil_masque = false",
    )
    .await;
    activer(&portail, &mut ici).await;
    ici.page("/mon-compte").await.ne_contient_pas(conseil);
}
