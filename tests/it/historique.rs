//! The historique as its readers see it: list, filters, detail, export, and its truth (R-GEST-HISTORIQUE, failure-modes
//! T3, T9, L7).

use vantail::acces::Systeme;
use vantail::db::transaction;
use vantail::historique::{self, Action, Details, Entree};

use crate::activites::{PAULINE, Terneuil, ailleurs};
use crate::support::page::PageLue;

const CSV: &str = "/activites/historique.csv";

fn lignes_csv(page: &PageLue) -> Vec<String> {
    page.corps
        .trim_start_matches('\u{FEFF}')
        .trim_end()
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

async fn valider(t: &Terneuil, adresse: &str, services: &[vantail::db::ServiceId]) {
    let demande = t.demande(adresse, services).await;
    let mut pauline = t.pauline.clone();
    pauline
        .page(&t.ecran(demande))
        .await
        .formulaire("Valider")
        .envoyer(&mut pauline)
        .await
        .statut(200);
}

#[tokio::test]
async fn chaque_action_a_sa_ligne_son_detail_et_ses_filtres() {
    let mut t = Terneuil::nouveau().await;
    valider(&t, "zoe.aubert@example.org", &[t.achats]).await;
    t.portail.avancer("2 days").await;
    t.pauline = t.portail.connecter(PAULINE).await;
    let refusee = t.demande("yan.zeller@example.org", &[]).await;
    t.pauline
        .poster(
            &format!("{}/refus", t.ecran(refusee)),
            &[("motif", "Pas ici.")],
        )
        .await
        .statut(200);
    let page = t.pauline.page("/activites").await;
    let lignes = page.tous("#historique tbody tr");
    assert_eq!(lignes.len(), 2);
    assert!(lignes[0].contains("Yan Zeller CCAS Terneuil"), "{lignes:?}");
    assert!(lignes[0].contains("Refusée par Pauline Dufour"));
    assert!(lignes[1].contains("Validée par Pauline Dufour"));
    assert_eq!(
        page.tous("#historique thead th"),
        ["Date", "Demandeur", "Structure", "Commentaires", "Actions"]
    );
    let jour: String = sqlx::query_scalar("select to_char(aujourdhui(), 'YYYY-MM-DD')")
        .fetch_one(&t.portail.db)
        .await
        .expect("a day");
    for (question, attendues) in [
        ("h.action=demande_refusee".to_owned(), vec!["Yan Zeller"]),
        ("h.q=z%C3%B3e".to_owned(), vec!["Zoe Aubert"]),
        ("h.q=pauline".to_owned(), vec!["Yan Zeller", "Zoe Aubert"]),
        (format!("h.du={jour}"), vec!["Yan Zeller"]),
        ("h.au=2020-01-01".to_owned(), vec![]),
        (
            "h.tri=demandeur-asc".to_owned(),
            vec!["Zoe Aubert", "Yan Zeller"],
        ),
    ] {
        let page = t.pauline.page(&format!("/activites?{question}")).await;
        assert_eq!(page.tous("#historique tbody th"), attendues, "{question}");
        if !attendues.is_empty() {
            page.contient(&format!("Export CSV ({} ligne", attendues.len()));
            let csv = t.pauline.lire(&page.lien("Export CSV")).await;
            assert_eq!(lignes_csv(&csv).len(), attendues.len() + 1, "{question}");
        }
    }
    t.pauline
        .page("/activites?h.du=bientot")
        .await
        .statut(200)
        .contient("Saisissez une date au format JJ/MM/AAAA.");
    let detail = t.pauline.page(&page.lien("Détail")).await;
    detail
        .statut(200)
        .contient("Refusée par Pauline Dufour")
        .contient("Yan Zeller")
        .contient("Pas ici.")
        .contient("La demande de Yan Zeller sur CCAS Terneuil est refusée.");
    let demande = detail.lien("Consulter la demande de rattachement");
    t.pauline
        .page(&demande)
        .await
        .statut(200)
        .contient("Pas ici.");
}

#[tokio::test]
async fn l_historique_d_ailleurs_n_existe_pas() {
    let mut t = Terneuil::nouveau().await;
    valider(&t, "zoe.aubert@example.org", &[]).await;
    let (etrangere, demande, mut omar) = ailleurs(&t.portail).await;
    omar.poster(
        &format!("/structures/{etrangere}/demandes/{demande}/refus"),
        &[("motif", "CANARI-MOTIF")],
    )
    .await
    .statut(200);
    let la_leur = t
        .portail
        .uuid("select id from historique where action = 'demande_refusee'")
        .await;
    omar.page(&format!("/activites/historique/{la_leur}"))
        .await
        .statut(200)
        .contient("CANARI-MOTIF");
    t.pauline
        .page(&format!("/activites/historique/{la_leur}"))
        .await
        .statut(404);
    t.pauline.page("/activites/historique/12").await.statut(404);
    for adresse in ["/activites", CSV] {
        let page = t.pauline.lire(adresse).await;
        page.statut(200);
        assert!(!page.corps.contains("CANARI") && !page.corps.contains("Canari"));
        assert!(page.corps.contains("Zoe"));
    }
    for question in [
        "h.q=canari",
        "h.q=canari&h.tri=demandeur-asc",
        "h.tri=date-asc",
    ] {
        for adresse in ["/activites", CSV] {
            let page = t.pauline.lire(&format!("{adresse}?{question}")).await;
            page.statut(200);
            assert!(
                !page.corps.contains("CANARI") && !page.corps.contains("Canari"),
                "{adresse}?{question}"
            );
        }
    }
    let mut zoe = t.portail.connecter("zoe.aubert@example.org").await;
    zoe.lire(CSV).await.statut(403);
    t.portail.anonyme().lire(CSV).await.statut(303);
}

#[tokio::test]
async fn un_gestionnaire_de_service_lit_les_lignes_de_ses_services() {
    let mut t = Terneuil::nouveau().await;
    valider(&t, "anne.achats@example.org", &[t.achats]).await;
    valider(&t, "jules.canari@example.org", &[t.juridique]).await;
    valider(&t, "deux.canari@example.org", &[t.achats, t.juridique]).await;
    valider(&t, "toute.canari@example.org", &[]).await;
    let mut lise = t
        .gs("lise.limite@example.org", &[t.achats], &["gerer_structure"])
        .await;
    for adresse in ["/activites", CSV] {
        let page = lise.lire(adresse).await;
        page.statut(200);
        assert!(page.corps.contains("Anne"), "{adresse}");
        assert!(!page.corps.contains("Canari"), "{adresse}");
    }
    // The search, the other orders and the export keep to the same lines.
    for (question, attendues) in [
        ("h.q=pauline", vec!["Anne Achats"]),
        ("h.q=canari", vec![]),
        ("h.q=pauline&h.tri=structure-desc", vec!["Anne Achats"]),
        ("h.tri=demandeur-asc", vec!["Anne Achats"]),
        ("h.tri=date-asc", vec!["Anne Achats"]),
    ] {
        let page = lise.page(&format!("/activites?{question}")).await;
        assert_eq!(page.tous("#historique tbody th"), attendues, "{question}");
        let csv = lise.lire(&format!("{CSV}?{question}")).await;
        assert_eq!(lignes_csv(&csv).len(), attendues.len() + 1, "{question}");
    }
    let lignes: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select h.id from historique h join utilisateurs u on u.id = h.concerne_id where u.nom = 'Canari'",
    )
    .fetch_all(&t.portail.db)
    .await
    .expect("the lines");
    assert_eq!(lignes.len(), 3);
    for ligne in lignes {
        lise.page(&format!("/activites/historique/{ligne}"))
            .await
            .statut(404);
    }
    // When Anne takes another service, her lines leave the reach.
    let anne = t.portail.id("anne.achats@example.org").await;
    t.pauline
        .poster(
            &format!("/structures/{}/rattachement/{anne}", t.structure),
            &[
                ("role", "us"),
                ("date_debut", "2026-01-01"),
                ("commentaire", "Deux."),
                ("services", &t.achats.to_string()),
                ("services", &t.juridique.to_string()),
            ],
        )
        .await
        .statut(200);
    let page = lise.lire(CSV).await;
    assert_eq!(lignes_csv(&page).len(), 1, "the headings only");
}

#[tokio::test]
async fn l_export_est_entier_et_inerte() {
    let mut t = Terneuil::nouveau().await;
    let demande = t.demande("zoe.aubert@example.org", &[]).await;
    sqlx::query("update utilisateurs set prenom = '=HYPERLINK(1)', nom = 'x' where prenom = 'Zoe'")
        .execute(&t.portail.db)
        .await
        .expect("a formula");
    t.pauline
        .poster(
            &format!("{}/refus", t.ecran(demande)),
            &[("motif", "@somme; \"cité\"")],
        )
        .await
        .statut(200);
    let entree = || Entree {
        structure: Some(t.structure),
        action: Action::StructureReactivee,
        concerne: None,
        demande: None,
        details: Details::default(),
    };
    transaction(&t.portail.app, async |tx| {
        let entrees = (0..2_100).map(|_| entree()).collect();
        historique::noter_plusieurs(tx, &Systeme::processus(), entrees).await
    })
    .await
    .expect("a long historique");
    let page = t.pauline.lire(CSV).await;
    page.statut(200);
    assert!(page.corps.starts_with('\u{FEFF}'));
    assert_eq!(page.entete("content-type"), Some("text/csv; charset=utf-8"));
    let lignes = lignes_csv(&page);
    assert_eq!(lignes.len(), 2_102);
    assert_eq!(
        lignes[0],
        "Date;Demandeur;Identifiant structure;Raison sociale;Commentaires;Par;Motif;Commentaire"
    );
    let derniere = &lignes[2_101];
    assert!(derniere.contains(";'=HYPERLINK(1) x;"), "{derniere}");
    assert!(derniere.contains("\"'@somme; \"\"cité\"\"\""), "{derniere}");
    assert!(lignes[1].contains(";Système;"));
}

#[tokio::test]
async fn une_ligne_alteree_ou_otee_se_voit() {
    let t = Terneuil::nouveau().await;
    valider(&t, "zoe.aubert@example.org", &[]).await;
    valider(&t, "yan.zeller@example.org", &[]).await;
    let cles = t.portail.app.cles.clone();
    let (lues, defauts) = historique::verifier(&t.portail.db, &cles)
        .await
        .expect("a verification");
    assert_eq!((lues, defauts), (2, Vec::new()));
    // Not by the application: its own triggers refuse.
    for acte in [
        "update historique set action = 'import'",
        "delete from historique",
        "delete from historique_donnees",
        "update historique_donnees set donnees = '{}'",
    ] {
        assert!(
            sqlx::query(acte).execute(&t.portail.db).await.is_err(),
            "{acte}"
        );
    }
    let falsifier = async |acte: &'static str| {
        let mut connexion = t.portail.db.acquire().await.expect("a connection");
        sqlx::raw_sql("set session_replication_role = replica")
            .execute(&mut *connexion)
            .await
            .expect("the triggers are off");
        sqlx::raw_sql(acte)
            .execute(&mut *connexion)
            .await
            .expect("a forgery");
        sqlx::raw_sql("set session_replication_role = origin")
            .execute(&mut *connexion)
            .await
            .expect("the triggers are on");
    };
    falsifier("update historique_donnees set donnees = replace(donnees, 'Pauline', 'Personne')")
        .await;
    let (_, defauts) = historique::verifier(&t.portail.db, &cles)
        .await
        .expect("a verification");
    assert_eq!(defauts.len(), 2, "{defauts:?}");
    falsifier("delete from historique_donnees where historique_id in (select id from historique where numero = 2); delete from historique where numero = 2").await;
    let (_, defauts) = historique::verifier(&t.portail.db, &cles)
        .await
        .expect("a verification");
    assert!(
        defauts
            .iter()
            .any(|d| d.raison.contains("head of the chain")),
        "{defauts:?}"
    );
}
