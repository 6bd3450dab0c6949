//! The list and the fiche: what they show, to whom, in how many statements.

use super::{JULIE, Monde, THOMAS};
use crate::activites::ailleurs;
use crate::support::instructions;

#[tokio::test]
async fn la_liste_montre_ses_colonnes_en_huit_instructions_au_plus() {
    let mut monde = Monde::nouveau().await;
    let liste = monde.liste();
    let (page, instructions) = instructions::compter(monde.t.pauline.page(&liste)).await;
    page.statut(200)
        .contient("Utilisateurs rattachés à la structure")
        .contient("(3 lignes)")
        .contient(JULIE)
        .contient("Service achats, Service juridique");
    assert!(instructions <= 8, "{instructions} statements");
    assert_eq!(
        page.tous("#utilisateurs thead th")[1..],
        [
            "Nom",
            "Prénom",
            "Adresse de contact",
            "Rôle",
            "Statut utilisateur",
            "Date de réactivation",
            "Date dernière connexion",
            "Statut du rattachement",
            "Actions"
        ]
    );
    for bouton in [
        "Désactiver des utilisateurs",
        "Réactiver des utilisateurs",
        "Supprimer les utilisateurs sélectionnés",
    ] {
        assert!(page.formulaire_eventuel(bouton).is_some(), "{bouton}");
    }
    let (fiche, instructions) =
        instructions::compter(monde.t.pauline.page(&monde.fiche(monde.thomas))).await;
    fiche
        .statut(200)
        .contient("Thomas Mostkowsy")
        .contient("Service juridique")
        .contient("Aucun droit de gestion");
    assert!(instructions <= 8, "{instructions} statements");
}

#[tokio::test]
async fn on_cherche_on_filtre_on_trie_et_on_exporte() {
    let mut monde = Monde::nouveau().await;
    let liste = monde.liste();
    let trouve = |page: &crate::support::page::PageLue| page.tous("#utilisateurs tbody th");
    let page = monde.t.pauline.page(&format!("{liste}?u.q=mostkow")).await;
    assert_eq!(trouve(&page), ["Mostkowsy"]);
    let page = monde.t.pauline.page(&format!("{liste}?u.role=gp")).await;
    assert_eq!(trouve(&page), ["Dufour vous"]);
    let page = monde
        .t
        .pauline
        .page(&format!("{liste}?u.tri=nom-desc"))
        .await;
    assert_eq!(trouve(&page), ["Mostkowsy", "Dufour vous", "Bon"]);
    monde
        .finir(monde.julie, "maintenant() + interval '20 days'")
        .await;
    let page = monde
        .t
        .pauline
        .page(&format!("{liste}?u.statut=bientot"))
        .await;
    assert_eq!(trouve(&page), ["Bon"]);
    page.contient("se termine le");
    let page = monde.t.pauline.page(&format!("{liste}?u.q=zzz")).await;
    page.contient("Aucun utilisateur trouvé");
    sqlx::query("update utilisateurs set nom = '=cmd()' where adresse_connexion = $1")
        .bind(THOMAS)
        .execute(&monde.t.portail.db)
        .await
        .expect("a hostile name");
    let csv = monde
        .t
        .pauline
        .page(&format!("{liste}.csv?u.role=us"))
        .await;
    csv.statut(200);
    assert!(
        csv.corps
            .starts_with("\u{FEFF}Nom;Prénom;Adresse de contact")
    );
    assert_eq!(csv.corps.lines().count(), 3);
    assert!(csv.corps.contains("'=cmd()"));
}

#[tokio::test]
async fn un_gestionnaire_de_service_ne_voit_que_les_siens() {
    let monde = Monde::nouveau().await;
    let t = &monde.t;
    let mut lise = t
        .gs(
            "lise.limite@example.org",
            &[t.achats],
            &["rattacher_utilisateurs"],
        )
        .await;
    let page = lise.page(&monde.liste()).await;
    page.statut(200)
        .contient("Mostkowsy")
        .contient("Service achats")
        .ne_contient_pas("Service juridique")
        .ne_contient_pas(JULIE)
        .ne_contient_pas("Dufour");
    let csv = lise.page(&format!("{}.csv", monde.liste())).await;
    assert!(!csv.corps.contains("juridique") && !csv.corps.contains(JULIE));
    lise.page(&monde.fiche(monde.thomas))
        .await
        .statut(200)
        .contient("Des services, dont certains ne sont pas les vôtres")
        .ne_contient_pas("Service juridique");
    lise.page(&monde.fiche(monde.julie)).await.statut(404);
    lise.page(&format!("{}/droits", monde.fiche(monde.thomas)))
        .await
        .statut(403);
}

#[tokio::test]
async fn rien_d_une_autre_structure_ne_se_lit_ni_ne_se_change() {
    let mut monde = Monde::nouveau().await;
    let (etrangere, _, mut omar) = ailleurs(&monde.t.portail).await;
    let fiche = monde.fiche(monde.julie);
    let ids = monde.julie.to_string();
    let avant = monde.t.portail.empreinte().await;
    for adresse in [
        monde.liste(),
        format!("{}.csv", monde.liste()),
        fiche.clone(),
        format!("{fiche}/droits"),
        format!("{fiche}/copie"),
        // The rattachement of another structure under one's own.
        format!("/structures/{etrangere}/utilisateurs/{}", monde.julie),
        format!("/structures/{etrangere}/utilisateurs/{}/copie", monde.julie),
    ] {
        omar.page(&adresse).await.statut(404);
    }
    for adresse in [
        format!("{fiche}/prolongation"),
        format!("{fiche}/droits"),
        format!("{fiche}/copie"),
        format!("{}/lot", monde.liste()),
    ] {
        omar.poster_sans_suivre(&adresse, &[]).await.statut(404);
    }
    // Ticked from one's own list: « introuvable », and nothing changes.
    omar.poster(
        &format!("/structures/{etrangere}/utilisateurs/lot"),
        &[("ids", &ids), ("acte", "supprimer")],
    )
    .await
    .statut(200)
    .contient("1 utilisateur est introuvable.");
    assert_eq!(avant, monde.t.portail.empreinte().await, "nothing changed");
    omar.poster(
        &format!("/structures/{etrangere}/utilisateurs/lot"),
        &[("ids", &ids), ("acte", "supprimer"), ("confirme", "1")],
    )
    .await
    .statut(200)
    .contient("utilisateur introuvable");
    assert_eq!(monde.statut(monde.julie).await.0, "validee");
    let mut anonyme = monde.t.portail.anonyme();
    anonyme.lire(&monde.liste()).await.statut(303);
    let mut julie = monde.t.portail.connecter(JULIE).await;
    julie.page(&monde.liste()).await.statut(403);
    // A capability that is not « rattacher »: the list, without its boxes, and no act.
    let mut val = monde
        .t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    let page = val.page(&monde.liste()).await;
    page.statut(200).contient(JULIE);
    assert!(page.attributs("input[name=id]", "value").is_empty());
    val.poster_sans_suivre(&format!("{}/lot", monde.liste()), &[("acte", "supprimer")])
        .await
        .statut(403);
    monde
        .t
        .pauline
        .page(&format!("{}/x", monde.liste()))
        .await
        .statut(404);
}

#[tokio::test]
async fn mon_compte_mene_aux_utilisateurs_de_mes_structures() {
    let mut monde = Monde::nouveau().await;
    let page = monde.t.pauline.page("/mon-compte").await;
    page.statut(200)
        .contient("Utilisateurs rattachés à la structure");
    assert_eq!(page.lien("CCAS Terneuil"), monde.liste());
    let mut julie = monde.t.portail.connecter(JULIE).await;
    julie
        .page("/mon-compte")
        .await
        .ne_contient_pas("Utilisateurs rattachés à la structure");
}
