//! « Créer le compte d'une autre personne » (R-COMPTE-TIERS).

use super::{LUCIE, activer, chercher, passer, valider};
use crate::support::monde::siret;
use crate::support::{Acteur, Portail};

const ZOE: &str = "zoe.aubert@example.org";

async fn presenter(acteur: &mut Acteur, demandeur: Option<&str>) -> crate::support::page::PageLue {
    let page = acteur.page("/inscription/autre-personne").await;
    let mut formulaire = page
        .statut(200)
        .formulaire("Continuer")
        .remplir("adresse_connexion", LUCIE)
        .remplir("prenom", "Lucie")
        .remplir("nom", "Moreau");
    if let Some(nom) = demandeur {
        formulaire = formulaire.remplir("demandeur", nom);
    }
    formulaire.envoyer(acteur).await
}

#[tokio::test]
async fn la_personne_lit_qui_a_demande_son_compte() {
    let portail = Portail::nouveau().await;
    portail.structure("Mairie de Terneuil", 1, true).await;
    let mut paul = portail.anonyme();
    assert_eq!(
        paul.page("/")
            .await
            .lien("Créer le compte d’une autre personne"),
        "/inscription/autre-personne"
    );
    let page = presenter(&mut paul, None).await;
    page.statut(422);
    assert!(page.erreur_de("demandeur").is_some());
    let page = presenter(&mut paul, Some("Paul Gérant")).await;
    assert_eq!(page.h1(), "Sa structure");
    let page = chercher(&page, &mut paul, &siret(1)).await;
    let page = page
        .formulaire("Continuer")
        .choisir("maille", "structure")
        .remplir("commentaire", "Elle arrive lundi.")
        .envoyer(&mut paul)
        .await;
    page.contient("Paul Gérant").contient("Lucie");
    let page = valider(&page, &mut paul).await;
    assert_eq!(page.h1(), "La personne va recevoir un courriel");
    let courrier = portail.courriers_pour(LUCIE).await.pop().expect("a mail");
    assert!(
        courrier
            .texte
            .contains("vient d’être demandé par Paul Gérant (nom indiqué par cette personne)"),
        "{}",
        courrier.texte
    );
    assert!(courrier.texte.contains("vous n’avez rien à faire"));
    assert!(courrier.texte.contains("rien ne sera demandé en votre nom"));
    // A new link says it as well.
    portail
        .anonyme()
        .poster("/activation/renvoi", &[("adresse", LUCIE)])
        .await
        .statut(200);
    assert!(
        portail
            .courriers_pour(LUCIE)
            .await
            .pop()
            .expect("a mail")
            .texte
            .contains("Paul Gérant")
    );
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement")
            .await,
        0
    );
    activer(&portail, LUCIE)
        .await
        .contient("Votre demande de rattachement à Mairie de Terneuil est envoyée.");
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where demandee_par is not null")
            .await,
        0,
        "the name is not kept longer than needed"
    );
}

#[tokio::test]
async fn connecte_on_cree_le_compte_d_un_autre_sans_redire_son_nom() {
    let portail = Portail::nouveau().await;
    let zoe_id = portail.personne(ZOE).await;
    let mut zoe = portail.connecter(ZOE).await;
    // She has an account: the only one she may create is somebody else's.
    assert_eq!(
        zoe.page("/inscription").await.adresse,
        "/inscription/autre-personne"
    );
    let page = presenter(&mut zoe, None).await;
    let page = passer(&page, &mut zoe).await;
    page.ne_contient_pas("Demandé par");
    valider(&page, &mut zoe).await.statut(200);
    let cree_par: uuid::Uuid = sqlx::query_scalar(
        "select creee_par from utilisateurs where adresse_connexion = 'lucie.moreau@example.org'",
    )
    .fetch_one(&portail.db)
    .await
    .expect("an account");
    assert_eq!(cree_par, zoe_id.0);
    let courrier = portail.courriers_pour(LUCIE).await.pop().expect("a mail");
    assert!(courrier.texte.contains("demandé par Zoe Aubert"));
    // Zoé stays herself, and nothing of Lucie's is hers.
    zoe.page("/mon-compte").await.contient(ZOE);
}

#[tokio::test]
async fn l_adresse_de_contact_d_un_autre_ne_se_choisit_pas() {
    let portail = Portail::nouveau().await;
    let mut paul = portail.anonyme();
    let champs = [
        ("adresse_connexion", LUCIE),
        ("prenom", "Lucie"),
        ("nom", "Moreau"),
        ("demandeur", "Paul"),
        ("adresse_contact", "paul@mal.example"),
    ];
    let page = paul.poster("/inscription/autre-personne", &champs).await;
    let page = passer(&page, &mut paul).await;
    valider(&page, &mut paul).await.statut(200);
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where adresse_contact = adresse_connexion")
            .await,
        1
    );
}

#[tokio::test]
async fn une_adresse_connue_recoit_la_meme_derniere_page() {
    let portail = Portail::nouveau().await;
    let mut textes = Vec::new();
    for _ in 0..2 {
        let mut paul = portail.anonyme();
        let page = presenter(&mut paul, Some("Paul")).await;
        let page = passer(&page, &mut paul).await;
        textes.push(valider(&page, &mut paul).await.texte());
        sqlx::query("update utilisateurs set statut = 'actif', mot_de_passe = 'x', active_le = maintenant()")
            .execute(&portail.db)
            .await
            .expect("an active account");
    }
    assert_eq!(textes[0], textes[1]);
    let recus: Vec<String> = portail
        .courriers_pour(LUCIE)
        .await
        .into_iter()
        .map(|c| c.gabarit)
        .collect();
    assert_eq!(recus, ["activation", "adresse_deja_connue"]);
}
