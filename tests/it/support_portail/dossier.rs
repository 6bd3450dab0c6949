use super::{PAUL, SABINE, SOFIANE, ZOE, monde};
use crate::support::instructions;
use crate::support::monde::siret;

#[tokio::test]
async fn prendre_en_charge_se_voit_et_ne_se_fait_qu_une_fois() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let adresse = format!("/support/sollicitations/{id}");
    let mut sabine = portail.connecter(SABINE).await;
    let page = sabine.page(&adresse).await;
    page.contient("Personne pour le moment");
    page.formulaire("Prendre en charge")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("Vous avez pris SOL-2020-000001 en charge.")
        .contient("En cours");
    sabine
        .poster_sans_suivre(&format!("{adresse}/prise-en-charge"), &[])
        .await
        .statut(303);
    let mut sofiane = portail.connecter(SOFIANE).await;
    sofiane
        .poster(&format!("{adresse}/prise-en-charge"), &[])
        .await
        .statut(409)
        .contient("déjà été prise en charge par Sabine Support le");
    assert!(
        sofiane
            .page(&adresse)
            .await
            .formulaire_eventuel("Prendre en charge")
            .is_none()
    );
    assert_eq!(
        portail
            .nombre("select count(*) from sollicitation_messages")
            .await,
        1
    );
    // Its author reads who has it, and is not mailed for that.
    assert!(portail.courriers_pour(ZOE).await.is_empty());
    let mut zoe = portail.connecter(ZOE).await;
    zoe.page(&format!("/sollicitations/{id}"))
        .await
        .contient("Sabine Support");
}

#[tokio::test]
async fn une_note_interne_ne_sort_pas_du_support() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let adresse = format!("/support/sollicitations/{id}");
    let mut sabine = portail.connecter(SABINE).await;
    sabine
        .page(&adresse)
        .await
        .formulaire("Noter en interne")
        .remplir("texte", "Dossier sensible.")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("Seul le support la lit.")
        .contient("Dossier sensible.");
    let mut sofiane = portail.connecter(SOFIANE).await;
    sofiane.page(&adresse).await.contient("Dossier sensible.");
    let mut zoe = portail.connecter(ZOE).await;
    for page in [
        format!("/sollicitations/{id}"),
        "/sollicitations".to_owned(),
        "/".to_owned(),
    ] {
        zoe.page(&page)
            .await
            .statut(200)
            .ne_contient_pas("Dossier sensible")
            .ne_contient_pas("a une réponse");
    }
    assert!(portail.courriers().await.is_empty());
    // A note takes nothing in charge.
    assert_eq!(
        portail
            .nombre("select count(*) from sollicitations where statut = 'nouvelle' and prise_en_charge_par is null")
            .await,
        1
    );
}

#[tokio::test]
async fn une_reponse_vide_est_refusee_et_une_sollicitation_finie_ne_bouge_plus() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let adresse = format!("/support/sollicitations/{id}");
    let mut sabine = portail.connecter(SABINE).await;
    let avant = portail.empreinte().await;
    for acte in ["reponse", "note", "resolution"] {
        let page = sabine
            .poster(&format!("{adresse}/{acte}"), &[("texte", " ")])
            .await;
        page.statut(422);
        assert!(page.erreur_de("texte").is_some(), "{acte}");
    }
    assert_eq!(portail.empreinte().await, avant);
    let mut zoe = portail.connecter(ZOE).await;
    zoe.poster(&format!("/sollicitations/{id}/cloture"), &[])
        .await
        .statut(200);
    let avant = portail.empreinte().await;
    for acte in ["reponse", "note", "resolution", "prise-en-charge"] {
        let champs: &[(&str, &str)] = if acte == "prise-en-charge" {
            &[]
        } else {
            &[("texte", "Trop tard")]
        };
        sabine
            .poster(&format!("{adresse}/{acte}"), champs)
            .await
            .statut(409)
            .contient("seul son auteur peut la rouvrir");
    }
    assert_eq!(portail.empreinte().await, avant);
    // What is not there is not there.
    for id in [uuid::Uuid::now_v7().to_string(), "x".to_owned()] {
        sabine
            .page(&format!("/support/sollicitations/{id}"))
            .await
            .statut(404);
    }
}

#[tokio::test]
async fn une_sollicitation_a_une_structure_n_est_pas_celle_du_support() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let mairie = portail.structure("Mairie", 1, true).await;
    sqlx::query("update sollicitations set destinataire = 'structure', destinataire_structure_id = $2 where id = $1")
        .bind(id)
        .bind(mairie)
        .execute(&portail.db)
        .await
        .expect("another recipient");
    let mut sabine = portail.connecter(SABINE).await;
    sabine
        .page(&format!("/support/sollicitations/{id}"))
        .await
        .statut(404);
    sabine
        .poster(
            &format!("/support/sollicitations/{id}/reponse"),
            &[("texte", "x")],
        )
        .await
        .statut(404);
    sabine
        .page("/support")
        .await
        .contient("Aucune sollicitation");
}

#[tokio::test]
async fn le_dossier_d_un_changement_de_gestionnaire_donne_les_donnees_exactes() {
    let portail = monde().await;
    let (zoe, paul) = (portail.id(ZOE).await, portail.id(PAUL).await);
    let lycee = portail.structure("Lycée du Haut Forez", 1, true).await;
    portail.gp(lycee, paul).await;
    portail.demande(lycee, zoe, "gs", &[]).await;
    let mut acteur = portail.connecter(ZOE).await;
    acteur
        .page(&format!(
            "/sollicitations/saisie/changement-gestionnaire?structure={lycee}"
        ))
        .await
        .formulaire("Envoyer la sollicitation")
        .remplir("gp_login", "autre@test.example")
        .remplir("gp_nom", "Autre")
        .remplir("gp_prenom", "Jean")
        .envoyer(&mut acteur)
        .await
        .statut(200);
    let id = portail.uuid("select id from sollicitations").await;
    let mut sabine = portail.connecter(SABINE).await;
    let (page, compte) =
        instructions::compter(sabine.page(&format!("/support/sollicitations/{id}"))).await;
    assert!(compte <= 8, "{compte} statements");
    page.statut(200)
        .contient("Jean Autre (autre@test.example)")
        .contient("Aucun compte n’a cet identifiant")
        .contient("Paul Gerant (paul.gerant@test.example), compte actif, gestionnaire principal, jamais connecté")
        .contient("Zoe Aubert (zoe.aubert@test.example), compte actif, non rattaché à cette structure, jamais connecté");
    assert!(page.texte().contains(&siret(1)) || page.corps.contains("siret"));
}
