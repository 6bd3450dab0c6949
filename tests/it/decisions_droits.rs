//! Who may decide what, and when it is too late (failure-modes R7, R8, T1, T2; spec §13 « nobody grants wider »).

use crate::activites::{Terneuil, ailleurs};
use crate::support::Acteur;

const VALIDER: [(&str, &str); 4] = [
    ("role", "us"),
    ("date_debut", "2026-01-01"),
    ("commentaire", "Oui."),
    ("structure", "oui"),
];
const REFUSER: [(&str, &str); 1] = [("motif", "Non.")];

/// GET and POST of both decisions answer this.
async fn repondent(acteur: &mut Acteur, ecran: &str, statut: u16) {
    for suite in ["", "/refus"] {
        let page = acteur.lire(&format!("{ecran}{suite}")).await;
        assert_eq!(page.statut.as_u16(), statut, "GET {ecran}{suite}");
    }
    for (suite, champs) in [("/validation", &VALIDER[..]), ("/refus", &REFUSER[..])] {
        let page = acteur
            .poster_sans_suivre(&format!("{ecran}{suite}"), champs)
            .await;
        assert_eq!(page.statut.as_u16(), statut, "POST {ecran}{suite}");
    }
}

#[tokio::test]
async fn seul_qui_tient_le_droit_decide_et_le_reste_n_existe_pas() {
    let mut t = Terneuil::nouveau().await;
    let demande = t.demande("zoe.aubert@example.org", &[]).await;
    let (etrangere, leur_demande, mut omar) = ailleurs(&t.portail).await;
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    let mut ulla = t.portail.connecter("ulla.simple@example.org").await;
    let mut sans = t
        .gs("guy.gere@example.org", &[], &["gerer_structure"])
        .await;
    let mut zoe = t.portail.connecter("zoe.aubert@example.org").await;
    let avant = t.portail.empreinte().await;
    repondent(&mut ulla, &t.ecran(demande), 403).await;
    repondent(&mut sans, &t.ecran(demande), 403).await;
    repondent(&mut zoe, &t.ecran(demande), 404).await;
    repondent(&mut omar, &t.ecran(demande), 404).await;
    repondent(&mut t.portail.anonyme(), &t.ecran(demande), 303).await;
    // The id of another structure under one's own, and nonsense.
    let ecran = t.ecran(leur_demande);
    repondent(&mut t.pauline, &ecran, 404).await;
    repondent(
        &mut t.pauline,
        &format!("/structures/{etrangere}/demandes/{leur_demande}"),
        404,
    )
    .await;
    repondent(
        &mut t.pauline,
        &format!("/structures/{}/demandes/12", t.structure),
        404,
    )
    .await;
    let page = sans
        .poster(&format!("{}/validation", t.ecran(demande)), &VALIDER)
        .await;
    page.contient("Il vous manque le droit de valider les demandes de rattachement");
    assert_eq!(avant, t.portail.empreinte().await, "nothing changed");
}

#[tokio::test]
async fn un_gestionnaire_ne_decide_pas_sa_propre_demande() {
    let t = Terneuil::nouveau().await;
    let mut lise = t
        .gs(
            "lise.limite@example.org",
            &[t.achats],
            &["valider_rattachements"],
        )
        .await;
    let lise_id = t.portail.id("lise.limite@example.org").await;
    let demande = t
        .portail
        .demande(t.structure, lise_id, "us", &[t.achats])
        .await;
    repondent(&mut lise, &t.ecran(demande), 404).await;
}

#[tokio::test]
async fn un_gestionnaire_de_service_decide_dans_ses_services_seulement() {
    let t = Terneuil::nouveau().await;
    let mut lise = t
        .gs(
            "lise.limite@example.org",
            &[t.achats],
            &["valider_rattachements"],
        )
        .await;
    let sienne = t.demande("anne.achats@example.org", &[t.achats]).await;
    let autre = t.demande("jules.juriste@example.org", &[t.juridique]).await;
    let toute = t.demande("toute.structure@example.org", &[]).await;
    repondent(&mut lise, &t.ecran(autre), 404).await;
    repondent(&mut lise, &t.ecran(toute), 404).await;
    let ecran = lise.page(&t.ecran(sienne)).await;
    ecran
        .statut(200)
        .contient("Service achats")
        .ne_contient_pas("Service juridique")
        .ne_contient_pas("Rattacher à la structure");
    let avant = t.portail.empreinte().await;
    for champs in [
        ("structure".to_owned(), "oui".to_owned()),
        ("services".to_owned(), t.juridique.to_string()),
    ] {
        let page = ecran
            .formulaire("Valider")
            .decocher("services", &t.achats.to_string())
            .forcer(&champs.0, &champs.1)
            .envoyer(&mut lise)
            .await;
        page.statut(422);
        assert!(page.erreur_de("services").is_some());
    }
    assert_eq!(avant, t.portail.empreinte().await, "nothing changed");
    ecran
        .formulaire("Valider")
        .envoyer(&mut lise)
        .await
        .statut(200)
        .contient("est validée");
}

#[tokio::test]
async fn ce_qui_est_hors_de_portee_reste_tel_quel() {
    let t = Terneuil::nouveau().await;
    let mut lise = t
        .gs(
            "lise.limite@example.org",
            &[t.achats],
            &["valider_rattachements"],
        )
        .await;
    // Attached to the legal service until the end of 2030, asks for purchases; Lise does not manage the legal service.
    let personne = t.portail.personne("jules.juriste@example.org").await;
    let rattachement = t
        .portail
        .rattacher(t.structure, personne, "us", &[t.juridique])
        .await;
    sqlx::query("update rattachements set date_fin = '2031-01-01' where id = $1")
        .bind(rattachement)
        .execute(&t.portail.db)
        .await
        .expect("an end");
    let ligne = "select rs::text || r.date_debut || coalesce(r.date_fin::text, '') || r.role
                 from rattachement_services rs join rattachements r on r.id = rs.rattachement_id
                 join services s on s.id = rs.service_id where s.code = 'JUR'";
    let avant: String = sqlx::query_scalar(ligne)
        .fetch_one(&t.portail.db)
        .await
        .expect("the line");
    let demande = t
        .portail
        .demande(t.structure, personne, "us", &[t.achats])
        .await;
    let ecran = lise.page(&t.ecran(demande)).await;
    ecran
        .formulaire("Valider")
        .remplir("date_fin", "2030-06-30")
        .envoyer(&mut lise)
        .await
        .statut(200)
        .contient("est validée");
    let apres: String = sqlx::query_scalar(ligne)
        .fetch_one(&t.portail.db)
        .await
        .expect("the line");
    assert_eq!(avant, apres, "the line of the other service did not move");
    assert_eq!(
        t.portail
            .nombre("select count(*) from services_effectifs se join services s on s.id = se.service_id where s.code in ('ACH', 'JUR')")
            .await,
        3,
        "both services, and Lise's own"
    );
    // Attached to the whole structure: not hers to narrow.
    let entier = t.portail.personne("elle.entiere@example.org").await;
    t.portail.rattacher(t.structure, entier, "us", &[]).await;
    let demande = t
        .portail
        .demande(t.structure, entier, "us", &[t.achats])
        .await;
    let page = lise
        .page(&t.ecran(demande))
        .await
        .formulaire("Valider")
        .envoyer(&mut lise)
        .await;
    page.statut(422)
        .contient("seul un gestionnaire de toute la structure");
}

#[tokio::test]
async fn personne_n_accorde_plus_que_ce_qu_il_tient() {
    let t = Terneuil::nouveau().await;
    let capacites = ["valider_rattachements", "nommer_gestionnaires_secondaires"];
    let mut nomme = t.gs("nora.nomme@example.org", &[], &capacites).await;
    let mut valide = t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    sqlx::query(
        "update rattachements set date_fin = debut_du_jour(aujourdhui() + 31) where capacites = $1",
    )
    .bind(vec!["valider_rattachements".to_owned()])
    .execute(&t.portail.db)
    .await
    .expect("an end");
    let gs = t.portail.personne("futur.gs@example.org").await;
    let demande = t.portail.demande(t.structure, gs, "gs", &[]).await;
    let ecran = valide.page(&t.ecran(demande)).await;
    let fin = |jours: i64| {
        let sql = "select to_char(aujourdhui() + $1::int, 'YYYY-MM-DD')";
        let db = t.portail.db.clone();
        async move {
            sqlx::query_scalar::<_, String>(sql)
                .bind(i32::try_from(jours).expect("days"))
                .fetch_one(&db)
                .await
                .expect("a day")
        }
    };
    let avant = t.portail.empreinte().await;
    for (role, fin, champ) in [
        ("gs", fin(30).await, "role"),
        ("us", String::new(), "date_fin"),
        ("us", fin(31).await, "date_fin"),
    ] {
        let page = ecran
            .formulaire("Valider")
            .remplir("role", role)
            .remplir("date_fin", &fin)
            .envoyer(&mut valide)
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{role} {fin}");
    }
    assert_eq!(avant, t.portail.empreinte().await, "nothing changed");
    nomme
        .page(&t.ecran(demande))
        .await
        .formulaire("Valider")
        .envoyer(&mut nomme)
        .await
        .statut(200);
    let donnees: Vec<String> = sqlx::query_scalar(
        "select unnest(capacites) from rattachements where utilisateur_id = $1 order by 1",
    )
    .bind(gs)
    .fetch_all(&t.portail.db)
    .await
    .expect("the capabilities");
    let mut attendues: Vec<String> = capacites.iter().map(|c| (*c).to_owned()).collect();
    attendues.sort();
    assert_eq!(donnees, attendues, "the preset, at most the namer's");
    // A GS of the GP holds more than Nora: she can neither spread nor unmake it by the way.
    let fort = t.portail.personne("fort.gs@example.org").await;
    t.portail
        .rattacher(t.structure, fort, "gs", &[t.achats])
        .await;
    let demande = t
        .portail
        .demande(t.structure, fort, "gs", &[t.juridique])
        .await;
    let page = nomme
        .page(&t.ecran(demande))
        .await
        .formulaire("Valider")
        .envoyer(&mut nomme)
        .await;
    page.statut(422).contient("des droits que vous n’avez pas");
}

#[tokio::test]
async fn la_situation_a_change_entre_la_page_et_la_decision() {
    let mut t = Terneuil::nouveau().await;
    let premiere = t.demande("zoe.aubert@example.org", &[]).await;
    let seconde = t.demande("yan.zeller@example.org", &[]).await;
    let ecran = t.pauline.page(&t.ecran(premiere)).await;
    // The account closes: nothing is granted, the refusal stays possible.
    let changer = async |sql: &'static str| {
        sqlx::query(sql)
            .execute(&t.portail.db)
            .await
            .expect("a change");
    };
    changer("update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = 'zoe.aubert@example.org'").await;
    ecran
        .formulaire("Valider")
        .envoyer(&mut t.pauline)
        .await
        .statut(409)
        .contient("Le compte de cette personne n’est plus actif");
    assert_eq!(
        t.portail
            .nombre("select count(*) from rattachements where role = 'us'")
            .await,
        0
    );
    let page = t.pauline.page(&t.ecran(premiere)).await;
    assert!(page.formulaire_eventuel("Valider").is_none());
    // Withdrawn meanwhile.
    let ecran = t.pauline.page(&t.ecran(seconde)).await;
    changer("update demandes_rattachement set statut = 'retiree', traitee_le = maintenant() where id in (select id from demandes_rattachement where utilisateur_id = (select id from utilisateurs where adresse_connexion = 'yan.zeller@example.org'))").await;
    ecran
        .formulaire("Valider")
        .envoyer(&mut t.pauline)
        .await
        .statut(409)
        .contient("retirée par son auteur");
    // The approver loses his capability, then the structure closes.
    let troisieme = t.demande("xena.xu@example.org", &[]).await;
    let mut val = t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    let ecran = val.page(&t.ecran(troisieme)).await;
    changer("update rattachements set role = 'us', capacites = '{}' where role = 'gs'").await;
    let avant = t.portail.empreinte().await;
    ecran
        .formulaire("Valider")
        .envoyer(&mut val)
        .await
        .statut(403);
    let ecran = t.pauline.page(&t.ecran(troisieme)).await;
    assert_eq!(avant, t.portail.empreinte().await);
    changer("update structures set statut = 'inactive'").await;
    ecran
        .formulaire("Valider")
        .envoyer(&mut t.pauline)
        .await
        .statut(409)
        .contient("désactivée");
    t.pauline
        .page(&t.ecran(troisieme))
        .await
        .statut(200)
        .contient("Structure désactivée");
}
