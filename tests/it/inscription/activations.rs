//! What was asked happens at the activation, once, in its transaction, and never prevents it.

use axum::http::Method;
use vantail::historique;

use super::{LUCIE, NEUF, activer, creer_un_compte, demander, executer, lien, valider};
use crate::support::Portail;

async fn portail_avec_mairie() -> Portail {
    let portail = Portail::nouveau().await;
    portail.structure("Mairie de Terneuil", 1, true).await;
    portail
}

async fn demande_en_attente(portail: &Portail) {
    let mut lucie = portail.anonyme();
    let page = demander(&mut lucie, LUCIE, 1).await;
    valider(&page, &mut lucie).await.statut(200);
}

#[tokio::test]
async fn la_page_d_activation_dit_ce_que_le_bouton_fera() {
    let portail = portail_avec_mairie().await;
    demande_en_attente(&portail).await;
    let adresse = lien(&portail, LUCIE).await;
    let avant = portail.empreinte().await;
    let mut lucie = portail.anonyme();
    let page = lucie.page(&adresse).await;
    page.contient("Mairie de Terneuil")
        .contient("Utilisateur simple")
        .contient("J’arrive au service achats.");
    for _ in 0..3 {
        lucie
            .requete(Method::HEAD, &adresse, None)
            .await
            .statut(200);
    }
    assert_eq!(
        portail.empreinte().await,
        avant,
        "a mail scanner changes nothing"
    );
    // A refused password keeps the choice of the box.
    let refus = page
        .formulaire("Activer mon compte")
        .decocher("suite", "oui")
        .remplir("mot_de_passe", "court")
        .envoyer(&mut lucie)
        .await;
    refus.statut(422);
    let formulaire = refus.formulaire("Activer mon compte");
    assert_eq!(formulaire.valeur("suite"), None);
    formulaire
        .remplir("mot_de_passe", NEUF)
        .envoyer(&mut lucie)
        .await
        .statut(200)
        .contient("Votre compte est actif.")
        .contient("rien n’a été demandé en votre nom");
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement")
            .await,
        0
    );
    assert_eq!(portail.nombre("select count(*) from inscriptions").await, 0);
}

#[tokio::test]
async fn l_activation_sans_structure_dit_seulement_que_le_compte_est_actif() {
    let portail = Portail::nouveau().await;
    creer_un_compte(&portail, LUCIE).await.statut(200);
    let page = activer(&portail, LUCIE).await;
    page.contient("Votre compte est actif.");
    assert_eq!(page.h1(), "Connexion");
    assert_eq!(portail.nombre("select count(*) from inscriptions").await, 0);
}

#[tokio::test]
async fn une_structure_fermee_entre_temps_n_empeche_pas_l_activation() {
    let portail = portail_avec_mairie().await;
    demande_en_attente(&portail).await;
    executer(&portail, "update structures set statut = 'inactive'").await;
    let page = activer(&portail, LUCIE).await;
    page.statut(200)
        .contient("Votre compte est actif, mais votre demande n’a pas pu être envoyée.")
        .contient("Mairie de Terneuil est désactivée");
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement")
            .await,
        0
    );
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs where statut = 'actif'")
            .await,
        1
    );
    assert_eq!(portail.nombre("select count(*) from inscriptions").await, 0);
}

#[tokio::test]
async fn un_service_ferme_entre_temps_n_empeche_pas_l_activation() {
    let portail = portail_avec_mairie().await;
    let mairie = vantail::db::StructureId(portail.uuid("select id from structures").await);
    let achats = portail.service(mairie, "ACHATS", "Service achats").await;
    let mut lucie = portail.anonyme();
    let page = super::se_presenter(&mut lucie, LUCIE).await;
    let page = super::chercher(&page, &mut lucie, &crate::support::monde::siret(1)).await;
    let page = page
        .formulaire("Continuer")
        .choisir("maille", "services")
        .cocher("services", &achats.to_string())
        .remplir("commentaire", "Bonjour")
        .envoyer(&mut lucie)
        .await;
    valider(&page, &mut lucie).await.statut(200);
    executer(&portail, "update services set actif = false").await;
    activer(&portail, LUCIE)
        .await
        .contient("Votre compte est actif, mais")
        .contient("n’est plus actif");
}

#[tokio::test]
async fn trente_activations_paralleles_deposent_une_demande() {
    let portail = portail_avec_mairie().await;
    demande_en_attente(&portail).await;
    let adresse = lien(&portail, LUCIE).await;
    let envois: Vec<_> = (0..30)
        .map(|_| {
            let (mut acteur, adresse) = (portail.anonyme(), adresse.clone());
            tokio::spawn(async move {
                let champs = [("mot_de_passe", NEUF), ("suite", "oui")];
                acteur
                    .poster_sans_suivre(&adresse, &champs)
                    .await
                    .statut
                    .as_u16()
            })
        })
        .collect();
    let mut gagnants = 0;
    for envoi in envois {
        match envoi.await.expect("an answer") {
            303 => gagnants += 1,
            statut => assert_eq!(statut, 410),
        }
    }
    assert_eq!(gagnants, 1);
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement")
            .await,
        1
    );
    assert_eq!(
        portail
            .nombre("select count(*) from historique where action = 'demande_deposee'")
            .await,
        1
    );
    let (_, defauts) = historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a reading");
    assert!(defauts.is_empty(), "{defauts:?}");
}

#[tokio::test]
async fn les_dernieres_reponses_comptent_et_l_ancien_lien_meurt() {
    let portail = portail_avec_mairie().await;
    demande_en_attente(&portail).await;
    let ancien = lien(&portail, LUCIE).await;
    // She starts again elsewhere, without structure.
    creer_un_compte(&portail, LUCIE).await.statut(200);
    portail.anonyme().lire(&ancien).await.statut(410);
    let champs = [("mot_de_passe", NEUF), ("suite", "oui")];
    portail.anonyme().poster(&ancien, &champs).await.statut(410);
    let page = portail.anonyme().page(&lien(&portail, LUCIE).await).await;
    page.ne_contient_pas("Mairie de Terneuil");
    activer(&portail, LUCIE)
        .await
        .contient("Votre compte est actif.");
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement")
            .await,
        0
    );
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 1);
}

#[tokio::test]
async fn un_lien_expire_en_offre_un_autre_qui_garde_la_demande() {
    let portail = portail_avec_mairie().await;
    demande_en_attente(&portail).await;
    let ancien = lien(&portail, LUCIE).await;
    portail.avancer("8 days").await;
    let mut lucie = portail.anonyme();
    let page = lucie.page(&ancien).await;
    page.statut(410);
    page.formulaire("Recevoir un nouveau lien")
        .remplir("adresse", LUCIE)
        .envoyer(&mut lucie)
        .await
        .contient("Consultez votre messagerie.");
    activer(&portail, LUCIE)
        .await
        .contient("Votre demande de rattachement à Mairie de Terneuil est envoyée.");
}

#[tokio::test]
async fn sans_le_lien_rien_ne_s_active_ni_ne_se_demande() {
    let portail = portail_avec_mairie().await;
    demande_en_attente(&portail).await;
    let avant = portail.empreinte().await;
    let champs = [("mot_de_passe", NEUF), ("suite", "oui")];
    for secret in ["", "null", "%20", &"a".repeat(64)] {
        let page = portail
            .anonyme()
            .poster(&format!("/activation/{secret}"), &champs)
            .await;
        assert!(
            [404, 410].contains(&page.statut.as_u16()),
            "{}",
            page.statut
        );
    }
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn une_demande_de_plus_de_trente_jours_est_oubliee_le_compte_garde_son_lien() {
    let portail = portail_avec_mairie().await;
    demande_en_attente(&portail).await;
    portail.avancer("29 days 23 hours").await;
    let systeme = vantail::acces::Systeme::processus();
    let bilan = vantail::jobs::lancer_une_fois(&portail.app, &systeme).await;
    assert_eq!(
        bilan.expect("a run").expect("alone").inscriptions_oubliees,
        0
    );
    portail.avancer("2 hours").await;
    let bilan = vantail::jobs::lancer_une_fois(&portail.app, &systeme).await;
    assert_eq!(
        bilan.expect("a run").expect("alone").inscriptions_oubliees,
        1
    );
    let garde: String = sqlx::query_scalar("select t::text from inscriptions t")
        .fetch_one(&portail.db)
        .await
        .expect("the mark of a sign-up");
    assert!(!garde.contains("achats"), "{garde}");
    let sessions: Vec<String> = sqlx::query_scalar("select donnees::text from sessions")
        .fetch_all(&portail.db)
        .await
        .expect("the sessions");
    assert!(sessions.iter().all(|d| d == "{}"), "{sessions:?}");
    let mut lucie = portail.anonyme();
    lucie
        .poster("/activation/renvoi", &[("adresse", LUCIE)])
        .await
        .statut(200);
    activer(&portail, LUCIE)
        .await
        .contient("Votre compte est actif.")
        .ne_contient_pas("Mairie");
}
