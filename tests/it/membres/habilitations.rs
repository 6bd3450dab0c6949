//! The fiche's acts: role, dates, rights, copy, prolongation.

use super::{JULIE, Monde, THOMAS};
use crate::activites::PAULINE;

const TOUTES: [&str; 5] = [
    "valider_rattachements",
    "rattacher_utilisateurs",
    "valider_abonnements",
    "gerer_structure",
    "nommer_gestionnaires_secondaires",
];

#[tokio::test]
async fn le_principal_regle_les_droits_d_un_secondaire() {
    let mut monde = Monde::nouveau().await;
    let mut guy = monde.t.gs("guy.second@example.org", &[], &TOUTES).await;
    let id = monde.rattachement("guy.second@example.org").await;
    let ecran = format!("{}/droits", monde.fiche(id));
    guy.page("/activites")
        .await
        .contient("Les demandes de rattachement");
    let page = monde.t.pauline.page(&ecran).await;
    let fiche = page
        .statut(200)
        .formulaire("Enregistrer")
        .decocher("capacites", "valider_rattachements")
        .envoyer(&mut monde.t.pauline)
        .await;
    fiche
        .statut(200)
        .contient("Les droits de Guy Second sont enregistrés.")
        .ne_contient_pas("valider les demandes de rattachement");
    // Effective on his next click.
    guy.page("/activites")
        .await
        .statut(200)
        .ne_contient_pas("Les demandes de rattachement");
    let courriers = monde
        .t
        .portail
        .courriers_pour("guy.second@example.org")
        .await;
    assert_eq!(courriers[0].gabarit, "rattachement_modifie");
    assert!(courriers[0].texte.contains("Droits\u{202F}: "));
    let avant = monde.t.portail.empreinte().await;
    let aucun = TOUTES
        .iter()
        .fold(page.formulaire("Enregistrer"), |f, c| {
            f.decocher("capacites", c)
        })
        .envoyer(&mut monde.t.pauline)
        .await;
    aucun.statut(422);
    assert!(aucun.erreur_de("capacites").is_some());
    monde
        .t
        .pauline
        .poster(&ecran, &[("capacites", "tout")])
        .await
        .statut(422);
    guy.poster_sans_suivre(&ecran, &[("capacites", "gerer_structure")])
        .await
        .statut(403);
    let us = format!("{}/droits", monde.fiche(monde.julie));
    monde
        .t
        .pauline
        .poster(&us, &[("capacites", "gerer_structure")])
        .await
        .statut(409);
    monde.t.pauline.page(&us).await.statut(409);
    assert_eq!(avant, monde.t.portail.empreinte().await, "nothing changed");
}

#[tokio::test]
async fn le_changement_de_role_et_de_dates_se_dit_avant_et_apres() {
    let mut monde = Monde::nouveau().await;
    let fiche = monde.t.pauline.page(&monde.fiche(monde.thomas)).await;
    let ecran = monde.t.pauline.page(&fiche.lien("Modifier le rôle")).await;
    let debut = ecran
        .formulaire("Valider")
        .valeur("date_debut")
        .expect("a start")
        .to_owned();
    let fin = sqlx::query_scalar::<_, time::Date>("select aujourdhui() + 40")
        .fetch_one(&monde.t.portail.db)
        .await
        .expect("a day");
    ecran
        .formulaire("Valider")
        .remplir("role", "gs")
        .remplir("date_fin", &fin.to_string())
        .decocher("services", &monde.t.juridique.to_string())
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(200)
        .contient("Gestionnaire secondaire");
    let (role, commence): (String, String) = sqlx::query_as(
        "select role, to_char(date_debut at time zone 'Europe/Paris', 'YYYY-MM-DD') from rattachements where id = $1",
    )
    .bind(monde.thomas)
    .fetch_one(&monde.t.portail.db)
    .await
    .expect("a rattachement");
    assert_eq!((role.as_str(), commence), ("gs", debut), "the start stays");
    assert_eq!(
        monde.services(monde.thomas, "validee").await,
        [monde.t.achats]
    );
    let courriers = monde.t.portail.courriers_pour(THOMAS).await;
    assert_eq!(courriers.len(), 1);
    let texte = &courriers[0].texte;
    assert!(
        texte.contains("Rôle\u{202F}: Utilisateur simple → Gestionnaire secondaire"),
        "{texte}"
    );
    assert!(
        texte.contains("Services\u{202F}: Service achats, Service juridique → Service achats"),
        "{texte}"
    );
    // The right stops at the second its last day ends.
    sqlx::query("update horloge set decalage = decalage + (debut_du_jour($1 + 1) - maintenant()) - interval '1 second'")
        .bind(fin)
        .execute(&monde.t.portail.db)
        .await
        .expect("a moved clock");
    let chez_soi = format!("/structures/{}", monde.t.structure);
    let mut thomas = monde.t.portail.connecter(THOMAS).await;
    thomas.page(&chez_soi).await.statut(200);
    monde.t.portail.avancer("1 second").await;
    thomas.page(&chez_soi).await.statut(404);
}

#[tokio::test]
async fn ce_qui_n_a_pas_commence_peut_commencer_plus_tard() {
    let mut monde = Monde::nouveau().await;
    let (dans_3, dans_9): (time::Date, time::Date) =
        sqlx::query_as("select aujourdhui() + 3, aujourdhui() + 9")
            .fetch_one(&monde.t.portail.db)
            .await
            .expect("days");
    let jules = monde.t.portail.personne("jules.martin@example.org").await;
    let ecran = format!("/structures/{}/rattachement/{jules}", monde.t.structure);
    for jour in [dans_3, dans_9] {
        let page = monde.t.pauline.page(&ecran).await;
        page.formulaire("Valider")
            .remplir("date_debut", &jour.to_string())
            .cocher("structure", "oui")
            .envoyer(&mut monde.t.pauline)
            .await
            .statut(200);
    }
    monde.t.portail.avancer("8 days").await;
    let chez_soi = format!("/structures/{}", monde.t.structure);
    let mut jules = monde.t.portail.connecter("jules.martin@example.org").await;
    jules.page(&chez_soi).await.statut(404);
    monde.t.portail.avancer("1 day").await;
    let mut jules = monde.t.portail.connecter("jules.martin@example.org").await;
    jules.page(&chez_soi).await.statut(200);
}

#[tokio::test]
async fn prolonger_se_fait_en_une_etape_et_jamais_vers_l_arriere() {
    let mut monde = Monde::nouveau().await;
    monde
        .finir(monde.julie, "debut_du_jour(aujourdhui() + 11)")
        .await;
    let page = monde.t.pauline.page(&monde.fiche(monde.julie)).await;
    page.statut(200).contient("Se termine bientôt");
    let base = monde.t.portail.db.clone();
    let jour = |n: i32| {
        let db = base.clone();
        async move {
            sqlx::query_scalar::<_, time::Date>("select aujourdhui() + $1")
                .bind(n)
                .fetch_one(&db)
                .await
                .expect("a day")
                .to_string()
        }
    };
    let (meme, tot, tard) = (jour(10).await, jour(2).await, jour(60).await);
    let avant = monde.t.portail.empreinte().await;
    for valeur in ["", "demain", "30/02/2027", &meme, &tot] {
        let refus = page
            .formulaire("Prolonger")
            .remplir("date_fin", valeur)
            .envoyer(&mut monde.t.pauline)
            .await;
        refus.statut(422);
        assert!(refus.erreur_de("date_fin").is_some(), "{valeur}");
    }
    assert_eq!(avant, monde.t.portail.empreinte().await, "nothing changed");
    page.formulaire("Prolonger")
        .remplir("date_fin", &tard)
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(200)
        .contient("Le rattachement de Julie Bon est prolongé jusqu’au");
    let courriers = monde.t.portail.courriers_pour(JULIE).await;
    assert_eq!(courriers[0].gabarit, "rattachement_modifie");
    assert!(courriers[0].texte.contains("Période"));
    // After its end too: it comes back, with its cause forgotten.
    monde.t.portail.avancer("61 days").await;
    monde.t.pauline = monde.t.portail.connecter(PAULINE).await;
    let page = monde.t.pauline.page(&monde.fiche(monde.julie)).await;
    page.statut(200).contient("Terminé");
    monde
        .agir("reactiver", &[monde.julie])
        .await
        .contient("prolongez-le depuis sa fiche");
    let plus_tard = jour(30).await;
    page.formulaire("Prolonger")
        .remplir("date_fin", &plus_tard)
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(200);
    assert_eq!(
        monde.statut(monde.julie).await,
        ("validee".to_owned(), None)
    );
    // Nobody extends his own, nor beyond his own end.
    let mut guy = monde.t.gs("guy.second@example.org", &[], &TOUTES).await;
    let soi = monde.rattachement("guy.second@example.org").await;
    monde.finir(soi, "debut_du_jour(aujourdhui() + 40)").await;
    let loin = jour(90).await;
    for id in [soi, monde.julie] {
        guy.poster(
            &format!("{}/prolongation", monde.fiche(id)),
            &[("date_fin", &loin)],
        )
        .await
        .statut(422);
    }
}

#[tokio::test]
async fn les_droits_se_copient_apres_avoir_vu_ce_qui_change() {
    let mut monde = Monde::nouveau().await;
    monde
        .t
        .gs(
            "guy.second@example.org",
            &[monde.t.achats],
            &["valider_abonnements", "gerer_structure"],
        )
        .await;
    let guy = monde.rattachement("guy.second@example.org").await;
    let page = monde
        .t
        .pauline
        .page(&format!("{}/copie", monde.fiche(guy)))
        .await;
    page.statut(200)
        .ne_contient_pas("Pauline Dufour, Gestionnaire");
    page.formulaire("Voir ce qui change")
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(422);
    let avant = monde.t.portail.empreinte().await;
    let apercu = page
        .formulaire("Voir ce qui change")
        .choisir("vers", &monde.julie.to_string())
        .envoyer(&mut monde.t.pauline)
        .await;
    apercu
        .statut(200)
        .contient("Donner à Julie Bon les droits de Guy Second ?")
        .contient("Rôle Utilisateur simple Gestionnaire secondaire")
        .contient("Services toute la structure Service achats");
    assert_eq!(avant, monde.t.portail.empreinte().await, "only a preview");
    apercu
        .formulaire("Copier les droits")
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(200)
        .contient("Les droits de Guy Second sont donnés à Julie Bon.");
    let (role, capacites): (String, Vec<String>) =
        sqlx::query_as("select role, capacites from rattachements where id = $1")
            .bind(monde.julie)
            .fetch_one(&monde.t.portail.db)
            .await
            .expect("a rattachement");
    assert_eq!(role, "gs");
    assert_eq!(capacites, ["valider_abonnements", "gerer_structure"]);
    assert_eq!(
        monde.services(monde.julie, "validee").await,
        [monde.t.achats]
    );
    // Nobody gives more than he holds.
    let mut nina = monde
        .t
        .gs(
            "nina.nomme@example.org",
            &[],
            &["rattacher_utilisateurs", "nommer_gestionnaires_secondaires"],
        )
        .await;
    let adresse = format!("{}/copie", monde.fiche(guy));
    let avant = monde.t.portail.empreinte().await;
    nina.page(&format!("{adresse}?vers={}", monde.thomas))
        .await
        .statut(200)
        .contient("La personne à copier a des droits que vous n’avez pas");
    nina.poster(&adresse, &[("vers", &monde.thomas.to_string())])
        .await
        .statut(409);
    nina.poster(&adresse, &[("vers", "x")]).await.statut(422);
    let pauline = monde.rattachement(PAULINE).await;
    let du_gp = format!("{}/copie", monde.fiche(pauline));
    nina.poster(&du_gp, &[("vers", &monde.thomas.to_string())])
        .await
        .statut(409);
    assert_eq!(avant, monde.t.portail.empreinte().await, "nothing changed");
}
