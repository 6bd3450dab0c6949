use super::{adresse, annuler, droits};
use crate::activites::{Terneuil, ailleurs};

const ZOE: &str = "zoe.aubert@example.org";

#[tokio::test]
async fn une_validation_s_annule_et_la_demande_attend_de_nouveau() {
    let mut t = Terneuil::nouveau().await;
    let demande = t.demande(ZOE, &[t.achats]).await;
    let zoe = t.portail.id(ZOE).await;
    let avant = droits(&t.portail, t.structure, zoe).await;
    let page = t.pauline.page(&t.ecran(demande)).await;
    let fait = page.formulaire("Valider").envoyer(&mut t.pauline).await;
    fait.statut(200)
        .contient("La demande de Zoe Aubert est validée.");
    assert!(!droits(&t.portail, t.structure, zoe).await.is_empty());
    let lien = fait.lien("Annuler cette décision");
    let confirmation = t.pauline.page(&lien).await;
    confirmation
        .statut(200)
        .contient("Annuler la décision ?")
        .contient("Zoe Aubert")
        .contient("Validée");
    let annulee = confirmation
        .formulaire("Annuler la décision")
        .envoyer(&mut t.pauline)
        .await;
    annulee
        .statut(200)
        .contient("1 décision annulée.")
        .contient("Zoe Aubert, CCAS Terneuil : annulée")
        .contient("(1 ligne)");
    assert_eq!(avant, droits(&t.portail, t.structure, zoe).await);
    // The decided request keeps its state; the new one is linked to it and asks the same.
    let lignes: Vec<(String, bool)> = sqlx::query_as(
        "select d.statut || d.role || d.maille_structure || d.commentaire
                || (select string_agg(s.code || ds.statut, ',') from demande_services ds join services s on s.id = ds.service_id
                    where ds.demande_id = d.id), d.reprend is not null
         from demandes_rattachement d order by d.id",
    )
    .fetch_all(&t.portail.db)
    .await
    .expect("the requests");
    assert_eq!(
        lignes,
        [
            (
                "valideeusfalseJe rejoins le service.ACHaccordee".to_owned(),
                false
            ),
            (
                "en_cours_de_validationusfalseJe rejoins le service.ACHdemandee".to_owned(),
                true
            )
        ]
    );
    let courriers = t.portail.courriers_pour(ZOE).await;
    let dernier = courriers.last().expect("a mail");
    assert_eq!(
        dernier.sujet,
        "Décision annulée : votre demande sur CCAS Terneuil attend de nouveau"
    );
    assert!(dernier.texte.contains("elle avait été validée"));
    assert!(
        dernier
            .texte
            .contains("vos droits sur cette structure sont ceux que vous aviez")
    );
    t.pauline
        .page("/activites")
        .await
        .contient("Décision annulée");
    let (_, defauts) = vantail::historique::verifier(&t.portail.db, &t.portail.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty());
    // Once undone, it is undone.
    let adresse = adresse(&t.portail).await;
    let apres = t.portail.empreinte().await;
    assert_eq!(annuler(&mut t.pauline, &adresse).await, 409);
    assert_eq!(apres, t.portail.empreinte().await);
}

#[tokio::test]
async fn un_refus_s_annule_depuis_le_detail_de_l_historique() {
    let mut t = Terneuil::nouveau().await;
    let demande = t.demande(ZOE, &[]).await;
    t.pauline
        .poster(&format!("{}/refus", t.ecran(demande)), &[("motif", "Non.")])
        .await
        .statut(200);
    let page = t.pauline.page("/activites").await;
    let detail = t.pauline.page(&page.lien("Détail")).await;
    let lien = detail.lien("Annuler cette décision");
    t.pauline
        .page(&lien)
        .await
        .formulaire("Annuler la décision")
        .envoyer(&mut t.pauline)
        .await
        .contient("1 décision annulée.");
    assert_eq!(
        t.portail
            .nombre(
                "select count(*) from demandes_rattachement where statut = 'en_cours_de_validation'"
            )
            .await,
        1
    );
    let courriers = t.portail.courriers_pour(ZOE).await;
    assert!(
        courriers
            .last()
            .expect("a mail")
            .texte
            .contains("elle avait été refusée")
    );
}

#[tokio::test]
async fn dix_minutes_pas_une_seconde_de_plus() {
    for (attente, statut) in [("10 minutes", 303), ("10 minutes 6 seconds", 409)] {
        let mut t = Terneuil::nouveau().await;
        let demande = t.demande(ZOE, &[]).await;
        t.pauline
            .poster(&format!("{}/refus", t.ecran(demande)), &[("motif", "Non.")])
            .await
            .statut(200);
        let adresse = adresse(&t.portail).await;
        // The decision is aged rather than the clock moved, so that the boundary does not depend on the speed of the machine.
        sqlx::query(
            "update decisions set prise_le = maintenant() + interval '5 seconds' - $1::interval",
        )
        .bind(attente)
        .execute(&t.portail.db)
        .await
        .expect("an age");
        let avant = t.portail.empreinte().await;
        assert_eq!(annuler(&mut t.pauline, &adresse).await, statut, "{attente}");
        assert_eq!(statut == 409, avant == t.portail.empreinte().await);
    }
}

#[tokio::test]
async fn seul_le_decideur_annule() {
    let mut t = Terneuil::nouveau().await;
    let demande = t.demande(ZOE, &[]).await;
    let mut val = t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    let page = t.pauline.page(&t.ecran(demande)).await;
    page.formulaire("Valider")
        .envoyer(&mut t.pauline)
        .await
        .statut(200);
    let adresse = adresse(&t.portail).await;
    let (_, _, mut omar) = ailleurs(&t.portail).await;
    for acteur in [&mut val, &mut omar] {
        acteur.lire(&adresse).await.statut(404);
        assert_eq!(annuler(acteur, &adresse).await, 404);
    }
    let mut anonyme = t.portail.anonyme();
    assert_eq!(annuler(&mut anonyme, &adresse).await, 303);
    let mut sans = t
        .gs("guy.gere@example.org", &[], &["gerer_structure"])
        .await;
    assert_eq!(annuler(&mut sans, &adresse).await, 403);
    let inconnue = "/activites/demandes/annulation/00000000-0000-0000-0000-000000000000";
    assert_eq!(annuler(&mut t.pauline, inconnue).await, 404);
    // The other kind does not answer for this one.
    let autre = adresse.replace("/demandes/", "/abonnements/");
    assert_eq!(annuler(&mut t.pauline, &autre).await, 404);
    let lignes = t
        .portail
        .nombre("select count(*) from decisions where annulee_le is not null")
        .await;
    assert_eq!(lignes, 0);
}

#[tokio::test]
async fn rien_ne_s_annule_quand_quelque_chose_a_change() {
    // What happens between the decision and the undo, and the reason it gives.
    let changements: [(&'static str, &str); 5] = [
        (
            "update rattachements set date_fin = maintenant() + interval '3 days', modifie_le = maintenant()
             where role = 'us'",
            "a changé depuis",
        ),
        (
            "update rattachement_services set statut = 'desactivee'",
            "a changé depuis",
        ),
        (
            "insert into abonnements (id, structure_id, rattachement_id, espace, droit, origine)
             select uuid_v7(), structure_id, id, 'factures_de_travaux', 'consultation', 'demande' from rattachements where role = 'us'",
            "a changé depuis",
        ),
        (
            "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = 'zoe.aubert@example.org'",
            "n’est plus actif",
        ),
        (
            "insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire)
             select uuid_v7(), structure_id, utilisateur_id, 'us', true, 'Encore' from rattachements where role = 'us'",
            "a déjà refait une demande",
        ),
    ];
    for (changement, raison) in changements {
        let mut t = Terneuil::nouveau().await;
        let demande = t.demande(ZOE, &[t.achats]).await;
        let page = t.pauline.page(&t.ecran(demande)).await;
        page.formulaire("Valider")
            .envoyer(&mut t.pauline)
            .await
            .statut(200);
        sqlx::query(changement)
            .execute(&t.portail.db)
            .await
            .expect("a change");
        let adresse = adresse(&t.portail).await;
        let avant = t.portail.empreinte().await;
        t.pauline
            .poster(&adresse, &[])
            .await
            .statut(409)
            .contient(raison);
        t.pauline.lire(&adresse).await.statut(409);
        assert_eq!(avant, t.portail.empreinte().await, "{raison}");
    }
}

#[tokio::test]
async fn un_lot_s_annule_en_entier_avec_un_resultat_par_ligne() {
    let mut t = Terneuil::nouveau().await;
    let ids = t.demandes(3).await;
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let lot = ids.join(",");
    let champs = [
        ("ids", lot.as_str()),
        ("decision", "valider"),
        ("confirme", "1"),
    ];
    let bilan = t.pauline.poster("/activites/demandes/lot", &champs).await;
    bilan.statut(200).contient("3 demandes validées.");
    // One of them changes meanwhile: it alone stays.
    sqlx::query(
        "update rattachements r set commentaire = 'Autre', modifie_le = maintenant() from utilisateurs u
         where u.id = r.utilisateur_id and u.adresse_connexion = 'personne02.demande@example.org'",
    )
    .execute(&t.portail.db)
    .await
    .expect("a change");
    let confirmation = t.pauline.page(&bilan.lien("Annuler ces décisions")).await;
    confirmation
        .statut(200)
        .contient("Annuler 2 décisions ?")
        .contient("a changé depuis");
    let annulees = confirmation
        .formulaire("Annuler 2 décisions")
        .envoyer(&mut t.pauline)
        .await;
    annulees
        .statut(200)
        .contient("2 décisions annulées.")
        .contient("(2 lignes)");
    let lignes = annulees.tous(".resultats li");
    assert_eq!(lignes.len(), 3, "{lignes:?}");
    assert!(lignes[1].contains("a changé depuis"), "{lignes:?}");
    assert_eq!(
        t.portail
            .nombre("select count(*) from rattachements where role = 'us' and statut = 'validee'")
            .await,
        1
    );
}
