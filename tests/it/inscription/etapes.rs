//! The four steps: forwards, backwards, reloaded, and what each answers.

use super::{LUCIE, NEUF, chercher, demander, passer, remplir_la_fiche, se_presenter, valider};
use crate::support::monde::siret;
use crate::support::{Portail, instructions};

#[tokio::test]
async fn quatre_etapes_menent_du_premier_ecran_au_compte_actif() {
    let portail = Portail::nouveau().await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    let achats = portail.service(mairie, "ACHATS", "Service achats").await;
    let gp = portail.personne("paul.gerant@terneuil.example").await;
    portail.gp(mairie, gp).await;
    let mut lucie = portail.anonyme();
    let accueil = lucie.page("/").await;
    assert_eq!(accueil.lien("Créer un compte"), "/inscription");
    let page = lucie.page("/inscription").await;
    assert_eq!(page.h1(), "Vos informations personnelles");
    page.contient("Étape 1 sur 4");
    assert!(page.titre().starts_with("Étape 1 sur 4 : Vos informations"));
    let page = page
        .formulaire("Continuer")
        .remplir("adresse_connexion", " Lucie.Moreau@Example.org ")
        .remplir("prenom", "Lucie")
        .remplir("nom", "Moreau")
        .remplir("adresse_contact", "bureau@example.org")
        .envoyer(&mut lucie)
        .await;
    assert_eq!(page.h1(), "Votre structure");
    page.contient("Étape 2 sur 4");
    let page = chercher(&page, &mut lucie, &siret(1)).await;
    assert_eq!(page.h1(), "Votre demande de rattachement");
    page.contient("Mairie de Terneuil")
        .contient("Structure publique")
        .contient("97500 Terneuil");
    let page = page
        .formulaire("Continuer")
        .choisir("maille", "services")
        .cocher("services", &achats.to_string())
        .choisir("role", "gs")
        .remplir("commentaire", "J’arrive aux achats.")
        .envoyer(&mut lucie)
        .await;
    assert_eq!(page.h1(), "Vérifiez et validez");
    for vu in [
        "Étape 3 sur 4",
        "bureau@example.org",
        "Service achats",
        "Gestionnaire secondaire",
        "J’arrive aux achats.",
    ] {
        page.contient(vu);
    }
    assert_eq!(page.tous("a[href='/inscription/demande']").len(), 3);
    assert!(
        page.tous("dd a").iter().all(|l| l.starts_with("Modifier")),
        "each answer can be changed"
    );
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 1);
    let page = valider(&page, &mut lucie).await;
    assert_eq!(page.h1(), "Consultez votre messagerie");
    page.contient("Étape 4 sur 4").contient(LUCIE);
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement")
            .await,
        0,
        "sent only when the account is activated"
    );
    assert_eq!(portail.courriers().await.len(), 1);
    let page = super::activer(&portail, LUCIE).await;
    page.statut(200)
        .contient("Votre compte est actif.")
        .contient("Votre demande de rattachement à Mairie de Terneuil est envoyée.")
        .contient("Paul Gerant");
    let page = page
        .formulaire("Se connecter")
        .remplir("adresse", LUCIE)
        .remplir("mot_de_passe", NEUF)
        .envoyer(&mut lucie)
        .await;
    page.statut(200).contient("Mes rattachements");
    page.contient("Service achats");
    let recus = portail.courriers_pour("paul.gerant@terneuil.example").await;
    assert_eq!(recus.len(), 1);
    assert!(recus[0].texte.contains("J’arrive aux achats."));
    // The decisions go to the contact address.
    let recus = portail.courriers_pour("bureau@example.org").await;
    assert_eq!(recus[0].gabarit, "demande_enregistree");
}

#[tokio::test]
async fn revenir_recharger_et_modifier_ne_perdent_rien() {
    let portail = Portail::nouveau().await;
    portail.structure("Mairie de Terneuil", 1, true).await;
    let mut lucie = portail.anonyme();
    demander(&mut lucie, LUCIE, 1).await.statut(200);
    // Every step shows what it holds.
    let page = lucie.page("/inscription").await;
    assert_eq!(
        page.formulaire("Continuer").valeur("adresse_connexion"),
        Some(LUCIE)
    );
    let page = lucie.page("/inscription/structure").await;
    assert_eq!(
        page.formulaire("Vérifier l’identifiant")
            .valeur("identifiant"),
        Some(&*siret(1))
    );
    let page = lucie.page("/inscription/demande").await;
    assert_eq!(
        page.formulaire("Continuer").valeur("commentaire"),
        Some("J’arrive au service achats.")
    );
    // A change comes back to the check page, the other answers kept.
    let page = lucie.page("/inscription").await;
    let page = page
        .formulaire("Continuer")
        .remplir("prenom", "Lucile")
        .envoyer(&mut lucie)
        .await;
    assert_eq!(page.h1(), "Vérifiez et validez");
    page.contient("Lucile").contient("Mairie de Terneuil");
    let page = valider(&page, &mut lucie).await;
    for _ in 0..3 {
        assert_eq!(lucie.page(&page.adresse).await.h1(), page.h1());
        lucie
            .poster("/inscription/verification", &[])
            .await
            .statut(200);
    }
    assert_eq!(
        portail.courriers().await.len(),
        1,
        "« Précédent » and a second press send nothing more"
    );
    // The same identifier again keeps the request; another one asks again.
    let page = lucie.page("/inscription/structure").await;
    let page = chercher(&page, &mut lucie, &siret(9)).await;
    assert_eq!(page.h1(), "La fiche de votre structure");
    assert_eq!(
        lucie.page("/inscription/verification").await.h1(),
        "Votre structure"
    );
}

#[tokio::test]
async fn une_etape_ouverte_trop_tot_ramene_au_debut() {
    let portail = Portail::nouveau().await;
    for adresse in [
        "/inscription/structure",
        "/inscription/demande",
        "/inscription/fiche",
        "/inscription/verification",
        "/inscription/messagerie",
    ] {
        let page = portail.anonyme().page(adresse).await;
        assert_eq!(page.h1(), "Vos informations personnelles");
        page.contient("Vos réponses ne sont plus là");
    }
    let mut lucie = portail.anonyme();
    se_presenter(&mut lucie, LUCIE).await;
    for adresse in [
        "/inscription/demande",
        "/inscription/fiche",
        "/inscription/verification",
        "/inscription/messagerie",
    ] {
        assert_eq!(
            lucie.page(adresse).await.h1(),
            "Votre structure",
            "{adresse}"
        );
    }
    portail.avancer("31 minutes").await;
    lucie
        .page("/inscription/structure")
        .await
        .contient("Vos réponses ne sont plus là");
}

#[tokio::test]
async fn l_identifiant_recoit_une_reponse_honnete() {
    let portail = Portail::nouveau().await;
    let fermee = portail.structure("Lavoir municipal", 2, true).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(fermee)
        .execute(&portail.db)
        .await
        .expect("a closed structure");
    portail.structure("Garage Petit", 3, false).await;
    let mut lucie = portail.anonyme();
    let debut = se_presenter(&mut lucie, LUCIE).await;
    chercher(&debut, &mut lucie, &siret(2))
        .await
        .contient("Cette structure est désactivée")
        .contient("Lavoir municipal");
    let page = chercher(&debut, &mut lucie, &siret(3)).await;
    page.contient("Garage Petit").contient("Structure privée");
    page.contient("n’a pas encore de gestionnaire");
    let page = chercher(&debut, &mut lucie, "21200223200016").await;
    page.contient("Cette structure publique n’est pas enregistrée");
    assert!(page.lien_eventuel("Continuer avec").is_none());
    // Nothing public is described by a visitor, whatever the address typed.
    assert_eq!(
        lucie.page("/inscription/fiche").await.h1(),
        "Votre structure"
    );
    let page = chercher(&debut, &mut lucie, &siret(4)).await;
    assert_eq!(page.h1(), "La fiche de votre structure");
    let page = lucie.page("/inscription/structure").await;
    page.contient("n’est pas encore enregistrée");
    passer(&page, &mut lucie)
        .await
        .contient("Aucune pour le moment");
}

#[tokio::test]
async fn une_structure_du_pigp_renvoie_au_referent_et_ne_cree_rien() {
    let portail = Portail::nouveau().await;
    let lycee = portail.structure("Lycée Jean Moulin", 5, true).await;
    sqlx::query("update structures set passe_par_pigp = true where id = $1")
        .bind(lycee)
        .execute(&portail.db)
        .await
        .expect("a lycée");
    let mut lucie = portail.anonyme();
    let debut = se_presenter(&mut lucie, LUCIE).await;
    let page = chercher(&debut, &mut lucie, &siret(5)).await;
    page.contient("Lycée Jean Moulin")
        .contient("référent")
        .contient("prenom.nom@");
    assert!(
        page.formulaire_eventuel("Continuer sans structure")
            .is_none()
    );
    // By hand: nothing more.
    for (adresse, champs) in [
        ("/inscription/structure", vec![("passer", "oui")]),
        (
            "/inscription/demande",
            vec![
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", "x"),
            ],
        ),
        ("/inscription/fiche", vec![("raison_sociale", "x")]),
        ("/inscription/verification", vec![]),
    ] {
        lucie.poster(adresse, &champs).await;
    }
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 0);
    assert!(portail.courriers().await.is_empty());
    // Another identifier goes on.
    let page = lucie.page("/inscription/structure").await;
    let page = chercher(&page, &mut lucie, &siret(6)).await;
    remplir_la_fiche(&page)
        .envoyer(&mut lucie)
        .await
        .contient("Atelier Moreau");
}

#[tokio::test]
async fn effacer_ses_reponses_les_efface() {
    let portail = Portail::nouveau().await;
    portail.structure("Mairie de Terneuil", 1, true).await;
    let mut lucie = portail.anonyme();
    let page = demander(&mut lucie, LUCIE, 1).await;
    page.formulaire("Effacer mes réponses")
        .envoyer(&mut lucie)
        .await
        .contient("Vos réponses sont effacées.");
    let gardees: Vec<String> = sqlx::query_scalar("select donnees::text from sessions")
        .fetch_all(&portail.db)
        .await
        .expect("the sessions");
    assert!(gardees.iter().all(|d| !d.contains("lucie")), "{gardees:?}");
    lucie
        .page("/inscription/verification")
        .await
        .contient("Reprenez ici");
}

#[tokio::test]
async fn chaque_page_tient_dans_huit_instructions() {
    let portail = Portail::nouveau().await;
    portail.structure("Mairie de Terneuil", 1, true).await;
    let mut lucie = portail.anonyme();
    demander(&mut lucie, LUCIE, 1).await.statut(200);
    for adresse in [
        "/inscription",
        "/inscription/autre-personne",
        "/inscription/structure",
        "/inscription/demande",
        "/inscription/verification",
    ] {
        let (page, compte) = instructions::compter(lucie.page(adresse)).await;
        page.statut(200);
        assert!(compte <= 8, "{adresse}: {compte} statements");
    }
}
