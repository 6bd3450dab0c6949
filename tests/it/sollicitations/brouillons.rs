use vantail::acces::Systeme;
use vantail::jobs;

use super::{AUTRE, LEA, ZOE, monde};
use crate::support::instructions;

const BROUILLON: &str = "/sollicitations/saisie/brouillon";

#[tokio::test]
async fn un_brouillon_se_garde_se_reprend_et_s_envoie() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    // Nothing is mandatory in a draft.
    let page = zoe
        .page(AUTRE)
        .await
        .formulaire("Enregistrer le brouillon")
        .remplir("categorie", "compte.activation")
        .remplir("siret", "pas fini")
        .envoyer(&mut zoe)
        .await;
    page.statut(200)
        .contient("Votre brouillon est enregistré.")
        .contient("Sans objet")
        .contient("Mon compte et ma connexion : activation");
    assert_eq!(
        portail.nombre("select count(*) from sollicitations").await,
        0
    );
    assert!(portail.courriers().await.is_empty());
    let page = zoe.page(&page.lien("Reprendre")).await;
    let formulaire = page.formulaire("Envoyer la sollicitation");
    assert_eq!(formulaire.valeur("categorie"), Some("compte.activation"));
    assert_eq!(formulaire.valeur("siret"), Some("pas fini"));
    // What is missing is asked when it is sent; the draft stays.
    let page = formulaire.envoyer(&mut zoe).await;
    page.statut(422);
    for champ in ["siret", "objet", "texte"] {
        assert!(page.erreur_de(champ).is_some(), "{champ}");
    }
    let page = page
        .formulaire("Envoyer la sollicitation")
        .remplir("siret", "")
        .remplir("objet", "Mon lien ne marche pas")
        .remplir("texte", "Il a expiré.")
        .envoyer(&mut zoe)
        .await;
    page.statut(200)
        .contient("est enregistrée")
        .contient("Mon compte et ma connexion : activation");
    assert_eq!(
        portail
            .nombre("select count(*) from sollicitation_brouillons")
            .await,
        0
    );
    assert_eq!(
        portail
            .nombre("select count(*) from sollicitations where categorie = 'compte' and sous_categorie = 'activation'")
            .await,
        1
    );
    zoe.page("/sollicitations/brouillons")
        .await
        .contient("Aucun brouillon");
}

#[tokio::test]
async fn le_brouillon_d_un_autre_n_existe_pas() {
    let portail = monde().await;
    let id = portail.brouillon(portail.id(ZOE).await, "De Zoé").await;
    let mut lea = portail.connecter(LEA).await;
    let avant = portail.empreinte().await;
    let adresse = format!("/sollicitations/brouillons/{id}");
    for page in [adresse.clone(), format!("{adresse}/suppression")] {
        lea.page(&page).await.statut(404);
    }
    lea.page("/sollicitations/brouillons")
        .await
        .ne_contient_pas("De Zoé");
    // Nor by the hidden field of a form.
    let brouillon = id.to_string();
    let champs = [
        ("brouillon", brouillon.as_str()),
        ("objet", "Volé"),
        ("texte", "x"),
    ];
    for envoi in [AUTRE, BROUILLON] {
        lea.envoyer(envoi, &champs, &[]).await.statut(409);
    }
    lea.poster_sans_suivre(&format!("{adresse}/suppression"), &[])
        .await
        .statut(303);
    let sans_messages = |e: String| {
        e.lines()
            .filter(|l| !l.starts_with("messages="))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        sans_messages(portail.empreinte().await),
        sans_messages(avant)
    );
}

#[tokio::test]
async fn un_brouillon_se_supprime_avec_ses_fichiers() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    let id = portail.brouillon(zoe, "Commencée").await;
    portail.piece(zoe, Some(id), None).await;
    let mut acteur = portail.connecter(ZOE).await;
    let (page, compte) = instructions::compter(acteur.page("/sollicitations/brouillons")).await;
    assert!(compte <= 8, "{compte} statements");
    let confirmation = acteur.page(&page.lien("Supprimer")).await;
    assert_eq!(confirmation.tous("#confirmation h1").len(), 1);
    confirmation
        .formulaire("Supprimer le brouillon")
        .envoyer(&mut acteur)
        .await
        .statut(200)
        .contient("Le brouillon est supprimé.");
    for table in [
        "select count(*) from sollicitation_brouillons",
        "select count(*) from pieces_jointes",
        "select count(*) from piece_morceaux",
    ] {
        assert_eq!(portail.nombre(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn un_brouillon_vit_trente_jours_apres_son_dernier_changement() {
    let portail = monde().await;
    let id = portail.brouillon(portail.id(ZOE).await, "Commencée").await;
    let adresse = format!("/sollicitations/brouillons/{id}");
    let tourner = async || {
        jobs::lancer_une_fois(&portail.app, &Systeme::processus())
            .await
            .expect("a run")
            .expect("nobody else runs")
            .brouillons_effaces
    };
    portail.avancer("29 days 23 hours 59 minutes").await;
    assert_eq!(tourner().await, 0);
    let mut zoe = portail.connecter(ZOE).await;
    zoe.page(&adresse)
        .await
        .formulaire("Enregistrer le brouillon")
        .remplir("objet", "Continuée")
        .envoyer(&mut zoe)
        .await
        .statut(200);
    portail.avancer("29 days 23 hours 59 minutes").await;
    assert_eq!(tourner().await, 0);
    portail.avancer("1 minute").await;
    // Over: gone from the screens before any job.
    let mut zoe = portail.connecter(ZOE).await;
    zoe.page(&adresse).await.statut(404);
    assert_eq!(tourner().await, 1);
    assert_eq!(tourner().await, 0);
}

#[tokio::test]
async fn vingt_brouillons_au_plus() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    for rang in 0..20 {
        portail.brouillon(zoe, &format!("Brouillon {rang}")).await;
    }
    let mut acteur = portail.connecter(ZOE).await;
    let avant = portail.empreinte().await;
    acteur
        .envoyer(BROUILLON, &[("objet", "De trop")], &[])
        .await
        .statut(422)
        .contient("20 brouillons");
    assert_eq!(portail.empreinte().await, avant);
}
