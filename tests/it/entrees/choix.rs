//! « Choisir la structure », before the form of seed 004 §3.

use crate::activites::{PAULINE, Terneuil, ailleurs};
use crate::support::instructions;

#[tokio::test]
async fn la_structure_se_choisit_quand_il_y_en_a_plusieurs() {
    let mut t = Terneuil::nouveau().await;
    // One structure: nothing to choose, now or later.
    let activites = t.pauline.page("/activites").await;
    t.pauline
        .page(&activites.lien("Rattacher un utilisateur"))
        .await
        .statut(200)
        .contient("Adresse électronique de l’utilisateur")
        .ne_contient_pas("Choisir une autre structure");
    let seconde = t.portail.structure("École Terneuil", 2, true).await;
    let simple = t.portail.structure("Lycée Terneuil", 3, true).await;
    for (rang, structure) in [seconde, simple].into_iter().enumerate() {
        let adresse = format!("chef{rang}.principal@terneuil.example");
        let chef = t.portail.personne(&adresse).await;
        t.portail.gp(structure, chef).await;
    }
    let pauline = t.portail.id(PAULINE).await;
    t.portail.rattacher(seconde, pauline, "gs", &[]).await;
    // Where she may not attach, nothing is offered.
    t.portail.rattacher(simple, pauline, "us", &[]).await;
    let (etrangere, _, _) = ailleurs(&t.portail).await;
    let (page, instructions) =
        instructions::compter(t.pauline.page("/activites/rattachement")).await;
    page.statut(200)
        .contient("Choisir la structure")
        .contient("École Terneuil")
        .ne_contient_pas("Lycée Terneuil")
        .ne_contient_pas("Mairie d’Ailleurs");
    assert!(instructions <= 8, "{instructions} statements");
    let page = page.formulaire("Continuer").envoyer(&mut t.pauline).await;
    page.statut(422);
    assert!(page.erreur_de("structure").is_some());
    let formulaire = page
        .formulaire("Continuer")
        .remplir("structure", &seconde.to_string())
        .envoyer(&mut t.pauline)
        .await;
    formulaire
        .statut(200)
        .contient("École Terneuil")
        .contient("Adresse électronique de l’utilisateur");
    // A refusal keeps the way back to the choice.
    let refus = formulaire
        .formulaire("Soumettre")
        .envoyer(&mut t.pauline)
        .await;
    refus.statut(422);
    assert_eq!(
        refus.lien("Choisir une autre structure"),
        "/activites/rattachement"
    );
    // A structure that is not hers, or none at all, is no choice.
    for structure in [
        etrangere.to_string(),
        simple.to_string(),
        "x".to_owned(),
        "%00".to_owned(),
    ] {
        t.pauline
            .lire(&format!("/activites/rattachement?structure={structure}"))
            .await
            .statut(200)
            .contient("Choisir la structure")
            .ne_contient_pas("Mairie d’Ailleurs");
    }
}

#[tokio::test]
async fn qui_ne_rattache_nulle_part_n_a_ni_le_bouton_ni_la_page() {
    let mut t = Terneuil::nouveau().await;
    let mut sans = t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    assert!(
        sans.page("/activites")
            .await
            .lien_eventuel("Rattacher un utilisateur")
            .is_none()
    );
    sans.lire("/activites/rattachement").await.statut(403);
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    let mut ulla = t.portail.connecter("ulla.simple@example.org").await;
    ulla.lire("/activites/rattachement").await.statut(403);
    let mut anonyme = t.portail.anonyme();
    anonyme.lire("/activites/rattachement").await.statut(303);
    // Deactivated: it can be read, nobody comes in any more.
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(t.structure)
        .execute(&t.portail.db)
        .await
        .expect("a closed structure");
    t.pauline
        .page("/activites/rattachement")
        .await
        .statut(200)
        .contient("Vous ne pouvez rattacher des utilisateurs à aucune structure active.");
}
