//! Deactivate, reactivate, delete: on the rattachement, never on the account, never beyond one's reach.

use super::{JULIE, Monde, THOMAS, lot};
use crate::support::MOT_DE_PASSE;

#[tokio::test]
async fn on_coche_on_confirme_et_chaque_ligne_a_son_resultat() {
    let mut monde = Monde::nouveau().await;
    let liste = monde.liste();
    let pauline = monde.rattachement(crate::activites::PAULINE).await;
    let page = monde.t.pauline.page(&format!("{liste}?u.par=50")).await;
    let confirmation = page
        .formulaire("Désactiver des utilisateurs")
        .cocher("id", &monde.julie.to_string())
        .cocher("id", &monde.thomas.to_string())
        .cocher("id", &pauline.to_string())
        .envoyer(&mut monde.t.pauline)
        .await;
    confirmation
        .statut(200)
        .contient("Désactiver 2 utilisateurs ?")
        .contient("Julie Bon, Utilisateur simple, toute la structure")
        .contient("Thomas Mostkowsy, Utilisateur simple, Service achats, Service juridique")
        .contient("Resteront comme avant :")
        .contient("Pauline Dufour : c’est votre propre rattachement");
    assert!(confirmation.lien("Annuler").contains("u.par=50"));
    assert_eq!(
        monde
            .t
            .portail
            .nombre("select count(*) from courriers")
            .await,
        0
    );
    let mut julie = monde.t.portail.connecter(JULIE).await;
    julie
        .page(&format!("/structures/{}", monde.t.structure))
        .await
        .statut(200);
    let saisie = confirmation.formulaire("Désactiver 2 utilisateurs");
    saisie
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(200)
        .contient("2 utilisateurs désactivés.")
        .contient("1 utilisateur reste comme avant");
    // At the next click.
    julie
        .page(&format!("/structures/{}", monde.t.structure))
        .await
        .statut(404);
    julie.page("/mon-compte").await.statut(200);
    assert_eq!(
        monde.statut(monde.julie).await,
        ("desactivee".to_owned(), Some("gestionnaire".to_owned()))
    );
    assert_eq!(
        monde
            .t
            .portail
            .nombre("select count(*) from utilisateurs where statut <> 'actif'")
            .await,
        0,
        "the accounts are untouched"
    );
    let courriers = monde.t.portail.courriers_pour(JULIE).await;
    assert_eq!(courriers.len(), 1);
    assert_eq!(courriers[0].gabarit, "rattachement_desactive");
    assert!(
        courriers[0]
            .texte
            .contains("Action de\u{202F}: Pauline Dufour")
    );
    // A double click does nothing twice.
    saisie
        .envoyer(&mut monde.t.pauline)
        .await
        .contient("0 utilisateur désactivé.")
        .contient("déjà désactivé");
    assert_eq!(monde.t.portail.courriers_pour(JULIE).await.len(), 1);

    monde
        .agir("reactiver", &[monde.julie, monde.thomas])
        .await
        .contient("2 utilisateurs réactivés.");
    julie
        .page(&format!("/structures/{}", monde.t.structure))
        .await
        .statut(200);
    let page = monde.t.pauline.page(&monde.fiche(monde.julie)).await;
    page.statut(200).contient("Factures émises");
    assert_eq!(
        monde
            .t
            .portail
            .nombre("select count(*) from rattachements where reactive_le is not null")
            .await,
        2
    );
    assert_eq!(
        monde.services(monde.thomas, "validee").await.len(),
        2,
        "the same services"
    );

    monde
        .agir("supprimer", &[monde.thomas])
        .await
        .contient("1 utilisateur supprimé.");
    assert_eq!(
        monde.statut(monde.thomas).await,
        ("supprimee".to_owned(), Some("depart".to_owned()))
    );
    let gabarits: Vec<_> = monde
        .t
        .portail
        .courriers_pour(THOMAS)
        .await
        .into_iter()
        .map(|c| c.gabarit)
        .collect();
    assert_eq!(
        gabarits,
        [
            "rattachement_desactive",
            "rattachement_reactive",
            "rattachement_supprime"
        ]
    );
    monde
        .t
        .pauline
        .page(&monde.fiche(monde.thomas))
        .await
        .statut(404);
    let (_, defauts) =
        vantail::historique::verifier(&monde.t.portail.db, &monde.t.portail.app.cles)
            .await
            .expect("a verification");
    assert!(defauts.is_empty());
    monde
        .t
        .pauline
        .page("/activites?h.par=25")
        .await
        .contient("Rattachement désactivé")
        .contient("Rattachement réactivé")
        .contient("Supprimé");
}

#[tokio::test]
async fn rien_de_coche_ou_une_ligne_fausse_ne_change_rien() {
    let mut monde = Monde::nouveau().await;
    let adresse = format!("{}/lot", monde.liste());
    let page = monde.t.pauline.page(&monde.liste()).await;
    let avant = monde.t.portail.empreinte().await;
    let retour = page
        .formulaire("Supprimer les utilisateurs sélectionnés")
        .envoyer(&mut monde.t.pauline)
        .await;
    retour
        .statut(422)
        .contient("Cochez au moins un utilisateur.")
        .contient(JULIE);
    assert!(retour.titre().starts_with("Erreur :"));
    let trop: Vec<String> = (0..501).map(|_| uuid::Uuid::now_v7().to_string()).collect();
    for champs in [
        vec![
            ("acte", "autre".to_owned()),
            ("ids", monde.julie.to_string()),
        ],
        vec![("acte", "supprimer".to_owned()), ("ids", "12".to_owned())],
        vec![("acte", "supprimer".to_owned()), ("ids", trop.join(","))],
    ] {
        let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
        monde.t.pauline.poster(&adresse, &champs).await.statut(422);
    }
    assert_eq!(avant, monde.t.portail.empreinte().await, "nothing changed");
}

#[tokio::test]
async fn personne_n_agit_sur_le_principal_ni_sans_droit_sur_un_secondaire() {
    let mut monde = Monde::nouveau().await;
    let mut guy = monde
        .t
        .gs("guy.second@example.org", &[], &["rattacher_utilisateurs"])
        .await;
    monde
        .t
        .gs("autre.second@example.org", &[], &["rattacher_utilisateurs"])
        .await;
    let pauline = monde.rattachement(crate::activites::PAULINE).await;
    let autre = monde.rattachement("autre.second@example.org").await;
    let soi = monde.rattachement("guy.second@example.org").await;
    let adresse = format!("{}/lot", monde.liste());
    for acte in ["desactiver", "reactiver", "supprimer"] {
        let champs = lot(acte, &[pauline, autre, soi]);
        let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
        guy.poster(&adresse, &champs)
            .await
            .statut(200)
            .contient("3 utilisateurs restent comme avant")
            .contient("c’est le gestionnaire principal")
            .contient("nommer des gestionnaires secondaires")
            .contient("c’est votre propre rattachement");
    }
    assert_eq!(monde.statut(pauline).await.0, "validee");
    assert_eq!(monde.statut(autre).await.0, "validee");
    // The gestionnaire principal may; and what he deactivated comes back only with rights the author holds.
    monde
        .agir("desactiver", &[autre])
        .await
        .contient("1 utilisateur désactivé.");
    let mut nomme = monde
        .t
        .gs(
            "nina.nomme@example.org",
            &[],
            &["rattacher_utilisateurs", "nommer_gestionnaires_secondaires"],
        )
        .await;
    sqlx::query("update rattachements set capacites = array['gerer_structure'] where id = $1")
        .bind(autre)
        .execute(&monde.t.portail.db)
        .await
        .expect("a right Nina lacks");
    let champs = lot("reactiver", &[autre]);
    let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
    nomme
        .poster(&adresse, &champs)
        .await
        .contient("il aurait des droits que vous n’avez pas");
    assert_eq!(monde.statut(autre).await.0, "desactivee");
}

#[tokio::test]
async fn un_gestionnaire_de_service_ne_touche_que_ses_lignes() {
    let monde = Monde::nouveau().await;
    let t = &monde.t;
    let mut lise = t
        .gs(
            "lise.limite@example.org",
            &[t.achats],
            &["rattacher_utilisateurs"],
        )
        .await;
    let adresse = format!("{}/lot", monde.liste());
    let poster = |acte: &str| lot(acte, &[monde.thomas, monde.julie]);
    for (acte, valides, arretes) in [
        ("desactiver", vec![t.juridique], vec![t.achats]),
        ("reactiver", vec![t.achats, t.juridique], vec![]),
        ("supprimer", vec![t.juridique], vec![]),
    ] {
        let champs = poster(acte);
        let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
        lise.poster(&adresse, &champs)
            .await
            .statut(200)
            .contient("1 utilisateur reste comme avant")
            .contient("utilisateur introuvable");
        assert_eq!(monde.statut(monde.thomas).await.0, "validee", "{acte}");
        assert_eq!(monde.services(monde.thomas, "validee").await, valides);
        assert_eq!(monde.services(monde.thomas, "desactivee").await, arretes);
    }
    let courriers = t.portail.courriers_pour(THOMAS).await;
    assert_eq!(courriers.len(), 3);
    assert_eq!(courriers[0].gabarit, "rattachement_modifie");
    assert!(!courriers[0].texte.contains("juridique"));
}

#[tokio::test]
async fn ce_qu_un_gestionnaire_a_desactive_ne_revient_pas_avec_le_compte() {
    let mut monde = Monde::nouveau().await;
    let mut julie = monde.t.portail.connecter(JULIE).await;
    julie
        .poster(
            "/mon-compte/desactivation",
            &[("mot_de_passe", MOT_DE_PASSE)],
        )
        .await;
    assert_eq!(
        monde.statut(monde.julie).await,
        ("desactivee".to_owned(), Some("compte".to_owned()))
    );
    monde
        .agir("reactiver", &[monde.julie])
        .await
        .contient("son compte n’est pas actif");
    monde
        .agir("desactiver", &[monde.julie])
        .await
        .contient("1 utilisateur désactivé.");
    let mut retour = monde.t.portail.anonyme();
    retour
        .poster(
            "/connexion",
            &[("adresse", JULIE), ("mot_de_passe", MOT_DE_PASSE)],
        )
        .await;
    retour.poster("/reactivation", &[]).await;
    assert_eq!(
        monde
            .t
            .portail
            .nombre("select count(*) from utilisateurs where statut = 'actif'")
            .await,
        3,
        "she is back"
    );
    assert_eq!(
        monde.statut(monde.julie).await,
        ("desactivee".to_owned(), Some("gestionnaire".to_owned()))
    );
}
