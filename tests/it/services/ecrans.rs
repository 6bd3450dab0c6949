use super::services;
use crate::activites::Terneuil;
use crate::support::instructions;

#[tokio::test]
async fn la_liste_se_cherche_se_trie_et_s_exporte() {
    let mut t = Terneuil::nouveau().await;
    let adresse = format!("/structures/{}/services", t.structure);
    let (page, compte) = instructions::compter(t.pauline.page(&adresse)).await;
    page.statut(200)
        .contient("(2 lignes)")
        .contient("Créer un service");
    assert!(compte <= 8, "{compte} statements");
    assert_eq!(services(&page), ["ACH", "JUR"]);
    let page = t.pauline.page(&format!("{adresse}?s.q=jurid")).await;
    assert_eq!(services(&page), ["JUR"]);
    let page = t
        .pauline
        .page(&format!("{adresse}?s.tri=nom-desc&s.par=5&s.page=99"))
        .await;
    assert_eq!(services(&page), ["JUR", "ACH"]);
    t.pauline
        .page(&format!("{adresse}?s.q=%25"))
        .await
        .contient("Aucun service trouvé");
    let csv = t.pauline.page(&format!("{adresse}.csv?s.q=jurid")).await;
    csv.statut(200);
    assert_eq!(csv.entete("content-type"), Some("text/csv; charset=utf-8"));
    assert!(csv.corps.starts_with("\u{FEFF}Code;Libelle;Description;"));
    assert!(csv.corps.contains("JUR;Service juridique;;non;") && !csv.corps.contains("ACH"));
    // The fiche leads there.
    let fiche = t
        .pauline
        .page(&format!("/structures/{}", t.structure))
        .await;
    assert_eq!(fiche.lien("Services"), adresse);
}

#[tokio::test]
async fn les_etats_d_un_service_se_disent() {
    let mut t = Terneuil::nouveau().await;
    for (code, effet) in [
        ("DES", "update services set actif = false where id = $1"),
        (
            "VEN",
            "update services set date_debut = maintenant() + interval '2 days' where id = $1",
        ),
        (
            "TER",
            "update services set date_fin = maintenant() - interval '2 days' where id = $1",
        ),
    ] {
        let id = t.portail.service(t.structure, code, code).await;
        sqlx::query(effet)
            .bind(id)
            .execute(&t.portail.db)
            .await
            .expect("a state");
    }
    let page = t
        .pauline
        .page(&format!("/structures/{}/services", t.structure))
        .await;
    assert_eq!(
        page.tous("#services tbody td:nth-of-type(5)"),
        ["Actif", "Désactivé", "Actif", "Terminé", "À venir"]
    );
}

#[tokio::test]
async fn un_gestionnaire_de_service_ne_voit_et_ne_change_que_les_siens() {
    let t = Terneuil::nouveau().await;
    let mut limite = t
        .gs("lise.limite@example.org", &[t.achats], &["gerer_structure"])
        .await;
    let adresse = format!("/structures/{}/services", t.structure);
    let page = limite.page(&adresse).await;
    page.contient("(1 ligne)")
        .ne_contient_pas("Créer un service");
    assert_eq!(services(&page), ["ACH"]);
    let csv = limite.page(&format!("{adresse}.csv")).await;
    assert!(csv.corps.contains("ACH") && !csv.corps.contains("JUR"));
    let avant = t.portail.empreinte().await;
    for suite in ["modification", "desactivation", "activation"] {
        let autre = format!("{adresse}/{}/{suite}", t.juridique);
        limite.page(&autre).await.statut(404);
        let champs: &[(&str, &str)] = if suite == "modification" {
            &[("libelle", "Pris"), ("date_debut", "01/01/2020 00:00")]
        } else {
            &[]
        };
        limite.poster_sans_suivre(&autre, champs).await.statut(404);
    }
    for suite in ["nouveau", "import"] {
        limite.page(&format!("{adresse}/{suite}")).await.statut(403);
    }
    let champs = [
        ("code", "NEUF"),
        ("libelle", "Neuf"),
        ("date_debut", "01/01/2020 00:00"),
    ];
    limite
        .poster_sans_suivre(&format!("{adresse}/nouveau"), &champs)
        .await
        .statut(403);
    let structure = t.structure.to_string();
    let au_choix = [&champs[..], &[("structure", structure.as_str())]].concat();
    limite
        .poster_sans_suivre("/services/nouveau", &au_choix)
        .await
        .statut(403);
    limite
        .page("/services/nouveau")
        .await
        .statut(200)
        .contient("Aucune structure à gérer en entier");
    let texte = "Code;Libelle\nNEUF;Neuf\n";
    for route in ["import", "import/application"] {
        limite
            .poster_sans_suivre(&format!("{adresse}/{route}"), &[("texte", texte)])
            .await
            .statut(403);
    }
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
    // His own: everything.
    let page = limite
        .page(&format!("{adresse}/{}/modification", t.achats))
        .await;
    page.formulaire("Enregistrer")
        .remplir("libelle", "Service des achats")
        .envoyer(&mut limite)
        .await
        .statut(200)
        .contient("Le service est modifié.");
}

#[tokio::test]
async fn un_utilisateur_simple_lit_la_liste_sans_rien_y_pouvoir() {
    let t = Terneuil::nouveau().await;
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    let mut ulla = t.portail.connecter("ulla.simple@example.org").await;
    let adresse = format!("/structures/{}/services", t.structure);
    let page = ulla.page(&adresse).await;
    page.statut(200)
        .contient("Service achats")
        .ne_contient_pas("Créer un service")
        .ne_contient_pas("Désactiver");
    ulla.page("/services/nouveau").await.statut(403);
    let (ailleurs, _, mut omar) = crate::activites::ailleurs(&t.portail).await;
    // A service of one structure under the address of another.
    let sien = t
        .portail
        .service(ailleurs, "SIEN", "Service d’ailleurs")
        .await;
    let mut pauline = t.pauline.clone();
    for suite in ["modification", "desactivation", "activation"] {
        let melangee = format!("{adresse}/{sien}/{suite}");
        pauline.page(&melangee).await.statut(404);
        let champs = [("libelle", "Pris"), ("date_debut", "01/01/2020 00:00")];
        let champs = if suite == "modification" {
            &champs[..]
        } else {
            &[]
        };
        pauline
            .poster_sans_suivre(&melangee, champs)
            .await
            .statut(404);
    }
    for chemin in [
        adresse.clone(),
        format!("{adresse}.csv"),
        format!("{adresse}/nouveau"),
        format!("{adresse}/{}/modification", t.achats),
    ] {
        omar.page(&chemin).await.statut(404);
    }
}
