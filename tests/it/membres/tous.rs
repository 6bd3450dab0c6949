//! The bulk on everybody a filter finds, and the technical accounts among the users (spec §13).

use super::{JULIE, Monde};
use crate::support::instructions;

async fn equipe(monde: &Monde, nombre: usize) {
    for rang in 0..nombre {
        let adresse = format!("renfort{rang:02}.equipe@example.org");
        let id = monde.t.portail.personne(&adresse).await;
        let services = [monde.t.achats];
        monde
            .t
            .portail
            .rattacher(monde.t.structure, id, "us", &services)
            .await;
    }
}

#[tokio::test]
async fn tous_les_utilisateurs_du_filtre_se_desactivent_d_un_coup() {
    let mut monde = Monde::nouveau().await;
    equipe(&monde, 30).await;
    let liste = format!("{}?u.q=equipe&u.par=10", monde.liste());
    let page = monde.t.pauline.page(&liste).await;
    let page = monde
        .t
        .pauline
        .page(&page.lien("Sélectionner tous les utilisateurs du filtre"))
        .await;
    page.statut(200)
        .contient("Revenir à la sélection ligne par ligne");
    assert!(page.tous("#utilisateurs td.coche").is_empty(), "no boxes");
    let confirmation = page
        .formulaire("Désactiver des utilisateurs")
        .envoyer(&mut monde.t.pauline)
        .await;
    confirmation
        .statut(200)
        .contient("Désactiver 30 utilisateurs")
        .contient("et 10 autres");
    let fait = confirmation
        .formulaire("Désactiver 30 utilisateurs")
        .envoyer(&mut monde.t.pauline)
        .await;
    fait.statut(200).contient("30 utilisateurs désactivés.");
    let restent = "select count(*) from rattachements where statut = 'validee'";
    assert_eq!(
        monde.t.portail.nombre(restent).await,
        3,
        "nobody outside the filter"
    );
    // Without a filter: oneself, the gestionnaire principal, says why she stays.
    let tous = format!("{}?u.par=10&u.tout=1", monde.liste());
    let page = monde.t.pauline.page(&tous).await;
    page.formulaire("Réactiver des utilisateurs")
        .envoyer(&mut monde.t.pauline)
        .await
        .contient("Réactiver 30 utilisateurs")
        .contient("Pauline Dufour");
}

#[tokio::test]
async fn un_lot_de_tout_le_filtre_s_arrete_a_cinq_cents() {
    let mut monde = Monde::nouveau().await;
    sqlx::query(
        "with u as (
           insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut)
           select uuid_v7(), 'p' || n || '@example.org', 'p' || n || '@example.org', 'Prenom', 'Nombreux' || n, 'en_cours_activation'
           from generate_series(1, 510) n returning id)
         insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, capacites, date_debut)
         select uuid_v7(), $1, id, 'us', 'validee', true, '{}', maintenant() from u",
    )
    .bind(monde.t.structure)
    .execute(&monde.t.portail.db)
    .await
    .expect("many users");
    let page = monde
        .t
        .pauline
        .page(&format!("{}?u.q=nombreux&u.tout=1", monde.liste()))
        .await;
    page.formulaire("Désactiver des utilisateurs")
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(200)
        .contient("Désactiver 500 utilisateurs")
        .contient("10 utilisateurs restent pour un autre lot.");
}

#[tokio::test]
async fn un_utilisateur_technique_se_lit_parmi_les_autres_hors_des_lots() {
    let mut monde = Monde::nouveau().await;
    let (technique, identifiant) = monde.t.portail.technique(monde.t.structure).await;
    let liste = monde.liste();
    let (page, instructions) = instructions::compter(monde.t.pauline.page(&liste)).await;
    page.statut(200)
        .contient("(4 lignes)")
        .contient("Utilisateur technique")
        .contient(&identifiant);
    assert!(instructions <= 8, "{instructions} statements");
    assert_eq!(
        page.attributs("#utilisateurs tbody input", "value").len(),
        3,
        "it has no box"
    );
    assert_eq!(
        page.lien(&format!("Ouvrir la fiche de {identifiant}")),
        format!("/structures/{}/techniques", monde.t.structure)
    );
    let seul = monde
        .t
        .pauline
        .page(&format!("{liste}?u.role=technique"))
        .await;
    seul.contient("(1 ligne)").contient(&identifiant);
    seul.ne_contient_pas(JULIE);
    monde
        .t
        .pauline
        .page(&format!("{liste}?u.role=us"))
        .await
        .ne_contient_pas(&identifiant);
    let csv = monde.t.pauline.page(&format!("{liste}.csv")).await;
    assert!(csv.corps.contains("Utilisateur technique"));
    // An act asked for all the same finds nobody.
    monde
        .agir("desactiver", &[vantail::db::RattachementId(technique.0)])
        .await
        .contient("utilisateur introuvable");
    // Of the whole structure only, and to be opened by the gestionnaire principal only.
    let mut guy = monde
        .t
        .gs("guy.second@example.org", &[], &["rattacher_utilisateurs"])
        .await;
    let page = guy.page(&liste).await;
    page.contient(&identifiant);
    assert!(
        page.lien_eventuel(&format!("Ouvrir la fiche de {identifiant}"))
            .is_none()
    );
    let achats = monde.t.achats;
    let mut lise = monde
        .t
        .gs(
            "lise.limite@example.org",
            &[achats],
            &["rattacher_utilisateurs"],
        )
        .await;
    lise.page(&liste)
        .await
        .statut(200)
        .ne_contient_pas(&identifiant);
}
