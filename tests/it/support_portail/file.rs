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
