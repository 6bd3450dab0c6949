//! Attaching somebody oneself (R-GEST-RATTACHER, seed 001 §7, failure-modes R4).

use crate::activites::{PAULINE, Terneuil, ailleurs};

const OCTROI: [(&str, &str); 4] = [
    ("role", "us"),
    ("date_debut", "2026-01-01"),
    ("commentaire", "Bienvenue."),
    ("structure", "oui"),
];

fn recherche(t: &Terneuil) -> String {
    format!("/structures/{}/rattachement", t.structure)
}

#[tokio::test]
async fn on_cherche_on_choisit_on_rattache_et_la_personne_agit_aussitot() {
    let mut t = Terneuil::nouveau().await;
    let jules = t.portail.personne("jules.martin@example.org").await;
    t.portail.personne("julie.martinez@example.org").await;
    let us = t.portail.personne("ulla.martin@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    let page = t.pauline.page(&recherche(&t)).await;
    page.statut(200).contient("Critères de recherche");
    let resultats = page
        .formulaire("Rechercher")
        .remplir("nom", "màrtin")
        .envoyer(&mut t.pauline)
        .await;
    resultats
        .statut(200)
        .contient("(3 lignes)")
        .contient("jules.martin@example.org");
    let lignes = resultats.tous("#resultats tbody tr");
    assert!(lignes[0].starts_with("Choisir Jules Martin") && lignes[0].ends_with("Non"));
    assert!(lignes[1].starts_with("Choisir Ulla Martin") && lignes[1].ends_with("Oui"));
    // Nobody chosen: the results come back with the sentence.
    let sans = resultats
        .formulaire("Valider")
        .envoyer(&mut t.pauline)
        .await;
    sans.statut(422)
        .contient("Choisissez la personne à rattacher")
        .contient("jules.martin@example.org");
    let fiche = sans
        .formulaire("Valider")
        .choisir("utilisateur", &jules.to_string())
        .envoyer(&mut t.pauline)
        .await;
    fiche
        .statut(200)
        .contient("Rattacher Jules Martin")
        .contient("Ce que le rattachement va ouvrir");
    let saisie = fiche.formulaire("Valider");
    assert_eq!(
        saisie.valeur("commentaire"),
        Some("Rattachement par Pauline Dufour")
    );
    saisie
        .remplir("role", "gs")
        .cocher("services", &t.achats.to_string())
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("Jules Martin est rattaché(e) à CCAS Terneuil.")
        .contient("Rattachement par le gestionnaire");
    let mut jules = t.portail.connecter("jules.martin@example.org").await;
    jules.page("/activites").await.statut(200);
    let courriers = t.portail.courriers_pour("jules.martin@example.org").await;
    assert_eq!(courriers.len(), 1);
    assert_eq!(courriers[0].gabarit, "rattachement_par_gestionnaire");
    assert!(courriers[0].texte.contains("Gestionnaire secondaire"));
    assert!(courriers[0].texte.contains("Service achats"));
    let (_, defauts) = vantail::historique::verifier(&t.portail.db, &t.portail.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty());
}

#[tokio::test]
async fn rattacher_repond_a_la_demande_qui_attendait() {
    let mut t = Terneuil::nouveau().await;
    let demande = t
        .demande("zoe.aubert@example.org", &[t.achats, t.juridique])
        .await;
    let zoe = t.portail.id("zoe.aubert@example.org").await;
    let fiche = t.pauline.page(&format!("{}/{zoe}", recherche(&t))).await;
    fiche
        .statut(200)
        .contient("Une demande de cette personne attend");
    let liste = fiche
        .formulaire("Valider")
        .decocher("structure", "oui")
        .cocher("services", &t.achats.to_string())
        .envoyer(&mut t.pauline)
        .await;
    liste.statut(200).contient("Aucune demande en attente");
    t.pauline
        .page(&t.ecran(demande))
        .await
        .statut(200)
        .contient("rattachement direct")
        .contient("Pauline Dufour");
    let detail = t.pauline.page(&liste.lien("Détail")).await;
    detail
        .contient("Demande de rattachement en cours de validation validée (rattachement direct)")
        .lien("Consulter la demande de rattachement");
    // Attached again, it is a change, told before and after.
    let fiche = t.pauline.page(&format!("{}/{zoe}", recherche(&t))).await;
    fiche.contient("Cette personne est déjà rattachée à des services");
    let liste = fiche
        .formulaire("Valider")
        .decocher("services", &t.achats.to_string())
        .cocher("structure", "oui")
        .envoyer(&mut t.pauline)
        .await;
    liste.contient("Rattachement modifié");
    let detail = t.pauline.page(&liste.lien("Détail")).await;
    detail.contient("Services Service achats toute la structure");
    assert_eq!(
        t.portail
            .nombre("select count(*) from rattachements where role = 'us'")
            .await,
        1
    );
}

#[tokio::test]
async fn la_recherche_exige_un_critere_et_trois_lettres() {
    let mut t = Terneuil::nouveau().await;
    for (champ, valeur) in [
        ("nom", ""),
        ("nom", "ma"),
        ("prenom", "é "),
        ("adresse", "1"),
    ] {
        let page = t
            .pauline
            .page(&recherche(&t))
            .await
            .formulaire("Rechercher")
            .remplir(champ, valeur)
            .envoyer(&mut t.pauline)
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ}={valeur:?}");
    }
    t.pauline
        .page(&format!("{}?nom=personne", recherche(&t)))
        .await
        .statut(200)
        .contient("Aucun compte trouvé");
}

#[tokio::test]
async fn le_rattachement_direct_exige_son_droit_et_reste_dans_sa_structure() {
    let mut t = Terneuil::nouveau().await;
    let jules = t.portail.personne("jules.martin@example.org").await;
    let fiche = format!("{}/{jules}", recherche(&t));
    let (etrangere, _, mut omar) = ailleurs(&t.portail).await;
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    let mut ulla = t.portail.connecter("ulla.simple@example.org").await;
    let mut sans = t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    let mut anonyme = t.portail.anonyme();
    let avant = t.portail.empreinte().await;
    for (acteur, statut) in [
        (&mut ulla, 403),
        (&mut sans, 403),
        (&mut omar, 404),
        (&mut anonyme, 303),
    ] {
        for adresse in [&recherche(&t), &fiche] {
            assert_eq!(acteur.lire(adresse).await.statut.as_u16(), statut);
        }
        let page = acteur.poster_sans_suivre(&fiche, &OCTROI).await;
        assert_eq!(page.statut.as_u16(), statut);
    }
    let inconnue = uuid::Uuid::now_v7();
    let pauline = t.portail.id(PAULINE).await;
    for adresse in [
        format!("/structures/{etrangere}/rattachement/{jules}"),
        format!("{}/{inconnue}", recherche(&t)),
        format!("{}/{pauline}", recherche(&t)),
        format!("{}/x", recherche(&t)),
    ] {
        t.pauline.lire(&adresse).await.statut(404);
        t.pauline
            .poster_sans_suivre(&adresse, &OCTROI)
            .await
            .statut(404);
    }
    assert_eq!(avant, t.portail.empreinte().await, "nothing changed");
}

#[tokio::test]
async fn une_saisie_fausse_ou_trop_large_revient_au_champ() {
    let mut t = Terneuil::nouveau().await;
    let jules = t.portail.personne("jules.martin@example.org").await;
    let fiche = format!("{}/{jules}", recherche(&t));
    let ecran = t.pauline.page(&fiche).await;
    let avant = t.portail.empreinte().await;
    for (champ, valeur, attendu) in [
        ("commentaire", "", "commentaire"),
        ("date_debut", "demain", "date_debut"),
        ("date_fin", "2020-01-01", "date_fin"),
        ("role", "gp", "role"),
        ("structure", "oui", "services"),
    ] {
        let saisie = ecran
            .formulaire("Valider")
            .cocher("services", &t.achats.to_string());
        let saisie = if champ == "structure" {
            saisie.cocher(champ, valeur)
        } else {
            saisie.remplir(champ, valeur)
        };
        let page = saisie.envoyer(&mut t.pauline).await;
        page.statut(422);
        assert!(page.erreur_de(attendu).is_some(), "{champ}={valeur:?}");
    }
    let capacites = ["rattacher_utilisateurs"];
    let mut lise = t
        .gs("lise.limite@example.org", &[t.achats], &capacites)
        .await;
    let avant_lise = t.portail.empreinte().await;
    let ecran = lise.page(&fiche).await;
    ecran
        .statut(200)
        .ne_contient_pas("Service juridique")
        .ne_contient_pas("Rattacher à la structure");
    let juridique = t.juridique.to_string();
    for (champ, valeur) in [("structure", "oui"), ("services", juridique.as_str())] {
        let page = ecran
            .formulaire("Valider")
            .forcer(champ, valeur)
            .envoyer(&mut lise)
            .await;
        page.statut(422);
        assert!(page.erreur_de("services").is_some());
    }
    assert_ne!(avant, avant_lise, "Lise came");
    assert_eq!(avant_lise, t.portail.empreinte().await, "nothing changed");
    // What she attaches does not answer a request that reaches further than she does.
    t.portail
        .demande(t.structure, jules, "us", &[t.achats, t.juridique])
        .await;
    ecran
        .formulaire("Valider")
        .cocher("services", &t.achats.to_string())
        .envoyer(&mut lise)
        .await
        .statut(200);
    assert_eq!(
        t.portail
            .nombre(
                "select count(*) from demandes_rattachement where statut = 'en_cours_de_validation'"
            )
            .await,
        1
    );
}

#[tokio::test]
async fn le_gestionnaire_principal_et_les_comptes_fermes_ne_se_rattachent_pas() {
    let t = Terneuil::nouveau().await;
    let mut gs = t
        .gs("guy.second@example.org", &[], &["rattacher_utilisateurs"])
        .await;
    let pauline = t.portail.id(PAULINE).await;
    let fiche = format!("{}/{pauline}", recherche(&t));
    let page = gs.page(&fiche).await;
    page.statut(200)
        .contient("Cette personne est le gestionnaire principal");
    assert!(page.formulaire_eventuel("Valider").is_none());
    let avant = t.portail.empreinte().await;
    gs.poster(&fiche, &OCTROI).await.statut(409);
    assert_eq!(avant, t.portail.empreinte().await, "nothing changed");
    let jules = t.portail.personne("jules.martin@example.org").await;
    let fiche = format!("{}/{jules}", recherche(&t));
    let ecran = gs.page(&fiche).await;
    sqlx::query(
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where id = $1",
    )
    .bind(jules)
    .execute(&t.portail.db)
    .await
    .expect("a closed account");
    ecran
        .formulaire("Valider")
        .envoyer(&mut gs)
        .await
        .statut(409);
    gs.lire(&fiche).await.statut(404);
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(t.structure)
        .execute(&t.portail.db)
        .await
        .expect("a closed structure");
    ecran
        .formulaire("Valider")
        .envoyer(&mut gs)
        .await
        .statut(409);
    gs.lire(&recherche(&t)).await.statut(409);
}
