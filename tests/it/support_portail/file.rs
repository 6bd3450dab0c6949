//! The queue: views, counts, search; what a file says of its author.

use super::{PAUL, SABINE, SOFIANE, ZOE, monde};
use crate::support::instructions;
use crate::support::page::PageLue;

fn lignes(page: &PageLue) -> usize {
    page.tous("#sollicitations tbody tr").len()
}

#[tokio::test]
async fn la_file_se_compte_se_filtre_et_se_cherche() {
    let portail = monde().await;
    let (zoe, paul) = (portail.id(ZOE).await, portail.id(PAUL).await);
    let vieille = portail.sollicitation(zoe, "Très ancienne").await;
    sqlx::query(
        "update sollicitations set creee_le = maintenant() - interval '3 days' where id = $1",
    )
    .bind(vieille)
    .execute(&portail.db)
    .await
    .expect("an age");
    let mienne = portail.sollicitation(paul, "Déjà prise").await;
    let attend = portail.sollicitation(paul, "En attente").await;
    sqlx::query("update sollicitations set categorie = 'compte', sous_categorie = 'activation' where id = $1")
        .bind(attend)
        .execute(&portail.db)
        .await
        .expect("a category");
    let mut sabine = portail.connecter(SABINE).await;
    sabine
        .poster(
            &format!("/support/sollicitations/{mienne}/prise-en-charge"),
            &[],
        )
        .await
        .statut(200);
    let mut sofiane = portail.connecter(SOFIANE).await;
    sofiane
        .poster(
            &format!("/support/sollicitations/{attend}/reponse"),
            &[("texte", "Laquelle ?"), ("attendue", "oui")],
        )
        .await
        .statut(200);
    let (page, compte) = instructions::compter(sabine.page("/support")).await;
    assert!(compte <= 8, "{compte} statements");
    page.contient("La plus ancienne à traiter attend depuis 3 jours.");
    for (question, attendu) in [
        ("", 3),
        ("s.etat=nouvelle", 1),
        ("s.etat=miennes", 1),
        ("s.etat=en_attente_du_demandeur", 1),
        ("s.etat=resolue", 0),
        ("s.categorie=compte", 1),
        ("s.categorie=autre", 2),
        ("s.categorie=inconnue", 3),
        ("s.q=ancienne", 1),
        ("s.q=SOL-2020-000002", 1),
        ("s.q=sol-2020-000002", 1),
        ("s.q=gerant", 2),
        ("s.q=ZOE.aubert%40test.example", 1),
        ("s.q=%25", 3),
        ("s.q=personne+de+tel", 0),
        ("s.etat=miennes&s.q=ancienne", 0),
    ] {
        let page = sabine.page(&format!("/support?{question}")).await;
        page.statut(200);
        assert_eq!(lignes(&page), attendu, "{question}");
    }
    // What was sent to a structure is not in it.
    let mairie = portail.structure("Commune", 1, true).await;
    portail.recue(zoe, mairie, "À la commune").await;
    sabine
        .page("/support")
        .await
        .ne_contient_pas("À la commune");
}

#[tokio::test]
async fn le_dossier_dit_la_structure_les_demandes_et_le_reste() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    let commune = portail.structure("Commune de Terneuil", 1, true).await;
    let orpheline = portail.structure("Orpheline", 2, true).await;
    portail.demande(orpheline, zoe, "us", &[]).await;
    let id = portail.sollicitation(zoe, "Objet").await;
    portail.sollicitation(zoe, "Autre").await;
    sqlx::query("update sollicitations set structure_id = $2 where id = $1")
        .bind(id)
        .bind(commune)
        .execute(&portail.db)
        .await
        .expect("a structure");
    let mut sabine = portail.connecter(SABINE).await;
    let adresse = format!("/support/sollicitations/{id}");
    let (page, compte) = instructions::compter(sabine.page(&adresse)).await;
    assert!(compte <= 8, "{compte} statements");
    page.contient("Rattachement à Orpheline")
        .contient("personne ne peut décider")
        .contient("1 autre en cours");
    assert_eq!(
        page.lien("Commune de Terneuil"),
        format!("/annuaire/{commune}")
    );
    sabine
        .page(&page.lien("Commune de Terneuil"))
        .await
        .statut(200);
    let page = sabine.page(&page.lien("1 autre en cours")).await;
    assert_eq!(lignes(&page), 2);
}

#[tokio::test]
async fn un_nom_que_mille_personnes_portent_ne_cherche_pas_leurs_sollicitations() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    portail
        .sollicitation(zoe, "Martin ne peut plus se connecter")
        .await;
    sqlx::query(
        "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut)
         select uuid_v7(), 'm' || n || '@test.example', 'm' || n || '@test.example', 'Paule', 'Martin', 'en_cours_activation'
         from generate_series(1, 1000) n",
    )
    .execute(&portail.db)
    .await
    .expect("a thousand people");
    let m1 = portail.id("m1@test.example").await;
    portail.sollicitation(m1, "Autre objet").await;
    let mut sabine = portail.connecter(SABINE).await;
    let mille = "Plus de 1\u{202F}000 personnes portent ce nom";
    let (page, compte) = instructions::compter(sabine.page("/support?s.q=martin")).await;
    assert!(compte <= 8, "{compte} statements");
    page.ne_contient_pas(mille);
    assert_eq!(lignes(&page), 2, "a thousand is not too many");
    sqlx::query(
        "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut)
         values (uuid_v7(), 'un@test.example', 'un@test.example', 'Un', 'Martin', 'en_cours_activation')",
    )
    .execute(&portail.db)
    .await
    .expect("one more");
    let page = sabine.page("/support?s.q=martin").await;
    page.contient(mille);
    assert_eq!(lignes(&page), 1, "by its object only");
    // Whoever gives the login is found whatever the name.
    let page = sabine.page("/support?s.q=m1%40test.example").await;
    page.ne_contient_pas(mille);
    assert_eq!(lignes(&page), 1);
    // Nothing found is not a reason to be silent about it.
    let page = sabine.page("/support?s.q=martin&s.etat=resolue").await;
    page.contient(mille);
    assert_eq!(lignes(&page), 0);
}

#[tokio::test]
async fn chaque_tri_de_la_file_a_son_ordre() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    for (objet, jours, statut) in [
        ("A", 5, "nouvelle"),
        ("B", 9, "en_attente_du_demandeur"),
        ("C", 7, "en_attente_du_demandeur"),
        ("D", 3, "nouvelle"),
        ("E", 1, "resolue"),
    ] {
        let id = portail.sollicitation(zoe, objet).await;
        sqlx::query(
            "update sollicitations set creee_le = maintenant() - make_interval(days => $2), statut = $3,
               resolue_le = case when $3 = 'resolue' then maintenant() end where id = $1",
        )
        .bind(id)
        .bind(jours)
        .bind(statut)
        .execute(&portail.db)
        .await
        .expect("an age and a state");
    }
    let mut sabine = portail.connecter(SABINE).await;
    for (question, attendu) in [
        ("", "ADBC"),
        ("s.tri=statut-desc", "CBDA"),
        ("s.tri=date-asc", "BCAD"),
        ("s.tri=date-desc", "DACB"),
        ("s.tri=reference-asc", "ADBC"),
        ("s.tri=date-desc&s.etat=nouvelle", "DA"),
        ("s.etat=resolue", "E"),
    ] {
        let page = sabine.page(&format!("/support?{question}")).await;
        let objets: String = page
            .tous("#sollicitations tbody th")
            .iter()
            .filter_map(|objet| objet.trim().chars().next())
            .collect();
        assert_eq!(objets, attendu, "{question}");
    }
}

/// What waits is counted to a thousand, in the list as above it.
#[tokio::test]
async fn au_dela_de_mille_une_pastille_dit_plus_de_mille() {
    let portail = monde().await;
    sqlx::query(
        "insert into sollicitations (id, reference, emetteur_id, destinataire, categorie, objet, texte)
         select uuid_v7(), 'SOL-2021-' || lpad(n::text, 6, '0'), u.id, 'support', 'autre', 'Accès', 'Bonjour.'
         from utilisateurs u, generate_series(1, 1001 - (
           select count(*) from sollicitations where destinataire = 'support' and statut = 'nouvelle')::int) n
         where u.adresse_connexion = $1",
    )
    .bind(ZOE)
    .execute(&portail.db)
    .await
    .expect("a thousand and one");
    let mut sabine = portail.connecter(SABINE).await;
    let mille = "plus de 1\u{202F}000";
    let page = sabine.page("/support?s.etat=nouvelle").await;
    page.contient("(plus de 1\u{202F}000 lignes)")
        .contient("plus de 1\u{202F}000 nouvelles");
    sabine.page("/").await.contient(mille);
    sqlx::query("update sollicitations set statut = 'en_cours', prise_en_charge_le = maintenant(), prise_en_charge_par = (select id from utilisateurs where adresse_connexion = $1)
                 where reference = 'SOL-2021-000001'")
        .bind(SABINE)
        .execute(&portail.db)
        .await
        .expect("one less");
    sabine
        .page("/support?s.etat=nouvelle")
        .await
        .ne_contient_pas(mille);
    sabine.page("/").await.ne_contient_pas(mille);
}
