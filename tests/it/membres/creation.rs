//! « Créer le compte utilisateur » and the rattachement by address (R-GEST-CREER, seeds 001 §8 and 004 §3).

use super::{JULIE, Monde};
use crate::activites::PAULINE;
use crate::comptes::lien;
use crate::support::page::PageLue;

const LOUIS: &str = "louis.neuf@example.org";

fn creation(monde: &Monde) -> String {
    format!("/structures/{}/rattachement/creation", monde.t.structure)
}

async fn creer(monde: &mut Monde, role: &str) -> PageLue {
    let adresse = creation(monde);
    let page = monde.t.pauline.page(&adresse).await;
    page.statut(200)
        .formulaire("Créer le compte")
        .remplir("adresse_connexion", LOUIS)
        .remplir("prenom", "Louis")
        .remplir("nom", "Neuf")
        .remplir("role", role)
        .cocher("services", &monde.t.achats.to_string())
        .envoyer(&mut monde.t.pauline)
        .await
}

#[tokio::test]
async fn le_compte_cree_est_rattache_a_son_activation() {
    let mut monde = Monde::nouveau().await;
    creer(&mut monde, "us")
        .await
        .statut(200)
        .contient("Le compte de Louis Neuf est créé.");
    let courriers = monde.t.portail.courriers_pour(LOUIS).await;
    assert_eq!(courriers.len(), 1);
    assert_eq!(courriers[0].gabarit, "activation");
    assert!(courriers[0].texte.contains("Pauline Dufour"));
    assert_eq!(
        monde
            .t
            .portail
            .nombre("select count(*) from rattachements r join utilisateurs u on u.id = r.utilisateur_id where u.nom = 'Neuf'")
            .await,
        0,
        "no right before the activation"
    );
    let liste = monde.liste();
    monde
        .t
        .pauline
        .page(&format!("{liste}?u.statut=en_cours_activation"))
        .await
        .contient("Neuf")
        .contient("En cours d’activation");
    let mut louis = monde.t.portail.anonyme();
    let adresse = lien(&monde.t.portail, LOUIS).await;
    let page = louis.page(&adresse).await;
    page.statut(200)
        .contient("Votre rattachement")
        .contient("CCAS Terneuil")
        .contient("Service achats")
        .contient("Pauline Dufour");
    page.formulaire("Activer mon compte")
        .remplir("mot_de_passe", crate::support::MOT_DE_PASSE)
        .envoyer(&mut louis)
        .await
        .statut(200)
        .contient("Vous êtes rattaché(e) à CCAS Terneuil.");
    let mut louis = monde.t.portail.connecter(LOUIS).await;
    louis
        .page(&format!("/structures/{}", monde.t.structure))
        .await
        .statut(200)
        .contient("Service achats");
    assert_eq!(
        monde
            .t
            .portail
            .nombre("select count(*) from inscriptions")
            .await,
        0
    );
}

#[tokio::test]
async fn qui_refuse_ou_qui_n_a_plus_le_droit_ne_rattache_personne() {
    // The box unticked.
    let mut monde = Monde::nouveau().await;
    creer(&mut monde, "us").await;
    let mut louis = monde.t.portail.anonyme();
    let adresse = lien(&monde.t.portail, LOUIS).await;
    let page = louis.page(&adresse).await;
    page.formulaire("Activer mon compte")
        .decocher("suite", "oui")
        .remplir("mot_de_passe", crate::support::MOT_DE_PASSE)
        .envoyer(&mut louis)
        .await
        .statut(200);
    let rattaches = "select count(*) from rattachements r join utilisateurs u on u.id = r.utilisateur_id where u.nom = 'Neuf'";
    assert_eq!(monde.t.portail.nombre(rattaches).await, 0);

    // Whoever promised lost the right: a request waits for those who have it (failure-modes I17).
    let mut monde = Monde::nouveau().await;
    let mut guy = monde
        .t
        .gs("guy.second@example.org", &[], &["rattacher_utilisateurs"])
        .await;
    std::mem::swap(&mut monde.t.pauline, &mut guy);
    creer(&mut monde, "us").await.statut(200);
    std::mem::swap(&mut monde.t.pauline, &mut guy);
    let id = monde.rattachement("guy.second@example.org").await;
    monde.agir("desactiver", &[id]).await.statut(200);
    let mut louis = monde.t.portail.anonyme();
    let adresse = lien(&monde.t.portail, LOUIS).await;
    let page = louis.page(&adresse).await;
    page.formulaire("Activer mon compte")
        .remplir("mot_de_passe", crate::support::MOT_DE_PASSE)
        .envoyer(&mut louis)
        .await
        .statut(200)
        .contient("ne peut plus vous rattacher");
    assert_eq!(monde.t.portail.nombre(rattaches).await, 0);
    monde
        .t
        .pauline
        .page("/activites")
        .await
        .contient("Louis Neuf");
}

#[tokio::test]
async fn une_saisie_fausse_une_adresse_connue_ou_le_pigp_ne_creent_rien() {
    let mut monde = Monde::nouveau().await;
    let adresse = creation(&monde);
    let page = monde.t.pauline.page(&adresse).await;
    let avant = monde.t.portail.empreinte().await;
    for (champ, valeur) in [
        ("adresse_connexion", "pas une adresse"),
        ("adresse_connexion", JULIE),
        ("prenom", ""),
        ("nom", &"x".repeat(81)),
        ("role", "gp"),
        ("date_debut", "hier"),
        ("commentaire", ""),
    ] {
        let refus = page
            .formulaire("Créer le compte")
            .remplir("adresse_connexion", LOUIS)
            .remplir("prenom", "Louis")
            .remplir("nom", "Neuf")
            .cocher("services", &monde.t.achats.to_string())
            .remplir(champ, valeur)
            .envoyer(&mut monde.t.pauline)
            .await;
        refus.statut(422);
        assert!(refus.erreur_de(champ).is_some(), "{champ} {valeur}");
    }
    let sans_service = page
        .formulaire("Créer le compte")
        .remplir("adresse_connexion", LOUIS)
        .remplir("prenom", "Louis")
        .remplir("nom", "Neuf")
        .envoyer(&mut monde.t.pauline)
        .await;
    assert!(sans_service.erreur_de("services").is_some());
    assert_eq!(avant, monde.t.portail.empreinte().await, "nothing changed");
    sqlx::query("update structures set passe_par_pigp = true where id = $1")
        .bind(monde.t.structure)
        .execute(&monde.t.portail.db)
        .await
        .expect("a PIGP structure");
    let pigp = monde.t.pauline.page(&adresse).await;
    pigp.statut(200)
        .contient("Le référent crée les comptes de cette structure");
    assert!(pigp.formulaire_eventuel("Créer le compte").is_none());
    let demande = monde
        .t
        .pauline
        .page(&pigp.lien("Demander la création"))
        .await;
    demande.statut(200);
    assert!(demande.corps.contains("Création d’un compte PIGP"));
    monde
        .t
        .pauline
        .poster(
            &adresse,
            &[
                ("adresse_connexion", LOUIS),
                ("prenom", "Louis"),
                ("nom", "Neuf"),
                ("role", "us"),
                ("date_debut", "2026-01-01"),
                ("commentaire", "Oui."),
                ("structure", "oui"),
            ],
        )
        .await
        .statut(409);
}

#[tokio::test]
async fn par_adresse_on_rattache_aussitot_ou_l_on_cree_le_compte() {
    let mut monde = Monde::nouveau().await;
    monde.t.portail.personne("jules.martin@example.org").await;
    let adresse = format!("/structures/{}/rattachement/adresse", monde.t.structure);
    let page = monde.t.pauline.page(&adresse).await;
    page.statut(200).contient("Niveau de rattachement");
    let rattache = page
        .formulaire("Soumettre")
        .remplir("adresse", " Jules.Martin@Example.org ")
        .cocher("services", &monde.t.achats.to_string())
        .envoyer(&mut monde.t.pauline)
        .await;
    rattache
        .statut(200)
        .contient("Jules Martin est rattaché(e) à CCAS Terneuil.");
    let commentaire: String = sqlx::query_scalar(
        "select r.commentaire from rattachements r join utilisateurs u on u.id = r.utilisateur_id
         where u.adresse_connexion = 'jules.martin@example.org' and r.role = 'us'",
    )
    .fetch_one(&monde.t.portail.db)
    .await
    .expect("attached");
    assert_eq!(commentaire, "Rattachement par Pauline Dufour");
    for (saisie, champ) in [
        ("", "adresse"),
        ("x", "adresse"),
        (JULIE, "adresse"),
        (PAULINE, ""),
    ] {
        let refus = page
            .formulaire("Soumettre")
            .remplir("adresse", saisie)
            .cocher("services", &monde.t.achats.to_string())
            .envoyer(&mut monde.t.pauline)
            .await;
        if champ.is_empty() {
            assert!(matches!(refus.statut.as_u16(), 404 | 422));
        } else {
            refus.statut(422);
            assert!(refus.erreur_de(champ).is_some(), "{saisie}");
        }
    }
    // Both a service and the structure; then an unknown address.
    let refus = page
        .formulaire("Soumettre")
        .remplir("adresse", "personne.nouvelle@example.org")
        .cocher("services", &monde.t.achats.to_string())
        .envoyer(&mut monde.t.pauline)
        .await;
    refus
        .statut(200)
        .contient("Aucun compte n’a cette adresse")
        .contient("Créer le compte utilisateur");
    assert_eq!(
        refus
            .formulaire("Créer le compte")
            .valeur("adresse_connexion"),
        Some("personne.nouvelle@example.org")
    );
    assert_eq!(
        refus.formulaire("Créer le compte").valeurs("services"),
        [monde.t.achats.to_string()]
    );
}
